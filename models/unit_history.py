"""The dated versions of units: a correction edits the current one, a change on a date opens a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Session

from config.text import text
from models.audit_trail import Record, note
from models.errors import Invalid
from models.organization import UnitVersion
from models.row_values import Values

VERSIONS = UnitVersion.__table__
FOLLOWED = ("name", "name_en", "kind", "parent_id", "leader_id")
"""What a version keeps of its unit."""

TOO_EARLY = text(
    "A change must take effect after the one before it, on {day}.",
    "变更的生效日期必须晚于上一次变更（{day}）。",
)


def open_first(session: Session, connection: Connection, unit: Values) -> None:
    """The version that a new unit begins with: from its opening day, else from the day it takes effect or today."""
    on = session.info.get("effective_on") or unit["opened_on"] or session.info["clock"].today()
    _open(session, connection, unit, on)


def note_change(session: Session, connection: Connection, before: Values, now: Values) -> None:
    """Carry a change of a unit into its versions.

    `session.info["effective_on"]`: the day from which the change holds; without it the current version is corrected.
    Raises Invalid when that day is before the current version begins.
    """
    if all(before[name] == now[name] for name in FOLLOWED):
        return
    current = _current(connection, now["id"])
    on: date | None = session.info.get("effective_on")
    if current is None:
        _open(session, connection, now, on or session.info["clock"].today())
    elif on is None or on == current["valid_from"]:
        _edit(session, connection, current, {name: now[name] for name in FOLLOWED})
    elif on < current["valid_from"]:
        said = text(TOO_EARLY.en, TOO_EARLY.zh_Hans, day=current["valid_from"].isoformat())
        raise Invalid(said, {"effective_on": said})
    else:
        _edit(session, connection, current, {"valid_to": on})
        _open(session, connection, now, on)


def remove(session: Session, connection: Connection, unit_id: int) -> None:
    """Remove the versions of a unit that is removed."""
    for row in connection.execute(select(VERSIONS).where(VERSIONS.c.unit_id == unit_id)).mappings().all():
        note(session, Record("delete", "unit_version", row["id"], _pairs(dict(row), {}), unit_id=unit_id))
    connection.execute(delete(VERSIONS).where(VERSIONS.c.unit_id == unit_id))


def _open(session: Session, connection: Connection, unit: Values, on: date) -> None:
    values = {name: unit[name] for name in FOLLOWED} | {"unit_id": unit["id"], "valid_from": on, "valid_to": None}
    made = connection.execute(insert(VERSIONS).values(values)).inserted_primary_key
    note(session, Record("insert", "unit_version", made[0] if made else None, _pairs({}, values), unit_id=unit["id"]))


def _edit(session: Session, connection: Connection, version: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    connection.execute(update(VERSIONS).where(VERSIONS.c.id == version["id"]).values(values))
    old = {name: version[name] for name in values}
    note(session, Record("update", "unit_version", version["id"], _pairs(old, values), unit_id=version["unit_id"]))
    for row in session.identity_map.values():
        if isinstance(row, UnitVersion) and row.id == version["id"]:
            session.expire(row)


def _pairs(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [before.get(name), now.get(name)]
        for name in {**before, **now}
        if name != "id" and before.get(name) != now.get(name)
    }


def _current(connection: Connection, unit_id: int) -> Values | None:
    query = select(VERSIONS).where(VERSIONS.c.unit_id == unit_id).order_by(VERSIONS.c.valid_from.desc()).limit(1)
    found = connection.execute(query).mappings().first()
    return dict(found) if found else None
