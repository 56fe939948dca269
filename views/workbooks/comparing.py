"""Compares a workbook with the one that it should be, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from config.text import Text, text
from views.workbooks.book import Book
from views.workbooks.problems import cell_name, shown

SAME = 1e-11
"""Relative: spreadsheet programs keep 15 significant digits of a number."""

Row = tuple[int, dict[int, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what it should be; `cell` is '' where a sheet as a whole is too much or missing."""

    sheet: str
    cell: str
    text: Text

    def line(self, language: str) -> str:
        """`scores!F7: …`"""
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return f"{place}: {self.text.in_language(language)}"


def differences(found: Book, expected: Book, ignored: Mapping[str, str]) -> Iterator[Difference]:
    """Every cell of `found` that differs from `expected`, sheet by sheet.

    `ignored`: sheet → heading of a column that is not compared, for it may rightly change.
    """
    for sheet in expected.names:
        own = found.find(sheet)
        if own is None:
            yield Difference(sheet, "", text("the sheet is missing", "缺少该工作表"))
            continue
        yield from _of_sheet(sheet, _rows(found, own), _rows(expected, sheet), ignored.get(sheet))
    for sheet in found.names:
        if expected.find(sheet) is None:
            yield Difference(sheet, "", text("the run's workbook has no such sheet", "该批次的工作簿没有此工作表"))


def _rows(book: Book, sheet: str) -> Iterator[Row]:
    """Row number and its cells that hold something, by 1-based column."""
    errors = book.errors.get(sheet, {})
    for number, first, values in book.rows(sheet):
        cells = {first + at: value for at, value in enumerate(values) if value != ""}
        if errors:
            cells |= {column: said for (row, column), said in errors.items() if row == number}
        yield number, cells


def _of_sheet(sheet: str, found: Iterator[Row], expected: Iterator[Row], ignored: str | None) -> Iterator[Difference]:
    left_out: set[int] = set()
    nothing: Row = (0, {})
    for mine, theirs in zip_longest(found, expected, fillvalue=nothing):
        number, cells, wanted = mine[0] or theirs[0], mine[1], theirs[1]
        if ignored is not None and not left_out:
            left_out = {column for column, value in wanted.items() if value == ignored}
        for column in sorted(cells.keys() | wanted.keys()):
            if column not in left_out and not _same(cells.get(column), wanted.get(column)):
                yield _difference(sheet, cell_name(number, column), cells.get(column), wanted.get(column))


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=SAME, abs_tol=1e-12)
    if isinstance(found, str) and isinstance(expected, str):
        return found.replace("\r\n", "\n") == expected.replace("\r\n", "\n")
    return bool(found == expected)


def _difference(sheet: str, cell: str, found: Any, expected: Any) -> Difference:
    if expected is None:
        said = text("holds {found}; in the run it is blank", "内容为 {found}；批次中此处为空", found=shown(found))
    elif found is None:
        said = text("is blank; in the run it is {expected}", "为空；批次中为 {expected}", expected=shown(expected))
    else:
        said = text(
            "holds {found}; in the run it is {expected}",
            "内容为 {found}；批次中为 {expected}",
            found=shown(found),
            expected=shown(expected),
        )
    return Difference(sheet, cell, said)
