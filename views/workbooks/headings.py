"""Finds the heading row of a sheet and says which column stands where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from config.text import Text, text
from views.workbooks.book import Book, Raw
from views.workbooks.problems import Problem, nearest, normalized, shown, suggestion
from views.workbooks.values import take_text

Rows = Iterator[tuple[int, int, list[Raw]]]

_SURELY_MEANT = 0.75
_TITLE_ROWS_SEARCHED = 30


class Known(Protocol):
    """What headings need to know of a column: its code and its labels in every language."""

    @property
    def code(self) -> str: ...

    @property
    def labels(self) -> tuple[str, ...]: ...


@dataclass(slots=True)
class Headings:
    """The heading row: its 1-based number (0 = none), column code → 1-based column, errors found in it.

    `first_column`: 1-based column of the first value of every row; `blank`: 0-based positions without a heading.
    """

    row: int = 0
    first_column: int = 1
    columns: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)


class _Names:
    """The headings that are known: the exact code first, then the code's form, then labels that mean one column."""

    def __init__(self, columns: Sequence[Known]) -> None:
        self.exact = {column.code: column.code for column in columns}
        self.forms: dict[str, str] = {}
        for column in columns:
            self.forms.setdefault(normalized(column.code), column.code)
        meant: dict[str, set[str]] = {}
        for column in columns:
            for label in column.labels:
                if label:
                    meant.setdefault(normalized(label), set()).add(column.code)
        for form, codes in meant.items():
            if len(codes) == 1:
                self.forms.setdefault(form, *codes)

    def find(self, heading: str) -> str | None:
        stripped = heading.strip()
        return self.exact.get(stripped) or self.forms.get(normalized(stripped))

    def near(self, heading: str, cutoff: float) -> str | None:
        found = nearest(heading, self.forms, cutoff)
        return self.forms[found] if found is not None else None


def find_headings(book: Book, sheet: str, columns: Sequence[Known], key: str) -> tuple[Headings, Rows]:
    """The heading row of a sheet, the first that holds the column `key`, and the rows that follow it.

    A heading that is not known is an error; where it can only mean one absent column, that column is read from
    there all the same, so that its cells are checked too.
    """
    names = _Names(columns)
    key_names = _Names([column for column in columns if column.code == key])
    passed: list[tuple[int, int, list[Raw]]] = []
    rows = book.rows(sheet)
    for number, first_column, values in rows:
        if any(key_names.find(take_text(value)) for value in values if value != ""):
            return _read_heading_row(sheet, number, first_column, values, names), rows
        if len(passed) < _TITLE_ROWS_SEARCHED:
            passed.append((number, first_column, values))
    return _guess_headings(book, sheet, passed, names, key)


def _guess_headings(
    book: Book, sheet: str, passed: list[tuple[int, int, list[Raw]]], names: _Names, key: str
) -> tuple[Headings, Rows]:
    """No row holds the key: the row with a heading that can only mean it is taken, so that the rest is checked."""
    for number, first_column, values in passed:
        headings = _read_heading_row(sheet, number, first_column, values, names)
        if key in headings.columns:
            rows = book.rows(sheet)
            for row, _, _ in rows:
                if row == number:
                    break
            return headings, rows
    wrong = text("no heading row was found: no column “{key}”", "未找到标题行：没有“{key}”列", key=key)
    right = text("the headings must stand in a row above the values", "数据上方必须有一行列标题")
    return Headings(problems=[Problem(sheet, 1, 1, None, wrong, right)]), iter(())


def _read_heading_row(sheet: str, number: int, first_column: int, values: list[Raw], names: _Names) -> Headings:
    headings = Headings(number, first_column)
    unknown: list[tuple[int, str]] = []
    for index, value in enumerate(values):
        written = take_text(value).strip()
        if not written:
            headings.blank.append(index)
            continue
        code = names.find(written)
        if code is None:
            unknown.append((index, written))
        elif code in headings.columns:
            wrong = text("the column “{name}” stands twice", "列“{name}”重复出现", name=code)
            headings.problems.append(Problem(sheet, number, index + first_column, value, wrong, _delete_one()))
        else:
            headings.columns[code] = index + first_column
    for index, written in unknown:
        headings.problems.append(_unknown(sheet, number, index + first_column, written, names))
        meant = names.near(written, _SURELY_MEANT)
        if meant is not None and meant not in headings.columns:
            headings.columns[meant] = index + first_column
    return headings


def _unknown(sheet: str, row: int, column: int, written: str, names: _Names) -> Problem:
    near = names.near(written, 0.4)
    wrong = text("“{name}” is no column known here", "“{name}”不是此处已知的列", name=shown(written))
    if near is None:
        right = suggestion(written, names.exact)
    else:
        right = text("the nearest known one is “{near}”", "最接近的已知列是“{near}”", near=near)
    return Problem(sheet, row, column, written, wrong, right)


def _delete_one() -> Text:
    return text("delete or rename one of the two", "请删除或更名其中一列")
