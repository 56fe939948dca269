"""How far one permission of one grant reaches: as SQL criteria for reading, as a check in Python for writing.

Both are built from the same `Reach`, and a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, Select, and_, false, inspect, or_, select, true
from sqlalchemy.orm import Mapper

from models.actor import Actor
from models.organization import Unit
from models.ownership import REGION_KINDS, ownership
from models.position import Position
from models.scoped_sql import whole

Scope = Literal["all", "subtree", "unit", "regions", "self"]
Where = tuple[tuple[str, tuple[Any, ...]], ...]

UNITS = Unit.__table__


@dataclass(frozen=True, slots=True)
class Reach:
    """A scope resolved for one actor.  `unit_id` for `unit`, `unit_path` for `subtree`, `actor` for `self`.

    `where`: (column or dotted path of relations, values it may have); all must hold.
    """

    scope: Scope
    unit_id: int | None = None
    unit_path: str | None = None
    actor: Actor | None = None
    where: Where = field(default=())


def criterion(reach: Reach, model: type[Any]) -> ColumnElement[bool]:
    """The rows of `model` within `reach`, as a criterion on the columns of its table."""
    mapper: Mapper[Any] = inspect(model)
    terms = [_where(mapper, mapper.local_table, name.split("."), values) for name, values in reach.where]
    return and_(_place(reach, model), *terms)


def within(reach: Reach, model: type[Any], position: Position, *, where: bool = True) -> bool:
    """True when a row of `model` at `position` is within `reach`.  `where` False leaves its conditions aside."""
    if where and any(position.value(name) not in values for name, values in reach.where):
        return False
    owner = ownership(model)
    if reach.scope == "all" or owner.nobody:
        return True
    if reach.scope == "self":
        return reach.actor is not None and _own(reach.actor, position)
    if reach.scope == "unit":
        return reach.unit_id is not None and position.unit_id == reach.unit_id
    path, kind = position.place()
    if reach.scope == "regions":
        return kind in REGION_KINDS
    return bool(reach.unit_path) and (path or "").startswith(str(reach.unit_path))


def _own(actor: Actor, position: Position) -> bool:
    return (
        (actor.person_id is not None and position.person_id == actor.person_id)
        or (actor.user_id is not None and position.user_id == actor.user_id)
        or position.username == actor.username
    )


def _place(reach: Reach, model: type[Any]) -> ColumnElement[bool]:
    owner = ownership(model)
    columns: dict[str, Any] = dict(inspect(model).local_table.c)
    if reach.scope == "all" or owner.nobody:
        return true()
    if reach.scope == "self":
        return _own_rows(reach.actor, columns, model)
    if owner.unit is None:
        return false()
    if reach.scope == "unit":
        own: ColumnElement[bool] = columns[owner.unit] == reach.unit_id
        return own if reach.unit_id is not None else false()
    if model is Unit:
        return _units(reach, UNITS)
    units = whole(UNITS)
    reached: ColumnElement[bool] = columns[owner.unit].in_(select(units.c.id).where(_units(reach, units)))
    return reached


def _units(reach: Reach, units: FromClause) -> ColumnElement[bool]:
    """The units that `regions` or `subtree` reaches; the range is served by the index on `path`."""
    if reach.scope == "regions":
        return units.c.kind.in_(REGION_KINDS)
    if not reach.unit_path:
        return false()
    after = reach.unit_path[:-1] + chr(ord("/") + 1)
    return and_(units.c.path >= reach.unit_path, units.c.path < after)


def _own_rows(actor: Actor | None, columns: Any, model: type[Any]) -> ColumnElement[bool]:
    owner = ownership(model)
    if actor is None:
        return false()
    pairs = (
        (owner.person, actor.person_id),
        (owner.user, actor.user_id),
        (owner.username, actor.username),
    )
    return or_(false(), *(columns[key] == mine for key, mine in pairs if key is not None and mine is not None))


def _where(mapper: Mapper[Any], table: FromClause, path: Sequence[str], values: tuple[Any, ...]) -> ColumnElement[bool]:
    """`path` from the rows of `table` leads to one of `values`; a relation on the way is a subselect."""
    if len(path) > 1:
        relation = mapper.relationships[path[0]]
        target = whole(relation.mapper.local_table)
        inner = _where(relation.mapper, target, path[1:], values)
        (column,) = relation.local_columns
        ids: Select[Any] = select(target.c.id).where(inner)
        return table.c[str(column.key)].in_(ids)
    column = table.c[str(mapper.attrs[path[0]].columns[0].key)]
    present = [value for value in values if value is not None]
    found: ColumnElement[bool] = column.in_(present)
    return or_(found, column.is_(None)) if None in values else found
