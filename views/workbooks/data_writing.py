"""Writes the inputs of a run as a data workbook; what is read back from it is the same data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO

import numpy as np
import xlsxwriter

from plugins.engine.data import Data, Floats
from plugins.engine.scheme import Item, Scheme
from views.workbooks.looks import Styles, new_workbook
from views.workbooks.outcolumns import OutColumn
from views.workbooks.tablesheet import write_table
from views.workbooks.values import NOT_APPLICABLE


def write_data(scheme: Scheme, data: Data, file: str | BinaryIO) -> None:
    """Write the data workbook to a path or binary file: the sheets that have something to say, codes as headings."""
    with new_workbook(file) as workbook:
        styles = Styles(workbook)
        _write_participants(workbook, styles, data)
        for sheet in ("actual", "target", "baseline"):
            _write_values(workbook, styles, sheet, scheme, data)
        _write_ratings(workbook, styles, data)
        _write_adjustments(workbook, styles, data)
        _write_linked(workbook, styles, data)


def shown_values(item: Item | None, numbers: Floats) -> list[Any]:
    """Numbers of an item as its cells hold them: dates as dates, yes and no in words, nothing for NaN."""
    plain = numbers.tolist()
    kind = item.value_type if item else None
    if kind == "date":
        return [_day(number) for number in plain]
    if kind == "yes_no":
        return [None if number != number else {1.0: "yes", 0.0: "no"}.get(number, number) for number in plain]
    return [None if number != number else number for number in plain]


def _day(number: float) -> Any:
    if number != number:
        return None
    return date.fromordinal(int(number)) if number.is_integer() and 1 <= number <= date.max.toordinal() else number


def _write_participants(workbook: xlsxwriter.Workbook, styles: Styles, data: Data) -> None:
    people = data.participants
    columns = [
        OutColumn(code, kind=kind)
        for code, kind in (
            ("code", "code"),
            ("name", "text"),
            ("group", "code"),
            ("parent", "code"),
            ("parent_grade", "code"),
        )
    ]
    rows = zip(people.codes, people.names, people.groups, people.parents, people.parent_grades, strict=True)
    write_table(workbook, styles, "participants", columns, rows)


def _write_values(workbook: xlsxwriter.Workbook, styles: Styles, sheet: str, scheme: Scheme, data: Data) -> None:
    numbers = getattr(data, sheet)
    first = sheet == "actual"
    present = set(numbers) | (set(data.choices) | set(data.not_applicable) if first else set())
    items = [item for item in scheme.items if item.code in present]
    if not items:
        return
    columns = [OutColumn("participant", kind="code"), *(OutColumn(item.code, kind="mixed") for item in items)]
    cells = [_values_of(item, data, numbers, first) for item in items]
    write_table(workbook, styles, sheet, columns, zip(data.participants.codes, *cells, strict=True))


def _values_of(item: Item, data: Data, numbers: Any, first: bool) -> Sequence[Any]:
    count = len(data.participants)
    options = data.choices.get(item.code)
    values: list[Any]
    if first and options is not None:
        values = list(options)
    else:
        own = numbers.get(item.code)
        values = [None] * count if own is None else shown_values(item, own)
    claimed = data.not_applicable.get(item.code)
    if first and claimed is not None:
        values = [NOT_APPLICABLE if claim else value for claim, value in zip(claimed, values, strict=True)]
    return values


def _write_ratings(workbook: xlsxwriter.Workbook, styles: Styles, data: Data) -> None:
    ratings = data.ratings
    if ratings is None:
        return
    columns = [OutColumn(code, kind="code") for code in ("participant", "item", "rater", "group")]
    people = _codes(data, ratings.participant)
    rows = zip(people, ratings.item, ratings.rater, ratings.group, ratings.score.tolist(), strict=True)
    write_table(workbook, styles, "ratings", [*columns, OutColumn("score", kind="number")], rows)


def _write_adjustments(workbook: xlsxwriter.Workbook, styles: Styles, data: Data) -> None:
    rows = data.adjustments
    if rows is None:
        return
    columns = [
        OutColumn("participant", kind="code"),
        OutColumn("item", kind="code"),
        OutColumn("occurrences", kind="number"),
        OutColumn("points", kind="number"),
        OutColumn("reason", width=48, wrap=True),
    ]
    numbers = (
        [None if np.isnan(number) else float(number) for number in own] for own in (rows.occurrences, rows.points)
    )
    write_table(
        workbook,
        styles,
        "adjustments",
        columns,
        zip(_codes(data, rows.participant), rows.item, *numbers, rows.reason, strict=True),
    )


def _write_linked(workbook: xlsxwriter.Workbook, styles: Styles, data: Data) -> None:
    if not data.linked:
        return
    columns = [OutColumn("participant", kind="code"), OutColumn("from", kind="code"), OutColumn("rate", kind="number")]
    rows = ((data.participants.codes[position], source, rate) for (position, source), rate in data.linked.items())
    write_table(workbook, styles, "linked", columns, rows)


def _codes(data: Data, positions: Any) -> Iterator[str]:
    return (data.participants.codes[position] for position in positions)
