"""Every insert, update and delete on its way to the database: derived columns, grants, frozen records, audit notes.

The hooks sit on the mapped classes, where foreign keys are filled in and cascades have been decided, so that nothing
that the session writes can miss them.
"""

from __future__ import annotations

from typing import Any

from flask_appbuilder.security.sqla.models import User as BaseUser
from sqlalchemy import Connection
from sqlalchemy.orm import Mapper, Session, object_session

from models import derive
from models.account import Account
from models.audit_trail import note, record_of
from models.base import Record
from models.frozen import frozen, is_frozen
from models.guard_grants import require_grant, require_verb_for_state
from models.guard_state import GuardState, acting, guard_state
from models.labels import Labels
from models.row_values import Values, changed, values_before, values_now

GUARDED = (Record, BaseUser)
NOBODY_SETS = {"version", "path"}
"""Columns that are written beside a change and are no change of their own."""


def before_insert(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session(row)
    derive.before_write(session, connection, row, None, values_now(connection, row))
    now = values_now(connection, row)
    _require_grant(session, connection, row, "add", now)
    for column, value in now.items():
        require_verb_for_state(session, _entity(row), column, value=value, adding=True)
    # A new row may begin in any state of its own; what it belongs to must not be frozen.
    if is_frozen(connection, _entity(row), {**now, "state": None}, guard_state(session).frozen):
        raise frozen(acting(session)[1], _entity(row))


def after_insert(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session(row)
    now = values_now(connection, row)
    derive.after_insert(session, connection, row, now)
    _note(session, row, "insert", None, now)


def before_update(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session(row)
    before = values_before(connection, row)
    if not changed(before, values_now(connection, row)):
        return
    derive.before_write(session, connection, row, before, values_now(connection, row))
    now = values_now(connection, row)
    differing = set(changed(before, now)) - NOBODY_SETS
    _require_grant(session, connection, row, "edit", before, now)
    for column in differing:
        require_verb_for_state(session, _entity(row), column)
    _require_thawed(session, connection, row, before, now, differing)
    _note(session, row, "update", before, now)
    guard_state(session).updates[id(row)] = before, now


def after_update(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session(row)
    before, now = guard_state(session).updates.pop(id(row), (None, None))
    if before is not None and now is not None:
        derive.after_update(session, connection, row, before, now)


def before_delete(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session(row)
    before = values_before(connection, row)
    _require_grant(session, connection, row, "delete", before)
    if is_frozen(connection, _entity(row), before, guard_state(session).frozen):
        raise frozen(acting(session)[1], _entity(row))
    _note(session, row, "delete", before, None, label=Labels(connection).of(_entity(row), before["id"]))
    derive.before_delete(session, connection, row, before)


HANDLERS = {
    "before_insert": before_insert,
    "after_insert": after_insert,
    "before_update": before_update,
    "after_update": after_update,
    "before_delete": before_delete,
}


def _session(row: Any) -> Session:
    session = object_session(row)
    if session is None or "metadata" not in session.info:
        raise RuntimeError("our records are written through the sessions of models.db only")
    return session


def _entity(row: Any) -> str:
    return str(getattr(row, "entity", Account.entity))


def _require_grant(session: Session, connection: Connection, row: Any, action: str, *values: Values) -> None:
    model = Account if isinstance(row, BaseUser) else type(row)
    require_grant(session, connection, model, action, *values)


def _require_thawed(
    session: Session, connection: Connection, row: Any, before: Values, now: Values, differing: set[str]
) -> None:
    state: GuardState = guard_state(session)
    entity = _entity(row)
    if differing - state.thawed(entity) and (
        is_frozen(connection, entity, before, state.frozen)
        or is_frozen(connection, entity, {**now, "state": before.get("state")}, state.frozen)
    ):
        raise frozen(acting(session)[1], entity)


def _note(session: Session, row: Any, kind: str, before: Values | None, now: Values | None, label: str = "") -> None:
    verbs = guard_state(session).verbs
    record = record_of(row, verbs[-1].action if verbs else kind, before, now)
    if record is not None:
        record.label = label
        note(session, record)
