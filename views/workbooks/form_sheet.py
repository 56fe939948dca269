"""A form as it is filled offline: what goes into its workbook and what comes back, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from views.workbooks.problems import Problem, cell_name

Value = float | str | bool | date | None

FORM_SHEET = "form"
IDENTITY_SHEET = "_form"
LISTS_SHEET = "_lists"
FORM_KIND = "plumbline form"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One indicator to fill in.

    `value_type`: as in a scheme; `options`: of a choice; `minimum`, `maximum`: of a number (None = no bound);
    `target`, `last_value`, `actual`: numbers, dates, options, truth values or text; `locked`: cannot be filled in.
    """

    item: str
    name: str
    standard: str = ""
    unit_of_measure: str = ""
    value_type: str = "number"
    options: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    target: Value = None
    last_value: Value = None
    actual: Value = None
    not_applicable: bool = False
    note: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class FormSection:
    """Lines under one heading, such as a dimension with its marks."""

    title: str
    lines: Sequence[FormLine]


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A form of one participant: `form_id` and `version` tell it from every other and from its own earlier states."""

    form_id: str
    version: int
    title: str
    participant: str
    participant_name: str
    sections: Sequence[FormSection]
    generated_at: datetime
    cycle: str = ""
    due: datetime | None = None

    def lines(self) -> list[FormLine]:
        """All lines in order."""
        return [line for section in self.sections for line in section.lines]


@dataclass(frozen=True, slots=True)
class FormEntry:
    """One line as it came back; `value` is raw until checked.  `columns`: column code → 1-based column."""

    item: str
    value: object
    not_applicable: bool
    note: str
    sheet: str
    row: int
    columns: dict[str, int] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """The address of this line's cell in `item`, `actual`, `not_applicable` or `note`."""
        return cell_name(self.row, self.columns.get(column, 1))


@dataclass(frozen=True, slots=True)
class FormFile:
    """A filled form workbook: which form it says it is, its entries, the cells in error."""

    form_id: str
    version: int
    entries: tuple[FormEntry, ...]
    problems: tuple[Problem, ...]
