"""The materialized paths of the unit tree ("/1/7/"), so that a unit with all below it is one range of the index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from config.text import text
from models.errors import Invalid
from models.organization import Unit
from models.row_values import Values

UNITS = Unit.__table__
TREE_LOCK = 0x706C_7472
"""PostgreSQL's advisory lock that lets one transaction at a time change the tree."""

BELOW_ITSELF = text("A unit cannot hang below itself or below a unit of its own.", "单位不能隶属于自身或其下属单位。")


def lock_tree(connection: Connection) -> None:
    """Wait until no other transaction changes the tree; SQLite's writers wait for each other anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TREE_LOCK)))


def after_insert(connection: Connection, unit: Unit, now: Values) -> None:
    """Give a new unit its path, now that it has an id."""
    lock_tree(connection)
    path = f"{_path(connection, now['parent_id'])}{now['id']}/"
    connection.execute(update(UNITS).where(UNITS.c.id == now["id"]).values(path=path))
    set_committed_value(unit, "path", path)


def before_update(connection: Connection, unit: Unit, before: Values, now: Values) -> None:
    """Set the new path of a unit that moves.  Raises Invalid when it would hang below itself."""
    if before["parent_id"] == now["parent_id"]:
        if before["path"] != now["path"]:
            unit.path = before["path"]  # nobody writes paths
        return
    lock_tree(connection)
    parent = _path(connection, now["parent_id"])
    if parent.startswith(_path(connection, now["id"])):
        raise Invalid(BELOW_ITSELF, {"parent": BELOW_ITSELF})
    unit.path = f"{parent}{now['id']}/"


def after_update(session: Session, connection: Connection, before: Values, now: Values) -> None:
    """Move the paths of all units below one that moved."""
    old, new = before["path"], now["path"]
    if old == new:
        return
    after = old[:-1] + chr(ord("/") + 1)
    below = (UNITS.c.path > old, UNITS.c.path < after, UNITS.c.id != now["id"])
    connection.execute(update(UNITS).where(*below).values(path=new + func.substr(UNITS.c.path, len(old) + 1)))
    for row in _loaded(session):
        if row.path.startswith(old) and row.id != now["id"]:
            set_committed_value(row, "path", new + row.path.removeprefix(old))


def _loaded(session: Session) -> list[Any]:
    return [row for row in session.identity_map.values() if isinstance(row, Unit) and "path" in row.__dict__]


def _path(connection: Connection, unit_id: int | None) -> str:
    if unit_id is None:
        return "/"
    return connection.scalar(select(UNITS.c.path).where(UNITS.c.id == unit_id)) or "/"
