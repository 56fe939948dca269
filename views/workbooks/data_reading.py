"""Reads a data workbook against its scheme: arrays for the engine, every cell in error, and where everything stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from config.text import Text, text
from plugins.engine.data import Adjustments, Bools, Data, Floats, Participants, Ratings
from plugins.engine.scheme import Item, Place, Scheme
from views.workbooks.book import Book
from views.workbooks.data_format import (
    ADJUSTMENT_COLUMNS,
    DATA_SHEETS,
    LINKED_COLUMNS,
    PARTICIPANT_COLUMNS,
    RATING_COLUMNS,
    VALUE_SHEETS,
    value_columns,
)
from views.workbooks.locating import Locator, SheetMap
from views.workbooks.problems import CellError, Problem, shown, suggestion
from views.workbooks.scheme_reading import misnamed_sheets
from views.workbooks.table import Column, Progress, Row, Table, read_table
from views.workbooks.values import NOT_APPLICABLE

_ADJUSTING = frozenset({"bonus", "deduction", "veto"})


@dataclass(frozen=True, slots=True)
class DataReading:
    """What a data workbook holds.

    `data`: as far as it can be read (cells in error are as if blank); `problems`: every cell in error and, with the
    level `note`, values that have no effect; `locator`: where a `Place` stands.
    """

    data: Data
    problems: tuple[Problem, ...]
    locator: Locator

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    def locate(self, place: Place) -> tuple[str, str]:
        """The (sheet, cell) of a place, such as (`actual`, `C5`)."""
        return self.locator.locate(place)


def read_data(book: Book, scheme: Scheme, *, progress: Progress | None = None) -> DataReading:
    """The data in a workbook's sheets `participants`, `actual`, `target`, `baseline`, `ratings`, `adjustments` and
    `linked`; only the first must be there.  Never raises but what `progress` raises to cancel."""
    return _Reader(book, scheme, progress).read()


@dataclass(slots=True)
class _Values:
    """What the sheets `actual`, `target` and `baseline` give."""

    numbers: dict[str, dict[str, Floats]] = field(default_factory=lambda: {sheet: {} for sheet in VALUE_SHEETS})
    choices: dict[str, list[str]] = field(default_factory=dict)
    not_applicable: dict[str, Bools] = field(default_factory=dict)


class _Reader:
    def __init__(self, book: Book, scheme: Scheme, progress: Progress | None) -> None:
        self.book, self.scheme, self.progress = book, scheme, progress
        self.items: dict[str, Item] = {item.code: item for item in scheme.items}
        self.locator = Locator()
        self.tables: list[Table] = []
        self.positions: dict[str, int] = {}

    def read(self) -> DataReading:
        participants = self._participants()
        values = self._values()
        data = Data(
            participants=participants,
            actual=values.numbers["actual"],
            target=values.numbers["target"],
            baseline=values.numbers["baseline"],
            choices={code: tuple(options) for code, options in values.choices.items()},
            not_applicable=values.not_applicable,
            ratings=self._ratings(),
            adjustments=self._adjustments(),
            linked=self._linked(),
        )
        problems = misnamed_sheets(self.book, DATA_SHEETS)
        for table in self.tables:
            problems += sorted(table.problems, key=lambda problem: (problem.row, problem.column))
        return DataReading(data, tuple(problems), self.locator)

    def _table(self, sheet: str, columns: Sequence[Column], key: str, unique: Sequence[str]) -> Table | None:
        """A sheet, None when it is not there; the rows whose participant is known stay."""
        if self.book.find(sheet) is None and sheet != "participants":
            return None
        table = read_table(self.book, sheet, columns, key, unique=unique, progress=self.progress)
        self.tables.append(table)
        self.locator.sheets[sheet] = SheetMap(table, key)
        return table

    def _participants(self) -> Participants:
        table = self._table("participants", PARTICIPANT_COLUMNS, "code", ("code",))
        rows: dict[str, Row] = {}
        for row in table.rows if table else []:
            if row["code"]:
                rows.setdefault(row["code"], row)
        self.positions = {code: position for position, code in enumerate(rows)}
        fields = ("name", "group", "parent", "parent_grade")
        return Participants(tuple(rows), *(tuple(row[code] or "" for row in rows.values()) for code in fields))

    def _position(self, table: Table, row: Row) -> int | None:
        """The participant of a row; one that nobody listed is reported."""
        code = row["participant"]
        position = self.positions.get(code) if code is not None else None
        if code is not None and position is None and "participant" not in row.bad:
            wrong = text(
                "there is no participant “{code}” on the sheet participants",
                "participants 工作表中没有考核对象“{code}”",
                code=shown(code),
            )
            table.problem(row, "participant", code, CellError(wrong, suggestion(code, self.positions)))
        return position

    def _item(self, table: Table, row: Row) -> Item | None:
        """The item of a row; one that the scheme lacks is reported."""
        code = row["item"]
        item = self.items.get(code) if code is not None else None
        if code is not None and item is None:
            wrong = text("the scheme has no item “{code}”", "考核方案中没有项目“{code}”", code=shown(code))
            table.problem(row, "item", code, CellError(wrong, suggestion(code, self.items)))
        return item

    def _values(self) -> _Values:
        values = _Values()
        for sheet in VALUE_SHEETS:
            columns = value_columns(self.scheme.items, sheet)
            table = self._table(sheet, columns, "participant", ("participant",))
            if table is not None:
                self._take_values(table, sheet, values)
        return values

    def _take_values(self, table: Table, sheet: str, values: _Values) -> None:
        count = len(self.positions)
        codes = [code for code in table.columns if code != "participant"]
        carried = {code: self.items[code] for code in codes if not _has_no_number(self.items[code], sheet)}
        numbers = {code: np.full(count, np.nan) for code in carried if self.items[code].value_type != "choice"}
        choices = {code: [""] * count for code in carried if self.items[code].value_type == "choice"}
        seen: set[int] = set()
        for row in table.rows:
            position = self._position(table, row)
            if position is None or position in seen:
                continue
            seen.add(position)
            for code, value in row.values.items():
                if value == NOT_APPLICABLE and code != "participant" and self.items[code].kind == "indicator":
                    values.not_applicable.setdefault(code, np.zeros(count, dtype=np.bool_))[position] = True
                elif code in numbers:
                    numbers[code][position] = value
                elif code in choices:
                    choices[code][position] = value
                elif code != "participant" and self.items[code].value_type != "text":
                    self._note_unused(table, row, code, value)
        values.numbers[sheet].update(numbers)
        values.choices.update(choices)

    def _note_unused(self, table: Table, row: Row, code: str, value: object) -> None:
        wrong = text("the value of “{code}” has no effect here", "“{code}”在此处的值不起作用", code=code)
        table.problems.append(
            Problem(
                table.sheet,
                row.number,
                table.column_of(code),
                value,
                wrong,
                _where_it_belongs(self.items[code]),
                level="note",
            )
        )

    def _ratings(self) -> Ratings | None:
        table = self._table("ratings", RATING_COLUMNS, "participant", ())
        if table is None:
            return None
        taken: list[tuple[int, Row]] = []
        seen: dict[tuple[str, ...], int] = {}
        groups = {group.code for group in self.scheme.raters}
        for row in table.rows:
            position, item = self._position(table, row), self._item(table, row)
            self._check_rater(table, row, groups, seen)
            if position is not None and item is not None and not row.bad and row["score"] is not None:
                taken.append((position, row))
        self.locator.sheets["ratings"].positions = [row.number for _, row in taken]
        return Ratings(
            np.array([position for position, _ in taken], dtype=np.int64),
            tuple(row["item"] for _, row in taken),
            tuple(row["rater"] or "" for _, row in taken),
            tuple(row["group"] or "" for _, row in taken),
            np.array([row["score"] for _, row in taken], dtype=np.float64),
        )

    def _check_rater(self, table: Table, row: Row, groups: set[str], seen: dict[tuple[str, ...], int]) -> None:
        group = row["group"] or ""
        if groups and group not in groups and "group" not in row.bad:
            wrong = text("the scheme has no rater group “{group}”", "考核方案中没有评价组“{group}”", group=group)
            table.problem(row, "group", group, CellError(wrong, suggestion(group, groups)))
        key = (row["participant"] or "", row["item"] or "", row["rater"] or "", group)
        if not all(key[:3]):
            return
        first = seen.setdefault(key, row.number)
        if first != row.number:
            wrong = text(
                "“{rater}” already rated {participant} on {item} in row {row}",
                "“{rater}”已在第 {row} 行对 {participant} 的 {item} 打分",
                rater=key[2],
                participant=key[0],
                item=key[1],
                row=first,
            )
            table.problem(row, "rater", key[2], CellError(wrong, text("keep one of the two", "请只保留一条")))

    def _adjustments(self) -> Adjustments | None:
        table = self._table("adjustments", ADJUSTMENT_COLUMNS, "participant", ())
        if table is None:
            return None
        taken: list[tuple[int, Row]] = []
        for row in table.rows:
            position, item = self._position(table, row), self._item(table, row)
            if item is not None and item.kind not in _ADJUSTING:
                wrong = text(
                    "“{code}” is neither bonus, deduction nor veto", "“{code}”不是加分、扣分或否决项", code=item.code
                )
                fitting = [code for code, own in self.items.items() if own.kind in _ADJUSTING]
                table.problem(row, "item", item.code, CellError(wrong, suggestion(item.code, fitting)))
            elif position is not None and item is not None:
                taken.append((position, row))
        self.locator.sheets["adjustments"].positions = [row.number for _, row in taken]
        return Adjustments(
            np.array([position for position, _ in taken], dtype=np.int64),
            tuple(row["item"] for _, row in taken),
            _floats(taken, "occurrences"),
            _floats(taken, "points"),
            tuple(row["reason"] or "" for _, row in taken),
        )

    def _linked(self) -> Mapping[tuple[int, str], float]:
        table = self._table("linked", LINKED_COLUMNS, "participant", ("participant", "from"))
        if table is None:
            return {}
        rates: dict[tuple[int, str], float] = {}
        rows: list[int] = []
        for row in table.rows:
            position = self._position(table, row)
            key = (position, row["from"])
            if position is not None and None not in (*key, row["rate"]) and key not in rates:
                rates[position, row["from"]] = row["rate"]
                rows.append(row.number)
        self.locator.sheets["linked"].positions = rows
        return rates


def _floats(taken: list[tuple[int, Row]], code: str) -> Floats:
    return np.array([np.nan if row[code] is None else row[code] for _, row in taken], dtype=np.float64)


def _has_no_number(item: Item, sheet: str) -> bool:
    """Whether values of an item are not carried: parts of the tree, adjustments, ratings, narrative text."""
    if item.kind != "indicator" or item.method == "rating" or item.value_type == "text":
        return True
    return item.value_type == "choice" and sheet != "actual"


def _where_it_belongs(item: Item) -> Text | None:
    if item.kind in _ADJUSTING:
        return text("enter it on the sheet adjustments", "请在 adjustments 工作表中填写")
    if item.method == "rating":
        return text("enter it on the sheet ratings", "请在 ratings 工作表中填写")
    return None
