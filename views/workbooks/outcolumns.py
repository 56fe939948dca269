"""A column of a workbook that is written: its heading, its kind, and how its values become cells or csv fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from xlsxwriter.format import Format

from views.workbooks.looks import Styles
from views.workbooks.sheetxml import Cell, date_cell, number_cell, text_cell

DATE_FORMAT = "yyyy-mm-dd"
DATETIME_FORMAT = "yyyy-mm-dd hh:mm:ss"
_RIGHT = frozenset({"integer", "number", "percent", "money"})
_YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}
_FORMATS = {"integer": "0", "percent": 'General"%"', "money": "#,##0.00"}


@dataclass(frozen=True, slots=True)
class OutColumn:
    """One column to write.

    `code`: the field; `label`: its heading in the file's language (blank: the code); `kind`: text, code, integer,
    number, percent (the number that a person reads, 95.2 shows as 95.2%), money, date, datetime, yes_no, choice or
    mixed (a number, date or text, as it comes); `options`: for a choice, code → label in the file's language;
    `number_format`: a spreadsheet's, when the kind's own does not do; `width`: in characters, when what stands in the
    column shall not decide; `wrap`: break long text over lines.
    """

    code: str
    label: str = ""
    kind: str = "text"
    options: Mapping[Any, str] = field(default_factory=dict)
    number_format: str | None = None
    width: float | None = None
    wrap: bool = False

    @property
    def heading(self) -> str:
        """What stands above the column."""
        return self.label or self.code

    @property
    def right(self) -> bool:
        """Whether the column is set to the right, as numbers are."""
        return self.kind in _RIGHT

    def cell(self, position: int, styles: Styles, **properties: Any) -> Cell:
        """The function that writes a value of this column into the 1-based column `position`."""
        style = self.style(styles, **properties)
        if self.kind in _RIGHT:
            return number_cell(position, style)
        if self.kind in {"date", "datetime"}:
            return date_cell(position, style, styles.cell(**properties))
        if self.kind == "mixed":
            return mixed_cell(position, styles, self.wrap)
        write = text_cell(position, style, styles.cell(**self._look(), **properties, quote_prefix=True))
        if self.kind in {"text", "code"}:
            return write
        return lambda row, value: write(row, None if value is None else self.words(value))

    def style(self, styles: Styles, **properties: Any) -> Format:
        """The format of the column's cells."""
        return styles.cell(**self._look(), **properties)

    def words(self, value: Any) -> str:
        """A value of a choice or yes/no column as the words that stand in the file."""
        return self.options.get(value, str(value))

    def shown(self, value: Any) -> str:
        """Roughly what a cell shows, to find the column's width."""
        if self.kind == "money":
            return f"{value:,.2f}"
        if self.kind == "number" and self.number_format and "." in self.number_format:
            return f"{value:,.{len(self.number_format.rsplit('.', 1)[1].rstrip('%'))}f}"
        if self.kind in {"number", "percent"} and isinstance(value, float):
            return f"{value:.10g}%"
        if self.kind == "datetime" and isinstance(value, datetime):
            return DATETIME_FORMAT
        if self.kind in {"date", "datetime"}:
            return DATE_FORMAT
        return self.words(value)

    def _look(self) -> dict[str, Any]:
        look: dict[str, Any] = {"indent": 1}
        if self.kind in {"date", "datetime"}:
            look["num_format"] = self.number_format or (DATE_FORMAT if self.kind == "date" else DATETIME_FORMAT)
            look["align"] = "left"
        elif self.kind in _RIGHT:
            look["num_format"] = self.number_format or _FORMATS.get(self.kind, "General")
            look["align"] = "right"
        elif self.kind == "code":
            look["num_format"] = "@"
        if self.wrap:
            look |= {"text_wrap": True, "align": "left"}
        return look


def mixed_cell(position: int, styles: Styles, wrap: bool = False) -> Cell:
    """A writer of whatever comes: numbers and dates as such, truth values as 1 and 0, all else as text."""
    look: dict[str, Any] = {"indent": 1, "align": "left"} | ({"text_wrap": True} if wrap else {})
    number = number_cell(position, styles.cell(**look))
    day = date_cell(position, styles.cell(**look, num_format=DATE_FORMAT), styles.cell())
    moment = date_cell(position, styles.cell(**look, num_format=DATETIME_FORMAT), styles.cell())
    words = text_cell(position, styles.cell(**look), styles.cell(**look, quote_prefix=True))

    def write(row: int, value: Any) -> str:
        if isinstance(value, datetime):
            return moment(row, value)
        if isinstance(value, date):
            return day(row, value)
        return words(row, value) if value is None or isinstance(value, str) else number(row, value)

    return write


def in_words(column: OutColumn, language: str) -> OutColumn:
    """The column with the words for yes and no of a language as its options."""
    if column.kind != "yes_no" or column.options:
        return column
    yes, no = _YES_NO["zh" if language.startswith("zh") else "en"]
    return replace(column, options={True: yes, False: no})


def csv_field(column: OutColumn) -> Callable[[Any], str]:
    """The function that writes a value of the column as a csv field; text never begins a formula."""

    def write(value: Any) -> str:
        if value is None:
            return ""
        if column.kind in _RIGHT:
            return str(value)
        if isinstance(value, datetime):
            return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
        if isinstance(value, date):
            return value.isoformat()
        words = value if column.kind in {"text", "code"} else column.words(value)
        return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words

    return write
