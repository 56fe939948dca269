"""How numbers, shares, days and moments are written in the page's language and the installation's time zone."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal, gettext, to_user_timezone

from views.shell.i18n import language

_DAY = {"en": "d MMM y", "zh_Hans": "y年M月d日"}
_MOMENT = {"en": "d MMM y, HH:mm", "zh_Hans": "y年M月d日 HH:mm"}
_SHORT = {"en": "d MMM HH:mm", "zh_Hans": "M月d日 HH:mm"}
DASH = "–"


def number(value: float | None, decimals: int | None = 2, most: int | None = None) -> str:
    """A number with `decimals` places and up to `most` where it needs them; a dash when there is none.

    `decimals` None: as many places as it needs, at most 6.
    """
    if value is None or math.isnan(value):
        return DASH
    places = "######" if decimals is None else "0" * decimals + "#" * ((most or decimals) - decimals)
    return str(format_decimal(value, format=f"#,##0.{places}" if places else "#,##0"))


def share(value: float | None, decimals: int = 0) -> str:
    """A share as percent: 0.2 → 20 %."""
    return DASH if value is None else f"{number(value * 100, decimals)} %"


def day(value: date | None) -> str:
    """A calendar day."""
    return DASH if value is None else str(format_date(value, _DAY[language()]))


def moment(value: datetime | None, short: bool = False) -> str:
    """A moment in the installation's time zone; `short` leaves out the year."""
    return DASH if value is None else str(format_datetime(value, (_SHORT if short else _MOMENT)[language()]))


def value(stored: float | None, value_type: str | None, unit: str | None = None, choice: str | None = None) -> str:
    """An entered value as people write it: dates and yes/no from their numbers, percent and units behind."""
    if value_type in {"choice", "text"}:
        return choice or (DASH if stored is None else number(stored, None))
    if stored is None or math.isnan(stored):
        return DASH
    if value_type == "date":
        return day(date.fromordinal(int(stored)))
    if value_type == "yes_no":
        return gettext("Yes") if stored else gettext("No")
    written = number(stored, 2 if value_type == "money" else None)
    behind = unit or ("%" if value_type == "percent" else "")
    return f"{written} {behind}".strip()


def local_day(at: datetime) -> Any:
    """The calendar day of a moment in the installation's time zone."""
    return to_user_timezone(at).date()
