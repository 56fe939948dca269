"""What people type, turned into values: numbers, dates, times and yes/no in the habits of both languages.

Each reader takes a text or a value that already has the type, and raises `Unreadable` with a sentence that says
what would be right.  Full-width digits and signs are read like their ordinary twins.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, tzinfo
from typing import Any

from config.text import Text, text

GROUPED = re.compile(r"[+-]?\d{1,3}([, \u00a0\u202f']\d{3})+(\.\d+)?")
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
WORDED_DATE = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})|([A-Za-z]{3})[a-z]* (\d{1,2}),? (\d{4})")
TIME = re.compile(r"(\d{1,2})[:时点](\d{1,2})(?:分|[:分](\d{1,2})秒?)?(?:\.\d+)?")
ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YES = frozenset({"yes", "y", "true", "t", "1", "on", "是", "对", "有", "√", "✓"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "否", "不", "无", "×", "✗"})
LARGEST = 2**53
"""Whole numbers up to here are exact in double precision; a larger one would be changed silently."""

NOT_A_NUMBER = text("This is no number; write it like 1234.5.", "这不是数字；请写成 1234.5 的形式。")
NOT_WHOLE = text("This is no whole number; write it like 12.", "这不是整数；请写成 12 的形式。")
NOT_A_DATE = text(
    "This is no date; write it like 2026-11-23 or 2026/11/23.", "这不是日期；请写成 2026-11-23 或 2026年11月23日 的形式。"
)
NOT_A_TIME = text(
    "This is no date with a time; write it like 2026-11-23 17:30.", "这不是日期和时间；请写成 2026-11-23 17:30 的形式。"
)
NOT_YES_NO = text("Write yes or no.", "请填写“是”或“否”。")
NO_PERCENT = text("A percent sign does not belong here; write the plain number.", "此处不应有百分号；请直接填写数字。")


class Unreadable(ValueError):
    """A text that is no value of the wanted type; `text` says what would be right."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.text = message


def tidy(value: str) -> str:
    """The text with full-width signs made ordinary, and without space around it."""
    return unicodedata.normalize("NFKC", value).replace("\u2212", "-").replace("\u3001", ",").strip()


def is_blank(value: Any) -> bool:
    """Whether nothing was given: None, an empty or white text, or a not-a-number."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and math.isnan(value)


def read_number(value: Any, *, percent: bool = False, share: bool = False, suffix: str | None = None) -> float:
    """A number.  A % sign is taken off where the number is a `percent`, and divides by 100 where it is a `share`.

    `suffix`: a unit of measure that may stand behind the number.  A leading ¥ is taken off.
    """
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float)) or type(value).__name__ in {"Decimal", "float64", "int64"}:
        number = float(value)
    else:
        number = _number_of_text(value, percent, share, suffix)
    if not math.isfinite(number):
        raise Unreadable(NOT_A_NUMBER)
    return number


def _number_of_text(value: Any, percent: bool, share: bool, suffix: str | None) -> float:
    if not isinstance(value, str):
        raise Unreadable(NOT_A_NUMBER)
    written = tidy(value).removeprefix("¥").strip()
    if suffix and tidy(suffix) != "%":
        written = written.removesuffix(tidy(suffix)).strip()
    if written.endswith("%"):
        if not (percent or share):
            raise Unreadable(NO_PERCENT)
        written = written[:-1].strip()
        divisor = 100.0 if share else 1.0
    else:
        divisor = 1.0
    if GROUPED.fullmatch(written):
        written = re.sub("[, \u00a0\u202f']", "", written)
    if not PLAIN.fullmatch(written):
        raise Unreadable(NOT_A_NUMBER)
    return float(written) / divisor


def read_integer(value: Any) -> int:
    """A whole number; 3.0 and "1,234" are, 3.5 is not."""
    try:
        number = read_number(value)
    except Unreadable as error:
        raise Unreadable(NOT_WHOLE) from error
    if number != int(number) or abs(number) > LARGEST:
        raise Unreadable(NOT_WHOLE)
    return int(number)


def read_date(value: Any) -> date:
    """A day: ISO, with slashes, dots or 年月日, eight digits, or with an English month's name."""
    if isinstance(value, datetime):
        if (value.hour, value.minute, value.second) != (0, 0, 0):
            raise Unreadable(NOT_A_DATE)
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise Unreadable(NOT_A_DATE)
    written = re.sub(r"[T ]00:00(:00)?(\.0+)?$", "", tidy(value))
    parts = _date_parts(written)
    if parts is None:
        raise Unreadable(NOT_A_DATE)
    return _day(*parts)


def _date_parts(written: str) -> tuple[int, int, int] | None:
    if match := DATE.fullmatch(written) or COMPACT_DATE.fullmatch(written):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        return year, month, day
    if match := WORDED_DATE.fullmatch(written):
        day_first, name_second, year_third, name_first, day_second, year_last = match.groups()
        name = (name_second or name_first).lower()
        if name in MONTHS:
            return int(year_third or year_last), MONTHS.index(name) + 1, int(day_first or day_second)
    return None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unreadable(text("There is no such day.", "没有这一天。")) from error


def read_datetime(value: Any, zone: tzinfo) -> datetime:
    """A moment, aware; one without a zone is taken to be in `zone`."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if not isinstance(value, str):
        raise Unreadable(NOT_A_TIME)
    written = tidy(value)
    split = re.fullmatch(r"(.+?(?:\d|日|号))(?:T| +|(?<=[日号]))(\d{1,2}[:时点].*)", written)
    if split is None:
        raise Unreadable(NOT_A_TIME)
    day = read_date(split.group(1))
    clock, stated = split.group(2).strip(), ZONE.search(split.group(2).strip())
    if stated:
        clock = clock[: stated.start()].strip()
    match = TIME.fullmatch(clock)
    if match is None:
        raise Unreadable(NOT_A_TIME)
    return _moment(day, match, _zone(stated.group(1)) if stated else zone)


def _moment(day: date, match: re.Match[str], zone: tzinfo | None) -> datetime:
    hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    except ValueError as error:
        raise Unreadable(NOT_A_TIME) from error


def _zone(written: str) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{written}").tzinfo


def read_yes_no(value: Any) -> bool:
    """Yes or no, as a word of either language, a tick, 1 or 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = tidy(value).lower()
        if word in YES:
            return True
        if word in NO:
            return False
    raise Unreadable(NOT_YES_NO)


def shown_number(value: float) -> str:
    """The shortest text that reads back as the same number; whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def written_parameter(value: Any) -> str:
    """A method's parameter as a person writes it, so that 10, 10.0 and "10" are stored alike."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ", ".join(written_parameter(part) for part in value)
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    return str(value).strip()
