"""What the guard keeps of one session between its hooks: the verbs under way and what was looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from config.metadata.spec import Metadata
from models.actor import Actor
from models.frozen import Known
from models.position import Places
from models.reach import Reach
from models.row_values import Values

_KEY = "guard"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb under way.  `reaches`: how far its actor may do it; `writes`: the entities it may write there;
    `thaws`: entity → the columns it may change although the row is frozen."""

    action: str
    reaches: tuple[Reach, ...]
    writes: frozenset[str]
    thaws: Mapping[str, frozenset[str]]

    @property
    def entity(self) -> str:
        """The entity that the verb is granted on."""
        return self.action.partition(".")[0]


@dataclass(slots=True)
class GuardState:
    """The guard's memory of one session."""

    verbs: list[Verb] = field(default_factory=list)
    updates: dict[int, tuple[Values, Values]] = field(default_factory=dict)
    """Rows being updated, by identity: their values before and now."""
    scopes: dict[tuple[Actor | None, str], Any] = field(default_factory=dict)
    """(actor, fingerprint of the metadata) → what the session's reads are scoped with."""
    _places: Places | None = None
    plain: dict[tuple[int, str, str], tuple[Reach, ...]] = field(default_factory=dict)
    """(actor, entity, action) → reaches, found during the current flush."""
    frozen: Known = field(default_factory=dict)

    def places(self, connection: Connection) -> Places:
        """The look-ups of the current flush."""
        if self._places is None or self._places.connection is not connection:
            self._places = Places(connection)
        return self._places

    def forget(self) -> None:
        """Drop what was looked up: it may have changed."""
        self._places = None
        self.frozen.clear()
        self.updates.clear()
        self.plain.clear()

    def thawed(self, entity: str) -> frozenset[str]:
        """The columns of `entity` that verbs under way may change on frozen rows."""
        return frozenset().union(*(verb.thaws.get(entity, frozenset()) for verb in self.verbs))


def guard_state(session: Session) -> GuardState:
    """The guard's memory of `session`."""
    state = session.info.get(_KEY)
    if not isinstance(state, GuardState):
        state = session.info[_KEY] = GuardState()
    return state


def acting(session: Session) -> tuple[Actor | None, Metadata]:
    """The session's actor and metadata."""
    return session.info.get("actor"), session.info["metadata"]
