"""May the session's actor write these rows: by a plain grant, or by a verb under way?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.orm import Session

from models.access import reaches
from models.denial import not_allowed
from models.guard_state import Verb, acting, guard_state
from models.ownership import ownership
from models.reach import Reach, within
from models.row_values import Values


def require_grant(session: Session, connection: Connection, model: type[Any], action: str, *rows: Values) -> None:
    """Raise NotAllowed unless every row (its columns' values) may be written by a plain grant or a verb under way.

    For an edit, `rows` holds the old and the new values: a row may be moved neither out of reach nor into it.
    """
    actor, metadata = acting(session)
    if actor is not None and actor.is_system:
        return
    plain, verbs = _ways(session, model, action)
    places = guard_state(session).places(connection)
    for values in rows:
        position = places.of(model, values)
        by_verb = any(
            within(reach, model, position, where=verb.entity == model.entity)
            for verb in verbs
            for reach in verb.reaches
        )
        if not by_verb and not any(within(reach, model, position) for reach in plain):
            raise not_allowed(metadata, model.entity, action)


def deciding_columns(session: Session, model: type[Any], action: str) -> set[str]:
    """The columns that `require_grant` looks at: owners, and what the conditions of the actor's grants begin with."""
    owner = ownership(model)
    columns = {name for name in (owner.unit, owner.person, owner.user, owner.username) if name is not None}
    plain, verbs = _ways(session, model, action)
    relations = inspect(model).relationships
    for reach in (*plain, *(reach for verb in verbs for reach in verb.reaches)):
        for name, _values in reach.where:
            first, dotted, _rest = name.partition(".")
            columns |= {str(column.key) for column in relations[first].local_columns} if dotted else {first}
    return columns & set(inspect(model).column_attrs.keys())


def require_verb_for_state(
    session: Session, entity: str, column: str, *, value: Any = None, adding: bool = False
) -> None:
    """Raise NotAllowed when `column` is the state of a workflow that no verb under way moves.

    `adding`: the row is new; it may begin in the workflow's first state, which `value` is compared with.
    """
    actor, metadata = acting(session)
    spec = metadata.entities.get(entity)
    if (
        spec is None
        or spec.workflow is None
        or spec.workflow.field != column
        or (actor is not None and actor.is_system)
    ):
        return
    if adding and value in {None, spec.workflow.initial}:
        return
    if not any(entity in verb.writes for verb in guard_state(session).verbs):
        raise not_allowed(metadata, entity, "add" if adding else "edit")


def _ways(session: Session, model: type[Any], action: str) -> tuple[tuple[Reach, ...], list[Verb]]:
    (actor, metadata), state = acting(session), guard_state(session)
    key = (id(actor), model.entity, action)
    if key not in state.plain:
        state.plain[key] = reaches(actor, metadata, model.entity, action)
    return state.plain[key], [verb for verb in state.verbs if model.entity in verb.writes]
