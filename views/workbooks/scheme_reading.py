"""Reads a scheme workbook: a `Scheme` as far as it can be read, every cell in error, and where everything stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from config.text import text
from plugins.engine.scheme import GradeBand, Item, Place, RaterGroup, Scheme, TableRow
from views.workbooks.book import Book
from views.workbooks.locating import Locator, SheetMap
from views.workbooks.problems import CellError, Problem, nearest, normalized, shown, suggestion
from views.workbooks.scheme_format import (
    GRADE_COLUMNS,
    ITEM_COLUMNS,
    RATER_COLUMNS,
    SCHEME_SHEETS,
    SETTING_COLUMNS,
    SETTINGS,
    TABLE_COLUMNS,
)
from views.workbooks.table import Column, Row, Table, read_table
from views.workbooks.values import NONE_WORD, take_number, take_text

_BY_OPTION = frozenset({"choice"})


@dataclass(frozen=True, slots=True)
class SchemeReading:
    """What a scheme workbook holds.

    `scheme`: as far as it can be read (cells in error are as if blank), None when the sheets `scheme` and `items` are
    missing; `problems`: every cell in error, in the order of the sheets; `locator`: where a `Place` stands.
    """

    scheme: Scheme | None
    problems: tuple[Problem, ...]
    locator: Locator

    def locate(self, place: Place) -> tuple[str, str]:
        """The (sheet, cell) of a place, such as (`items`, `F7`)."""
        return self.locator.locate(place)


@dataclass(slots=True)
class _Reader:
    book: Book
    locator: Locator = field(default_factory=Locator)
    problems: list[Problem] = field(default_factory=list)

    def table(self, sheet: str, columns: Sequence[Column], key: str, unique: Sequence[str] | None = None) -> Table:
        """A sheet of the workbook; its problems are collected when the reading is done."""
        table = read_table(self.book, sheet, columns, key, unique=unique)
        self.locator.sheets[sheet] = SheetMap(table, key)
        return table

    def optional(self, sheet: str, columns: Sequence[Column], key: str, unique: Sequence[str] | None = None) -> Table:
        """A sheet that need not be there."""
        if self.book.find(sheet) is None:
            table = Table(sheet, 0, {})
            self.locator.sheets[sheet] = SheetMap(table, key)
            return table
        return self.table(sheet, columns, key, unique)


def read_scheme(book: Book) -> SchemeReading:
    """The scheme in a workbook's sheets `scheme`, `items`, `tables`, `raters` and `grades`; never raises."""
    reader = _Reader(book)
    settings = reader.table("scheme", SETTING_COLUMNS, "key", unique=())
    items = reader.table("items", ITEM_COLUMNS, "code")
    tables = reader.optional("tables", TABLE_COLUMNS, "item", unique=())
    raters = reader.optional("raters", RATER_COLUMNS, "group")
    grades = reader.optional("grades", GRADE_COLUMNS, "code")
    values = _settings(settings, reader.locator)
    known = _items(items)
    rows = _table_rows(tables, known)
    problems = misnamed_sheets(book, SCHEME_SHEETS)
    for table in (settings, items, tables, raters, grades):
        problems += sorted(table.problems, key=lambda problem: (problem.row, problem.column))
    if not settings.heading_row and not items.heading_row:
        return SchemeReading(None, tuple(problems), reader.locator)
    scheme = Scheme(
        **values,
        items=tuple(replace(item, table=tuple(rows.get(item.code, ()))) for item in known.values()),
        raters=tuple(_rater(row) for row in _first_of_each(raters, "group")),
        grades=tuple(_grade(row) for row in _first_of_each(grades, "code")),
    )
    return SchemeReading(scheme, tuple(problems), reader.locator)


def misnamed_sheets(book: Book, known: Sequence[str]) -> list[Problem]:
    """Sheets whose name is nearly that of a known sheet that is absent: they must not be passed over in silence."""
    found = []
    absent = [name for name in known if book.find(name) is None]
    own = {book.find(name) for name in known}
    for name in book.names:
        near = nearest(name, absent, cutoff=0.75) if name not in own else None
        if near is not None:
            wrong = text("“{name}” is no sheet known here", "“{name}”不是此处已知的工作表", name=name)
            right = text("the nearest known one is “{near}”", "最接近的已知工作表是“{near}”", near=near)
            found.append(Problem(name, 1, 1, None, wrong, right))
    return found


def _first_of_each(table: Table, key: str) -> list[Row]:
    """The rows that have a key, the first of those that stand twice."""
    rows: dict[str, Row] = {}
    for row in table.rows:
        if row[key]:
            rows.setdefault(row[key], row)
    return list(rows.values())


def _settings(table: Table, locator: Locator) -> dict[str, Any]:
    known = {column.code: column for column in SETTINGS}
    taken: dict[str, Any] = {}
    rows: dict[str, int] = {}
    for row, code in _named_settings(table, known):
        if code in rows:
            wrong = text("the setting “{name}” stands twice", "设置项“{name}”重复出现", name=code)
            right = text("it already stands in row {row}", "第 {row} 行已有该项", row=rows[code])
            table.problem(row, "key", row["key"], CellError(wrong, right))
        else:
            rows[code] = row.number
            _take_setting(table, row, known[code], taken)
    locator.settings = rows
    if table.heading_row and "code" not in rows:
        _require_code(table)
    return _as_fields(taken)


def _named_settings(table: Table, known: Mapping[str, Column]) -> list[tuple[Row, str]]:
    """The rows with the setting that each names; one that is not known is reported, and taken for the absent setting
    that it can only mean, so that its value is checked too."""
    names = _setting_names()
    found: list[tuple[Row, str]] = []
    unknown: list[Row] = []
    for row in table.rows:
        code = names.get(normalized(row["key"])) if row["key"] is not None else None
        if code is not None:
            found.append((row, code))
        elif row["key"] is not None:
            unknown.append(row)
    for row in unknown:
        written = row["key"]
        wrong = text("“{name}” is no setting known here", "“{name}”不是已知的设置项", name=shown(written))
        table.problem(row, "key", written, CellError(wrong, suggestion(written, known)))
        meant = nearest(written, known, cutoff=0.75)
        if meant is not None and meant not in {code for _, code in found}:
            found.append((row, meant))
    return found


def _require_code(table: Table) -> None:
    wrong = text("the setting “code” is missing", "缺少设置项“code”（方案代码）")
    right = text("add a row with the key code", "请增加一行 code")
    table.problems.append(Problem(table.sheet, 1, 1, None, wrong, right))


def _setting_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for column in SETTINGS:
        for label in (column.code, *column.labels):
            names.setdefault(normalized(label), column.code)
    return names


def _take_setting(table: Table, row: Row, column: Column, taken: dict[str, Any]) -> None:
    value = row["value"]
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.required and "value" not in row.bad:
            wrong = text("the setting “{name}” has no value", "设置项“{name}”没有值", name=column.code)
            table.problem(row, "value", None, CellError(wrong, text("enter a value", "请填写")))
        return
    try:
        taken[column.code] = column.taker()(value)
    except CellError as error:
        table.problem(row, "value", value, error)


def _as_fields(taken: dict[str, Any]) -> dict[str, Any]:
    """Settings as the fields of a `Scheme`: `none` becomes None, tie breakers a tuple."""
    fields: dict[str, Any] = {"code": ""} | taken
    for bound in ("min_total", "max_total"):
        if fields.get(bound) == NONE_WORD:
            fields[bound] = None
    if "tie_breakers" in fields:
        written = fields["tie_breakers"].replace("，", ",").replace("、", ",").replace(";", ",")
        fields["tie_breakers"] = tuple(code.strip() for code in written.split(",") if code.strip())
    return fields


def _items(table: Table) -> dict[str, Item]:
    optional = [column.code for column in ITEM_COLUMNS if column.code not in {"code", "kind", "name", "params"}]
    return {
        row["code"]: Item(
            code=row["code"],
            kind=row["kind"] or "indicator",
            name=row["name"] or "",
            params=row["params"] or {},
            **{code: row[code] for code in optional},
        )
        for row in _first_of_each(table, "code")
    }


def _table_rows(table: Table, items: dict[str, Item]) -> dict[str, list[TableRow]]:
    """Item code → the rows of its table, in order; a row in error is reported and left out."""
    rows: dict[str, list[TableRow]] = {}
    for row in table.rows:
        code = row["item"]
        if code is None:
            continue
        if code not in items:
            wrong = text("there is no item “{code}”", "没有代码为“{code}”的项目", code=code)
            table.problem(row, "item", code, CellError(wrong, suggestion(code, items)))
            continue
        try:
            x = _table_x(row["x"], items[code])
        except CellError as error:
            table.problem(row, "x", row["x"], error)
            continue
        if x is not None and row["rate"] is not None:
            rows.setdefault(code, []).append(TableRow(x, row["rate"]))
    return rows


def _table_x(value: Any, item: Item) -> float | str | None:
    """An option for a choice, a number for every other table."""
    if value is None:
        return None
    if item.method in _BY_OPTION or item.value_type in _BY_OPTION:
        return take_text(value).strip()
    return take_number(value)


def _rater(row: Row) -> RaterGroup:
    return RaterGroup(row["group"], row["name"] or "", row["weight"], row["min_raters"], row["ballot_rule"])


def _grade(row: Row) -> GradeBand:
    return GradeBand(
        row["code"],
        row["name"] or "",
        row["min_score"],
        row["quota"],
        row["rounding"] or "down",
        row["requires"],
        row["quota_if_parent"],
    )
