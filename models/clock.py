"""The one place that asks for the time: an injected clock with a time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The machine's time in a time zone, which decides when a day begins."""

    def __init__(self, zone: ZoneInfo | str = "Asia/Shanghai") -> None:
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone

    def now(self) -> datetime:
        """This moment, aware, in the clock's zone."""
        return datetime.now(UTC).astimezone(self.zone)

    def today(self) -> date:
        """The day it is in the clock's zone."""
        return self.now().date()


class FixedClock(Clock):
    """A clock that stands still until it is moved: for demonstrations with dates of their own, and for tests.

    `moment` must be aware; raises ValueError when it is not.
    """

    def __init__(self, moment: datetime, zone: ZoneInfo | str = "Asia/Shanghai") -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        super().__init__(zone)
        self.moment = moment

    def now(self) -> datetime:
        return self.moment.astimezone(self.zone)

    def advance(self, by: timedelta) -> None:
        """Let `by` pass."""
        self.moment += by
