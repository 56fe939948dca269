"""What can no longer change: published scheme versions, open and closed cycles, published runs, approved outcomes,
the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from config.metadata.spec import Metadata
from config.text import Text, text
from models.base import metadata as tables
from models.errors import Frozen

Hop = tuple[str, str]
"""A column that refers, and the table it refers to."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows are frozen while `state` of the row at the end of `path` is one of `states`; an empty path = their own."""

    path: tuple[Hop, ...]
    states: frozenset[str]


_VERSION: Hop = ("scheme_version_id", "scheme_version")
_CYCLE: Hop = ("cycle_id", "cycle")
_TRACK: Hop = ("track_id", "track")
_PARTICIPANT: Hop = ("participant_id", "participant")
_FORM: Hop = ("form_id", "form")
_RUN: Hop = ("run_id", "run")

_PUBLISHED = frozenset({"published", "retired"})
_STARTED = frozenset({"open", "closed"})
_CLOSED = frozenset({"closed"})
_DECIDED = frozenset({"published", "superseded"})

_OF_VERSION = (Rule((_VERSION,), _PUBLISHED),)
_OF_PARTICIPANT = (Rule((_PARTICIPANT, _TRACK, _CYCLE), _CLOSED),)
_OF_FORM = (Rule((_FORM, _TRACK, _CYCLE), _CLOSED),)
_OF_RUN = (Rule((_RUN,), _DECIDED), Rule((_RUN, _TRACK, _CYCLE), _CLOSED))

RULES: dict[str, tuple[Rule, ...]] = {
    "scheme_version": (Rule((), _PUBLISHED),),
    "item": _OF_VERSION,
    "rater_group": _OF_VERSION,
    "grade_band": _OF_VERSION,
    "cycle": (Rule((), _CLOSED),),
    "track": (Rule((_CYCLE,), _STARTED),),
    "participant": (Rule((_TRACK, _CYCLE), _STARTED),),
    "form": (Rule((_TRACK, _CYCLE), _CLOSED),),
    "entry": _OF_FORM,
    "remark": _OF_FORM,
    "adjustment": _OF_PARTICIPANT,
    "rating": _OF_PARTICIPANT,
    "linked_rate": _OF_PARTICIPANT,
    "run": (Rule((), _DECIDED), Rule((_TRACK, _CYCLE), _CLOSED)),
    "total": _OF_RUN,
    "score": _OF_RUN,
    "warning_answer": (Rule((_TRACK, _CYCLE), _CLOSED),),
    "outcome": (Rule((), frozenset({"approved"})),),
}

SEALED_ENTITIES = frozenset({"audit", "audit_seal"})
"""Written by the guard and the sealer alone, and never changed."""

Known = dict[tuple[Any, ...], str | None]


def is_frozen(connection: Connection, entity: str, values: Mapping[str, Any], known: Known) -> bool:
    """True when a row of `entity` with these column values, as stored, can no longer change.

    `known`: states looked up before in the same flush; filled as it goes.
    """
    if entity in SEALED_ENTITIES:
        return True
    return any(_state(connection, rule, values, known) in rule.states for rule in RULES.get(entity, ()))


def frozen(metadata: Metadata, entity: str) -> Frozen:
    """The error for a change of a frozen row of `entity`."""
    spec = metadata.entities.get(entity)
    named: Text | str = spec.label if spec else entity
    return Frozen(
        text(
            "{entity}: this belongs to something approved, published or closed and can no longer change.",
            "{entity}：所属内容已批准、已发布或已关闭，不能再修改。",
            entity=named,
        )
    )


def _state(connection: Connection, rule: Rule, values: Mapping[str, Any], known: Known) -> str | None:
    if not rule.path:
        state: str | None = values.get("state")
        return state
    reference = values.get(rule.path[0][0])
    if reference is None:
        return None
    key = (rule.path, reference)
    if key not in known:
        known[key] = _look_up(connection, rule.path, reference)
    return known[key]


def _look_up(connection: Connection, path: tuple[Hop, ...], reference: int) -> str | None:
    joined = first = tables.tables[path[0][1]]
    last: Any = first
    source: Any = joined
    for column, name in path[1:]:
        following = tables.tables[name]
        source = source.join(following, following.c.id == last.c[column])
        last = following
    state: str | None = connection.scalar(select(last.c.state).select_from(source).where(first.c.id == reference))
    return state
