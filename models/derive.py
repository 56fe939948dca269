"""Columns that follow from others, kept by every write: unit paths and versions, sort keys, owners of rows below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.orm import Session

from models import unit_history, unit_tree
from models.base import metadata
from models.cycle import Participant
from models.labels import CHUNK
from models.organization import Appointment, Person, Post, Unit
from models.row_values import Values

OWNER_FROM: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "appointment": (("post_id", "post"), ("unit_id",)),
    "form": (("participant_id", "participant"), ("unit_id", "person_id", "track_id")),
    "entry": (("form_id", "form"), ("unit_id", "person_id")),
    "remark": (("form_id", "form"), ("unit_id", "person_id")),
    "adjustment": (("participant_id", "participant"), ("unit_id", "person_id")),
    "rating": (("participant_id", "participant"), ("unit_id", "person_id")),
    "linked_rate": (("participant_id", "participant"), ("unit_id", "person_id")),
    "total": (("participant_id", "participant"), ("unit_id", "person_id")),
    "score": (("participant_id", "participant"), ("unit_id", "person_id")),
}
"""Entity → (the column that refers, the table it refers to), the columns that are taken over from there."""


def sort_key(name: str) -> str:
    """The pinyin of `name` in small letters, by which names sort properly; other scripts stay as they are."""
    return " ".join(_pinyin_reader()(name)).lower()[:240]


@cache
def _pinyin_reader() -> Callable[[str], list[str]]:
    """Imported when the first name is saved: its dictionaries would cost every start half a second."""
    reader: Callable[[str], list[str]] = import_module("pypinyin").lazy_pinyin
    return reader


def before_write(session: Session, connection: Connection, row: Any, before: Values | None, now: Values) -> None:
    """Set the derived columns of a row that is about to be inserted (`before` None) or updated.

    Raises Invalid when a unit would hang below itself, or a change would take effect before the last one.
    """
    source = OWNER_FROM.get(row.entity)
    if source is not None:
        _take_over(connection, row, before, now, *source)
    elif isinstance(row, Participant) and now["person_id"] is not None and now["unit_id"] is None:
        row.unit_id = _columns(connection, metadata.tables["person"], now["person_id"], ("unit_id",))["unit_id"]
    elif isinstance(row, Person) and _differs("name", before, now):
        row.name_sort = sort_key(row.name)
    elif isinstance(row, Unit) and before is None:
        row.path = ""  # nobody says where a new unit hangs but its parent
    elif isinstance(row, Unit) and before is not None:
        unit_tree.before_update(connection, row, before, now)


def after_insert(session: Session, connection: Connection, row: Any, now: Values) -> None:
    """What follows from a row that was inserted and has its id."""
    if isinstance(row, Unit):
        unit_tree.after_insert(connection, row, now)
        unit_history.open_first(session, connection, now)


def after_update(session: Session, connection: Connection, row: Any, before: Values, now: Values) -> None:
    """What follows elsewhere from a row that was updated."""
    if isinstance(row, Unit):
        unit_tree.after_update(session, connection, before, now)
        unit_history.note_change(session, connection, before, now)
    elif isinstance(row, Post) and before["unit_id"] != now["unit_id"]:
        appointments = Appointment.__table__
        moved = update(appointments).where(appointments.c.post_id == now["id"]).values(unit_id=now["unit_id"])
        connection.execute(moved)
        session.expire_all()


def fill_rows(
    connection: Connection, model: type[Any], rows: list[dict[str, Any]], *, only_if_given: bool = False
) -> None:
    """Set the derived columns of rows that are written together.

    `only_if_given`: the rows are changes; what does not change needs nothing derived.
    """
    if model is Person and rows and (not only_if_given or "name" in rows[0]):
        for row in rows:
            row["name_sort"] = sort_key(row["name"])
    source = OWNER_FROM.get(model.entity)
    if source is None or not rows or (only_if_given and source[0][0] not in rows[0]):
        return
    (reference, name), columns = source
    table = metadata.tables[name]
    wanted = sorted({row[reference] for row in rows if row.get(reference) is not None})
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(table.c.id, *(table.c[column] for column in columns))
        for line in connection.execute(query.where(table.c.id.in_(wanted[start : start + CHUNK]))):
            found[line[0]] = dict(zip(columns, line[1:], strict=True))
    for row in rows:
        row.update(found.get(row.get(reference, 0), {}))


def before_delete(session: Session, connection: Connection, row: Any, before: Values) -> None:
    """What goes together with a row."""
    if isinstance(row, Unit):
        unit_history.remove(session, connection, before["id"])


def _take_over(
    connection: Connection,
    row: Any,
    before: Mapping[str, Any] | None,
    now: Mapping[str, Any],
    source: tuple[str, str],
    columns: tuple[str, ...],
) -> None:
    reference, table = source
    own = before is None or any(before[column] != now[column] for column in columns)
    if now[reference] is None or not (own or _differs(reference, before, now)):
        return
    for column, value in _columns(connection, metadata.tables[table], now[reference], columns).items():
        setattr(row, column, value)


def _differs(column: str, before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> bool:
    return before is None or before[column] != now[column]


def _columns(connection: Connection, table: Table, row_id: int, columns: tuple[str, ...]) -> dict[str, Any]:
    found = connection.execute(select(*(table.c[c] for c in columns)).where(table.c.id == row_id)).first()
    return dict(zip(columns, found, strict=True)) if found else {}
