"""How one cell's raw value becomes a value of a kind: text, code, number, date, choice and so on.

Every function takes a value that is not blank and returns what it means, or raises `CellError`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from config.text import Text, text
from views.workbooks.problems import CellError, nearest, normalized, shown

NOT_APPLICABLE = "n/a"
NONE_WORD = "none"

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d*)?)(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?")
_YES = frozenset({"yes", "y", "true", "1", "是", "有", "√", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "0", "否", "无", "×", "✗"})
_NOT_APPLICABLE = frozenset({"n/a", "不适用"})
_NONE = frozenset({"none", "无", "不限"})
_EXACT_WHOLE = 1e15


def take_text(value: Any) -> str:
    """Any value as the text that a person sees; text itself as it stands."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT_WHOLE else repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def take_code(value: Any) -> str:
    """A code: `007` stays `007`, a cell that holds the number 7 reads `7`; spaces around it go."""
    if isinstance(value, float) and abs(value) >= _EXACT_WHOLE:
        raise CellError(
            text(
                "{value} was stored as a number and lost digits", "{value} 以数字存储，已丢失位数", value=shown(value)
            ),
            text("enter the code as text", "请以文本形式填写代码"),
        )
    return take_text(value).strip()


def take_number(value: Any) -> float:
    """A finite number; a number written as text is taken when it reads as one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        written = unicodedata.normalize("NFKC", value).strip().replace("−", "-")
        if _NUMBER.fullmatch(written):
            number = float(written.replace(",", ""))
            if abs(number) != float("inf"):
                return number
    raise CellError(
        text("“{value}” is no number", "“{value}”不是数字", value=shown(value)),
        text("enter a number such as 12.5", "请填写数字，例如 12.5"),
    )


def take_integer(value: Any) -> int:
    """A whole number."""
    number = take_number(value)
    if not number.is_integer():
        raise CellError(
            text("{value} is no whole number", "{value} 不是整数", value=shown(value)),
            text("enter a whole number such as {near}", "请填写整数，例如 {near}", near=round(number)),
        )
    return int(number)


def take_money(value: Any) -> Decimal:
    """An amount, exactly as it is written."""
    return Decimal(repr(take_number(value)))


def take_date(value: Any) -> date:
    """A date: a date cell, or text such as 2025-12-31, 2025/12/31 or 2025年12月31日; a time of day is dropped."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        written = unicodedata.normalize("NFKC", value).strip()
        found = _DATE.match(written)
        rest = written[found.end() :].strip().lstrip("T") if found else "?"
        if found and (not rest or _TIME.fullmatch(rest)):
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                pass
    raise CellError(
        text("“{value}” is no date", "“{value}”不是日期", value=shown(value)),
        text("enter a date such as 2025-12-31", "请填写日期，例如 2025-12-31"),
    )


def take_datetime(value: Any) -> datetime:
    """A date with a time of day (midnight when only a date stands there), without a time zone."""
    day = take_date(value)
    if isinstance(value, datetime):
        return value
    found = _TIME.search(value) if isinstance(value, str) else None
    if found is None:
        return datetime.combine(day, time())
    hour, minute, second, fraction = found.groups()
    try:
        clock = time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError as error:
        raise CellError(
            text("“{value}” has no such time of day", "“{value}”中的时间不存在", value=shown(value)),
            text("enter a time such as 2025-12-31 18:00", "请填写时间，例如 2025-12-31 18:00"),
        ) from error
    return datetime.combine(day, clock)


def take_yes_no(value: Any) -> bool:
    """Yes or no: a truth value, 1 or 0, or the words in either language."""
    if isinstance(value, bool):
        return value
    word = normalized(take_text(value))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError(
        text("“{value}” is neither yes nor no", "“{value}”既不是“是”也不是“否”", value=shown(value)),
        text("enter yes or no", "请填写“是”或“否”"),
    )


def choice_taker(options: Mapping[str, tuple[str, ...]]) -> Callable[[Any], str]:
    """A function that takes one of `options` (code → its labels in every language), by code or by label."""
    by_form: dict[str, str] = {}
    for code, labels in options.items():
        for label in labels:
            by_form.setdefault(normalized(label), code)
    by_form.update({normalized(code): code for code in options})

    def take_choice(value: Any) -> str:
        word = take_text(value).strip()
        if word in options:
            return word
        found = by_form.get(normalized(word))
        if found is None:
            raise CellError(_no_option(value), _options(word, options))
        return found

    return take_choice


def _no_option(value: Any) -> Text:
    return text("“{value}” is none of the choices", "“{value}”不在可选范围内", value=shown(value))


def _options(word: str, options: Mapping[str, tuple[str, ...]]) -> Text:
    listed = ", ".join(options)
    labels = {label: code for code, own in options.items() for label in (code, *own)}
    near = nearest(word, labels)
    if near is None:
        return text("enter one of: {options}", "请填写其中之一：{options}", options=listed)
    return text(
        "did you mean “{near}”? The choices are: {options}",
        "是否应为“{near}”？可选：{options}",
        near=labels[near],
        options=listed,
    )


def is_not_applicable(value: Any) -> bool:
    """Whether a cell claims *not applicable* (`n/a`, 不适用)."""
    return isinstance(value, str) and normalized(value) in _NOT_APPLICABLE


def is_none_word(value: Any) -> bool:
    """Whether a cell reads `none` (无, 不限): no bound, as against a blank cell."""
    return isinstance(value, str) and normalized(value) in _NONE


def take_number_or_none(value: Any) -> float | str:
    """A number, or the string `none`."""
    if is_none_word(value):
        return NONE_WORD
    try:
        return take_number(value)
    except CellError as error:
        raise CellError(error.wrong, text("enter a number or none", "请填写数字或 none（不限）")) from error


TAKERS: Mapping[str, Callable[[Any], Any]] = {
    "raw": lambda value: value,
    "text": take_text,
    "code": take_code,
    "number": take_number,
    "percent": take_number,
    "integer": take_integer,
    "money": take_money,
    "date": take_date,
    "datetime": take_datetime,
    "yes_no": take_yes_no,
    "number_or_none": take_number_or_none,
}
