"""The organization as it was on a day: what each unit was called and where it hung."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organization import Unit, UnitVersion


@dataclass(frozen=True, slots=True)
class UnitThen:
    """A unit on a day.  `existed`: it had been opened and was not yet closed."""

    id: int
    code: str
    name: str
    name_en: str | None
    kind: str
    parent_id: int | None
    path: str
    position: int
    existed: bool


def structure_on(session: Session, day: date) -> dict[int, UnitThen]:
    """Unit id → the unit on `day`, within the actor's reach.

    A unit without a recorded version of that day (its history was not kept then) is taken as it is now.
    """
    columns = (
        UnitVersion.unit_id,
        UnitVersion.name,
        UnitVersion.name_en,
        UnitVersion.kind,
        UnitVersion.parent_id,
    )
    in_force = UnitVersion.valid_to.is_(None) | (UnitVersion.valid_to > day)
    rows = session.execute(select(*columns).where(UnitVersion.valid_from <= day, in_force))
    then = {row.unit_id: row for row in rows}
    return {unit.id: _unit_then(unit, then.get(unit.id) or unit, day) for unit in session.scalars(select(Unit))}


def _unit_then(unit: Unit, shape: Any, day: date) -> UnitThen:
    opened = unit.opened_on is None or unit.opened_on <= day
    closed = unit.closed_on is not None and unit.closed_on <= day
    return UnitThen(
        id=unit.id,
        code=unit.code,
        name=shape.name,
        name_en=shape.name_en,
        kind=shape.kind,
        parent_id=shape.parent_id,
        path=unit.path,
        position=unit.position,
        existed=opened and not closed,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Every name that a unit ever had, and the codes of all its parents ('' = none)."""

    names: frozenset[str]
    parents: frozenset[str]


def unit_history(session: Session, unit_ids: set[int]) -> dict[int, Known]:
    """Unit id → what it was ever called and where it ever hung, as recorded."""
    query = select(UnitVersion.unit_id, UnitVersion.name, Unit.code).outerjoin(Unit, Unit.id == UnitVersion.parent_id)
    names: dict[int, set[str]] = {}
    parents: dict[int, set[str]] = {}
    for unit_id, name, parent in session.execute(query.execution_options(skip_scope=True)):
        if unit_id in unit_ids:
            names.setdefault(unit_id, set()).add(name)
            parents.setdefault(unit_id, set()).add(parent or "")
    return {number: Known(frozenset(names[number]), frozenset(parents[number])) for number in names}
