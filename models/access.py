"""Who may do what: grants in force, checked one by one, against the permissions that metadata gives their roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select
from sqlalchemy.orm import Session

from config.metadata.spec import EVERYONE, Metadata, Permission
from config.text import text
from models.account import Account, Grant
from models.actor import Actor, Held
from models.denial import not_allowed
from models.errors import NotAllowed, NotFound
from models.organization import Person, Unit
from models.position import Places
from models.reach import Reach, Scope, criterion, within
from models.row_values import values_now

READING = ("list", "show")
"""The actions that make a row readable."""


def may(actor: Actor | None, metadata: Metadata, entity: str, action: str) -> bool:
    """True when some grant of `actor` gives `action` on some row of `entity`."""
    return bool(reaches(actor, metadata, entity, action))


def reaches(actor: Actor | None, metadata: Metadata, entity: str, *actions: str) -> tuple[Reach, ...]:
    """How far `actor` may do any of `actions` on `entity`, one reach a grant and permission; empty = not at all.

    Each grant is taken with its own role and scope: a role that reads everything and a role that edits one unit never
    add up to editing everything.
    """
    if actor is None:
        return ()
    if actor.is_system:
        return (Reach("all"),)
    found = (
        _reach(actor, held, permission)
        for held in actor.grants
        if _scope_is_known(metadata, held)
        for permission in _permissions(metadata, held.role, entity)
        if any(action in permission.actions for action in actions)
    )
    return tuple(dict.fromkeys(reach for reach in found if reach is not None))


def criteria(actor: Actor | None, metadata: Metadata, model: type[Any], *actions: str) -> ColumnElement[bool] | None:
    """The rows of `model` that `actor` may do any of `actions` on; None = every row, `false()` = none."""
    found = reaches(actor, metadata, model.entity, *actions)
    if any(reach.scope == "all" and not reach.where for reach in found):
        return None
    return or_(false(), *(criterion(reach, model) for reach in found))


def covers(session: Session, actor: Actor | None, metadata: Metadata, row: Any, action: str) -> bool:
    """True when `actor` may do `action` on this one row, as it stands in memory."""
    found = reaches(actor, metadata, row.entity, action)
    if not found:
        return False
    model = type(row)
    places = Places(session.connection())
    position = places.of(model, values_now(places.connection, row))
    return any(within(reach, model, position) for reach in found)


def require(session: Session, entity: str, action: str, row: Any = None) -> None:
    """Raise NotAllowed unless the session's actor may do `action` on `entity`, and on `row` when one is given."""
    actor, metadata = session.info.get("actor"), session.info["metadata"]
    allowed = may(actor, metadata, entity, action) if row is None else covers(session, actor, metadata, row, action)
    if not allowed:
        raise not_allowed(metadata, entity, action)


def load_actor(
    session: Session,
    who: str | int,
    *,
    source: str,
    on: date,
    address: str | None = None,
    language: str = "en",
) -> Actor:
    """The actor behind a sign-in (`who`: its name or id) with the grants in force on the day `on`.

    `language`: used when the sign-in has chosen none.  Raises NotFound when there is no such sign-in, NotAllowed when
    it is switched off.  Reads past row scope, so any session will do.
    """
    users, people, units = Account.__table__, Person.__table__, Unit.__table__
    match = users.c.id == who if isinstance(who, int) else users.c.username == who
    query = (
        select(users.c.id, users.c.username, users.c.active, users.c.language, users.c.person_id, people.c.unit_id)
        .add_columns(units.c.path)
        .select_from(
            users.outerjoin(people, people.c.id == users.c.person_id).outerjoin(units, units.c.id == people.c.unit_id)
        )
        .where(match)
    )
    found = session.connection().execute(query).first()
    if found is None:
        raise NotFound(text("There is no sign-in “{who}”.", "没有登录账号“{who}”。", who=who))
    if not found.active:
        raise NotAllowed(text("The sign-in “{who}” is switched off.", "登录账号“{who}”已停用。", who=found.username))
    return Actor(
        username=found.username,
        user_id=found.id,
        person_id=found.person_id,
        unit_id=found.unit_id,
        unit_path=found.path,
        grants=tuple(_held(session, found.id, on)),
        source=source,
        address=address,
        language=found.language or language,
    )


def _held(session: Session, user_id: int, on: date) -> Iterable[Held]:
    grants, units = Grant.__table__, Unit.__table__
    query = (
        select(grants.c.role, grants.c.scope, grants.c.unit_id, units.c.path)
        .select_from(grants.outerjoin(units, units.c.id == grants.c.unit_id))
        .where(
            grants.c.user_id == user_id,
            or_(grants.c.starts_on.is_(None), grants.c.starts_on <= on),
            or_(grants.c.ends_on.is_(None), grants.c.ends_on >= on),
        )
        .order_by(grants.c.id)
    )
    rows: Iterable[Row[Any]] = session.connection().execute(query)
    return (Held(row.role, row.scope, row.unit_id, row.path) for row in rows)


def _scope_is_known(metadata: Metadata, held: Held) -> bool:
    """A grant with a scope that its role does not have counts for nothing."""
    role = metadata.roles.get(held.role)
    return role is not None and held.scope in role.scopes


def _permissions(metadata: Metadata, role: str, entity: str) -> tuple[Permission, ...]:
    return metadata.permissions(role, entity) + metadata.permissions(EVERYONE, entity)


def _reach(actor: Actor, held: Held, permission: Permission) -> Reach | None:
    """The permission's scope resolved for this grant; None when it has nothing to hold on to."""
    scope: Scope
    if permission.scope == "grant":
        scope, unit_id, path = held.scope, held.unit_id, held.unit_path  # type: ignore[assignment]
    else:
        scope, own = permission.scope, held.unit_id is None
        unit_id, path = (actor.unit_id, actor.unit_path) if own else (held.unit_id, held.unit_path)
    where = tuple(sorted(permission.where.items()))
    if scope == "self":
        return Reach(scope, actor=actor, where=where)
    if scope == "unit":
        return Reach(scope, unit_id=unit_id, where=where) if unit_id is not None else None
    if scope == "subtree":
        return Reach(scope, unit_path=path, where=where) if path else None
    return Reach(scope, where=where)
