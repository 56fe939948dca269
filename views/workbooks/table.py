"""Reads one sheet as a table: finds the heading row, matches the columns, takes every cell, reports every error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.text import Text, text
from views.workbooks.book import Book
from views.workbooks.headings import Headings, Rows, find_headings
from views.workbooks.problems import CellError, Problem, cell_name, shown, suggestion
from views.workbooks.values import TAKERS, choice_taker

Progress = Callable[[int], None]
PROGRESS_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a sheet may have.

    `code`: its heading and the name of its value; `kind`: one of `values.TAKERS` or `choice`; `labels`: further
    headings it is known by, in any language; `required`: a blank cell is an error; `options`: code → labels, for a
    choice; `minimum`, `maximum`: bounds of a number; `take`: an own way to take a value, instead of `kind`.
    """

    code: str
    kind: str = "text"
    labels: tuple[str, ...] = ()
    required: bool = False
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    take: Callable[[Any], Any] | None = None

    def taker(self) -> Callable[[Any], Any]:
        """The function that takes a value of this column."""
        take = self.take or (choice_taker(self.options) if self.kind == "choice" else TAKERS[self.kind])
        if self.minimum is None and self.maximum is None:
            return take
        return _within(take, self.minimum, self.maximum)


@dataclass(slots=True)
class Row:
    """One row: its 1-based number, the taken values by column code (None = blank or in error), the codes in error."""

    number: int
    values: dict[str, Any]
    bad: set[str] = field(default_factory=set)

    def __getitem__(self, code: str) -> Any:
        return self.values.get(code)


@dataclass(slots=True)
class Table:
    """A sheet as read: where its headings are, its rows, and every cell in error.

    `columns`: column code → 1-based column; `heading_row`: 1-based, 0 when there is no such sheet or heading.
    """

    sheet: str
    heading_row: int
    columns: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, row: Row | int, code: str, value: Any, error: CellError) -> Problem:
        """The error of a cell, added to the problems of the table and to its row."""
        number = row if isinstance(row, int) else row.number
        found = Problem(self.sheet, number, self.column_of(code), value, error.wrong, error.right)
        self.problems.append(found)
        if isinstance(row, Row):
            row.bad.add(code)
        return found

    def column_of(self, code: str) -> int:
        """The 1-based column of a code, the first column of the table when it has none such."""
        return self.columns.get(code) or min(self.columns.values(), default=1)

    def address(self, row: int, code: str) -> str:
        """The cell of a row and a column code, such as `F7`."""
        return cell_name(row, self.column_of(code))


def read_table(
    book: Book,
    sheet: str,
    columns: Sequence[Column],
    key: str,
    *,
    unique: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Table:
    """The table on `sheet`, whose headings stand in the first row that holds the column `key`.

    `unique`: the columns that together must not stand twice (default: the key alone; empty: anything goes).
    `progress` is called with the number of rows read and may raise to cancel.  A sheet that is absent gives a table
    without columns and one problem.
    """
    name = book.find(sheet)
    if name is None:
        return _absent(book, sheet)
    headings, rows = find_headings(book, name, columns, key)
    table = Table(name, headings.row, headings.columns, problems=headings.problems)
    if headings.row:
        _read_rows(table, headings, rows, columns, book.errors.get(name, {}), progress)
        _refuse_repeated(table, (key,) if unique is None else tuple(unique))
    return table


def _absent(book: Book, sheet: str) -> Table:
    near = suggestion(sheet, book.names)
    wrong = text("the sheet “{sheet}” is missing", "缺少工作表“{sheet}”", sheet=sheet)
    return Table(sheet, 0, {}, problems=[Problem(sheet, 1, 1, None, wrong, near)])


def _read_rows(
    table: Table,
    headings: Headings,
    rows: Rows,
    columns: Sequence[Column],
    errors: Mapping[tuple[int, int], str],
    progress: Progress | None,
) -> None:
    known = {column.code: column for column in columns}
    plan = [
        (code, position - headings.first_column, known[code].taker()) for code, position in headings.columns.items()
    ]
    required = [column.code for column in columns if column.required]
    used = {position for _, position, _ in plan}
    loose: set[int] = set()
    error_rows = {row for row, _ in errors}
    for number, _, values in rows:
        if _is_blank(values) and number not in error_rows:
            continue
        row = Row(number, {})
        for code, index, take in plan:
            value = values[index] if 0 <= index < len(values) else ""
            if value == "" or (isinstance(value, str) and not value.strip()):
                continue
            try:
                row.values[code] = take(value)
            except CellError as error:
                table.problem(row, code, value, error)
        if number in error_rows:
            _report_errors(table, row, errors)
        _require(table, row, required)
        loose.update(i for i in headings.blank if i not in used and i < len(values) and values[i] != "")
        table.rows.append(row)
        if progress is not None and len(table.rows) % PROGRESS_EVERY == 0:
            progress(len(table.rows))
    _report_loose(table, headings, loose)


def _is_blank(values: Sequence[Any]) -> bool:
    return not any(value != "" and (not isinstance(value, str) or value.strip()) for value in values)


def _report_errors(table: Table, row: Row, errors: Mapping[tuple[int, int], str]) -> None:
    """Cells that show an error read as blank: they must not count as nothing entered."""
    for code, column in table.columns.items():
        shows = errors.get((row.number, column))
        if shows is not None:
            row.values.pop(code, None)
            wrong = text("the formula in this cell shows {error}", "该单元格的公式结果为 {error}", error=shows)
            table.problem(
                row,
                code,
                shows,
                CellError(wrong, text("correct the formula or enter a value", "请更正公式或直接填写数值")),
            )


def _require(table: Table, row: Row, required: Sequence[str]) -> None:
    for code in required:
        if row.values.get(code) in (None, "") and code not in row.bad and code in table.columns:
            wrong = text("“{column}” is missing", "“{column}”未填写", column=code)
            table.problem(row, code, None, CellError(wrong, text("enter a value", "请填写")))


def _report_loose(table: Table, headings: Headings, loose: set[int]) -> None:
    for index in sorted(loose):
        wrong = text("this column holds values and has no heading", "该列有内容但没有列标题")
        right = text("give it one of the known headings or delete it", "请填写已知的列标题，或删除该列")
        table.problems.append(Problem(table.sheet, headings.row, index + headings.first_column, None, wrong, right))


def _refuse_repeated(table: Table, unique: tuple[str, ...]) -> None:
    if not unique or any(code not in table.columns for code in unique[:1]):
        return
    seen: dict[tuple[Any, ...], int] = {}
    for row in table.rows:
        value = tuple(row.values.get(code) for code in unique)
        if value[0] is None:
            continue
        first = seen.setdefault(value, row.number)
        if first != row.number:
            shown_key = " · ".join(shown(part) for part in value if part is not None)
            wrong = text("“{key}” stands twice", "“{key}”重复出现", key=shown_key)
            right = text("it already stands in row {row}", "第 {row} 行已有该项", row=first)
            table.problem(row, unique[0], value[0], CellError(wrong, right))


def _within(take: Callable[[Any], Any], minimum: float | None, maximum: float | None) -> Callable[[Any], Any]:
    def take_within(value: Any) -> Any:
        taken = take(value)
        if isinstance(taken, str):
            return taken
        if (minimum is not None and taken < minimum) or (maximum is not None and taken > maximum):
            raise CellError(_outside(value), _bounds(minimum, maximum))
        return taken

    return take_within


def _outside(value: Any) -> Text:
    return text("{value} is outside what is allowed", "{value} 超出允许范围", value=shown(value))


def _bounds(minimum: float | None, maximum: float | None) -> Text:
    if maximum is None:
        return text("enter {low} or more", "请填写不小于 {low} 的数", low=shown(minimum))
    if minimum is None:
        return text("enter {high} or less", "请填写不大于 {high} 的数", high=shown(maximum))
    return text(
        "enter a number from {low} to {high}",
        "请填写 {low} 到 {high} 之间的数",
        low=shown(minimum),
        high=shown(maximum),
    )
