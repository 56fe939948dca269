"""Joins what the reading of a scheme and its data found with what the engine's checks found, each at its cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plugins.engine.scheme import Finding, Item, Place
from views.workbooks.data_format import DATA_SHEETS
from views.workbooks.data_reading import DataReading
from views.workbooks.locating import Locator
from views.workbooks.problems import Problem, cell_position
from views.workbooks.scheme_format import SCHEME_SHEETS
from views.workbooks.scheme_reading import SchemeReading

_SHAPING = frozenset({"code", "parent", "kind", "weight", "participant"})
_SUM_SETTINGS = frozenset({"full_marks", "weighting", None})


def all_problems(
    scheme: SchemeReading, data: DataReading | None, *checks: Sequence[Finding]
) -> tuple[list[Problem], list[Finding]]:
    """(every error at its cell, in the order of the sheets; the findings that are only notes).

    `checks`: what each of the engine's checks found, in the order they were made.  A finding at a cell where an
    earlier step failed is left out, and so is a wrong sum whose parts could not be read: both would only repeat, less
    precisely, what is reported.
    """
    found = [problem for problem in scheme.problems if problem.level == "error"]
    found += data.errors if data is not None else ()
    errors = [[finding for finding in check if finding.level == "error"] for check in checks]
    unsure = _unsure_sums(scheme, [finding for check in errors for finding in check])
    for check in errors:
        taken = {(problem.sheet, problem.cell) for problem in found}
        for finding in check:
            if _is_sum(finding.place) and finding.place.key in unsure:
                continue
            sheet, cell = locate(finding.place, scheme, data)
            if (sheet, cell) not in taken:
                found.append(Problem(sheet, *cell_position(cell), None, finding.text))
    return _in_order(found), [finding for check in checks for finding in check if finding.level != "error"]


def locate(place: Place, scheme: SchemeReading, data: DataReading | None) -> tuple[str, str]:
    """The (sheet, cell) of a place in whichever of the two workbooks has that sheet."""
    if data is not None and place.sheet in DATA_SHEETS:
        return data.locate(place)
    return scheme.locate(place)


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Scheme first, then data, sheets in their documented order, top to bottom; each sentence once."""
    order = {name: index for index, name in enumerate((*SCHEME_SHEETS, *DATA_SHEETS))}
    unique = {(p.sheet, p.cell, str(p.message)): p for p in problems}
    return sorted(unique.values(), key=lambda p: (order.get(p.sheet, len(order)), p.sheet, p.row, p.column))


def _is_sum(place: Place) -> bool:
    """Whether a finding is about the sum of weights below an item (key) or below the root (key None)."""
    if place.sheet == "items":
        return place.column == "weight"
    return place.sheet == "scheme" and place.key is None and place.column in _SUM_SETTINGS


def _unsure_sums(scheme: SchemeReading, errors: Sequence[Finding]) -> set[str | None]:
    """The parents (None: the root) whose sums cannot be told, as an item below them is in error."""
    if scheme.scheme is None:
        return {None}
    items = {item.code: item for item in scheme.scheme.items}
    unsure: set[str | None] = set()
    for code, column in _broken_items(scheme.locator, errors):
        if column != "weight" and column is not None:
            unsure.add(None)
        unsure.update(_ancestors(items, code))
    return unsure


def _broken_items(locator: Locator, errors: Sequence[Finding]) -> Iterable[tuple[str, str | None]]:
    """(item code, column) of every cell that shapes the tree and is in error."""
    known = locator.sheets.get("items")
    for row in known.table.rows if known else []:
        for column in row.bad & _SHAPING:
            yield row["code"] or "", column
            if row["parent"]:
                yield row["parent"], None
    for finding in errors:
        if finding.place.sheet == "items" and finding.place.column in {"parent", "kind", "code"}:
            yield finding.place.key or "", finding.place.column


def _ancestors(items: dict[str, Item], code: str) -> set[str | None]:
    """The item itself, all above it, and the root (None)."""
    chain: set[str | None] = {None}
    current: str | None = code
    while current is not None and current not in chain:
        chain.add(current)
        current = items[current].parent if current in items else None
    return chain
