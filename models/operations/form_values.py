"""What is typed into one line of a form, read and checked against the indicator: type, range, options."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.text import Text, text
from models.cycle import Entry
from models.operations.values import (
    Unreadable,
    is_blank,
    read_date,
    read_integer,
    read_number,
    read_yes_no,
    shown_number,
    tidy,
)
from models.scheme import Item

NOT_ENTERED = frozenset({"rating", "linked"})
"""Methods whose numbers do not come from the participant's form."""
MAY_STAY_BLANK = frozenset({"milestone"})
"""Methods to which a blank says something (not done)."""
TEXT_LENGTH = 120
NOTE_LENGTH = 4000
CLAIMS = frozenset({"n/a", "na", "不适用"})

EITHER = text("Give a value or mark it not applicable, not both.", "请填写数值或选择“不适用”，不能同时填写。")
TOO_LONG = text("At most {length} characters fit here.", "此处最多填写 {length} 个字符。")
NEEDED = text("A value is needed, or mark it not applicable.", "请填写数值，或选择“不适用”。")


@dataclass(frozen=True, slots=True)
class FieldInput:
    """One line as typed: the value (text, number, date or bool), the option, the claim and the note."""

    actual: str | float | date | bool | None = None
    choice: str | None = None
    not_applicable: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says: a number or an option, or the raw text with what is wrong with it."""

    actual: float | None = None
    choice: str | None = None
    is_not_applicable: bool = False
    note: str | None = None
    raw: str | None = None
    error: Text | None = None

    @property
    def is_filled(self) -> bool:
        """Whether the line says anything that can count."""
        return self.actual is not None or self.choice is not None or self.is_not_applicable


def is_entered(item: Item) -> bool:
    """Whether the indicator has a line in the forms of its participants."""
    return item.kind == "indicator" and item.method not in NOT_ENTERED


def entered_items(items: Iterable[Item], participant_code: str) -> list[Item]:
    """The indicators that a participant's form asks for: common ones and its own individual ones."""
    return [item for item in items if is_entered(item) and item.participant in (None, "", participant_code)]


def options_of(item: Item) -> tuple[str, ...]:
    """The options of a `choice` indicator, in the order of its table."""
    return tuple(str(row[0]) for row in item.table_rows or [])


def range_of(item: Item) -> tuple[float | None, float | None]:
    """The least and the greatest value that make sense: the indicator's own, else what its value type implies."""
    low, high = item.min_value, item.max_value
    if item.value_type == "percent":
        low, high = (0.0 if low is None else low), (100.0 if high is None else high)
    elif item.value_type == "count" and low is None:
        low = 0.0
    return low, high


def read_line(item: Item, given: FieldInput) -> Reading:
    """Read one line; an invalid value is kept as `raw` beside what is wrong with it."""
    note = (given.note or "").strip() or None
    typed = given.choice if is_blank(given.actual) else given.actual
    claimed = given.not_applicable or (isinstance(typed, str) and tidy(typed).lower() in CLAIMS)
    if claimed and isinstance(typed, str) and tidy(typed).lower() in CLAIMS:
        typed = None
    raw = None if is_blank(typed) else _as_typed(typed)
    if note is not None and len(note) > NOTE_LENGTH:
        return Reading(is_not_applicable=claimed, note=note, raw=raw, error=_too_long(NOTE_LENGTH))
    if raw is None:
        return Reading(is_not_applicable=claimed, note=note)
    if claimed:
        return Reading(is_not_applicable=True, note=note, raw=raw, error=EITHER)
    try:
        actual, choice = _read_value(item, typed)
    except Unreadable as error:
        return Reading(note=note, raw=raw, error=error.text)
    return Reading(actual=actual, choice=choice, note=note)


def _as_typed(value: object) -> str:
    return shown_number(value) if isinstance(value, float) and math.isfinite(value) else str(value)


def _too_long(length: int) -> Text:
    return text(TOO_LONG.en, TOO_LONG.zh_Hans, length=length)


def _read_value(item: Item, typed: object) -> tuple[float | None, str | None]:
    kind = item.value_type or "number"
    if kind == "choice":
        return None, _read_option(item, typed)
    if kind == "text":
        written = str(typed).strip()
        if len(written) > TEXT_LENGTH:
            raise Unreadable(_too_long(TEXT_LENGTH))
        return None, written
    if kind == "yes_no":
        return float(read_yes_no(typed)), None
    if kind == "date":
        return float(read_date(typed).toordinal()), None
    if kind == "count":
        number = float(read_integer(_without_unit(item, typed)))
    else:
        number = read_number(typed, percent=kind == "percent", suffix=item.unit_of_measure)
    _check_range(item, number)
    return number, None


def _without_unit(item: Item, typed: object) -> object:
    if isinstance(typed, str) and item.unit_of_measure:
        return tidy(typed).removesuffix(tidy(item.unit_of_measure)).strip()
    return typed


def _read_option(item: Item, typed: object) -> str:
    options = options_of(item)
    wanted = tidy(shown_number(typed) if isinstance(typed, float) else str(typed)).lower()
    for option in options:
        if tidy(option).lower() == wanted:
            return option
    raise Unreadable(
        text("Choose one of: {options}.", "请从以下选项中选择：{options}。", options=", ".join(options) or "–")
    )


def _check_range(item: Item, number: float) -> None:
    low, high = range_of(item)
    if (low is None or number >= low) and (high is None or number <= high):
        return
    message = _range_text(low, high)
    if (likely := _likely(item, number)) is not None:
        message = text(
            "{rule} Did you mean {likely}?", "{rule}是否应为 {likely}？", rule=message, likely=shown_number(likely)
        )
    raise Unreadable(message)


def range_of_import(item: Item, number: float) -> Text | None:
    """What is wrong with a value of a data workbook: only bounds that the indicator states itself are held to."""
    if (item.min_value is None or number >= item.min_value) and (item.max_value is None or number <= item.max_value):
        return None
    return _range_text(item.min_value, item.max_value)


def _range_text(low: float | None, high: float | None) -> Text:
    shown = {"low": shown_number(low) if low is not None else "", "high": shown_number(high) if high is not None else ""}
    if low is None:
        return text("At most {high} is possible here.", "此处最大为 {high}。", **shown)
    if high is None:
        return text("At least {low} is possible here.", "此处最小为 {low}。", **shown)
    return text("A value from {low} to {high} is possible here.", "此处应在 {low} 至 {high} 之间。", **shown)


def _likely(item: Item, number: float) -> float | None:
    """The value meant when only the point slipped: ten times less or more, when that fits."""
    low, high = range_of(item)
    for factor in (Decimal("0.1"), Decimal(10)):
        candidate = float(Decimal(repr(number)) * factor)
        fits = (low is None or candidate >= low) and (high is None or candidate <= high)
        if number != 0 and fits and (item.value_type != "count" or candidate == int(candidate)):
            return candidate
    return None


def read_stored(item: Item, entry: Entry) -> Reading:
    """An entry as a reading; one that was saved invalid says again what is wrong with it."""
    if entry.raw is not None:
        given = FieldInput(actual=entry.raw, not_applicable=entry.is_not_applicable, note=entry.note)
        return read_line(item, given)
    error = _too_long(NOTE_LENGTH) if len(entry.note or "") > NOTE_LENGTH else None
    return Reading(entry.actual, entry.choice, entry.is_not_applicable, entry.note, error=error)


def shown_value(item: Item, actual: float | None, choice: str | None) -> str:
    """A value as it stands in an input: a date as ISO, yes/no as words, a number in its shortest form."""
    if choice is not None:
        return choice
    if actual is None:
        return ""
    if item.value_type == "date":
        return date.fromordinal(int(actual)).isoformat()
    if item.value_type == "yes_no":
        return "yes" if actual else "no"
    return shown_number(actual)
