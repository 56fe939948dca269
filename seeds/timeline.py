"""When the demo's story happens: a year of quarters, three of them over and the fourth open around today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY_OF_THE_THIRD_IN_PRINT = (10, 25)
"""Month and day from which on the year's third quarter is published."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One evaluated quarter.  `opens_at`, `due_at`: its window for entries; `over`: it is published and closed."""

    year: int
    number: int
    opens_at: datetime
    due_at: datetime
    over: bool

    @property
    def code(self) -> str:
        """The cycle's code, such as 2026Q1."""
        return f"{self.year}Q{self.number}"

    @property
    def start_on(self) -> date:
        """First day of the quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end_on(self) -> date:
        """Last day of the quarter."""
        return _first_day_after(self.year, self.number) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The demo's calendar, made from the present moment."""

    now: datetime
    zone: ZoneInfo

    @property
    def year(self) -> int:
        """The year whose first three quarters are published by now."""
        month_and_day = (self.now.month, self.now.day)
        return self.now.year if month_and_day >= FIRST_DAY_OF_THE_THIRD_IN_PRINT else self.now.year - 1

    @property
    def set_up(self) -> datetime:
        """When the organization was entered: before the year began."""
        return self.at(date(self.year - 1, 12, 8), 9)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A time of a day, in the platform's zone."""
        return datetime.combine(day, time(hour, minute), self.zone)

    def quarters(self) -> list[Quarter]:
        """The four quarters in order; the window of the last lies around now."""
        over = [self._over(number) for number in (1, 2, 3)]
        today = self.now.date()
        opens, due = self.at(today - timedelta(days=14), 9), self.at(today + timedelta(days=10), 18)
        return [*over, Quarter(self.year, 4, opens, due, over=False)]

    def _over(self, number: int) -> Quarter:
        first = _first_day_after(self.year, number)
        opens, due = self.at(first, 9), self.at(first + timedelta(days=14), 18)
        return Quarter(self.year, number, opens, due, over=True)


def _first_day_after(year: int, number: int) -> date:
    return date(year + number // 4, 3 * number % 12 + 1, 1)
