"""Lets the demo's people act: each step in the name of who would take it, at the time they would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.access import load_actor
from models.actor import Actor
from models.clock import FixedClock


@dataclass(slots=True)
class Cast:
    """The people of the demo in one session, each looked up once."""

    session: Session
    zone: ZoneInfo
    _known: dict[str, Actor] = field(default_factory=dict)

    @contextmanager
    def acting(self, who: str | Actor, moment: datetime) -> Iterator[Session]:
        """Within it the session belongs to `who` (a sign-in's name), and it is `moment`."""
        actor = who if isinstance(who, Actor) else self._actor(who, moment)
        info = self.session.info
        self.session.flush()
        before = info["actor"], info["clock"]
        info["actor"], info["clock"] = actor, FixedClock(moment, self.zone)
        try:
            yield self.session
            self.session.flush()
        finally:
            info["actor"], info["clock"] = before

    def _actor(self, username: str, moment: datetime) -> Actor:
        if username not in self._known:
            on = moment.astimezone(self.zone).date()
            self._known[username] = load_actor(self.session, username, source="screen", on=on)
        return self._known[username]
