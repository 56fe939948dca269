"""What records are called in the audit trail: code and name, looked up in bulk past row scope."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, select

from models.base import metadata

PARTS: dict[str, tuple[str, ...]] = {
    "unit": ("code", "name"),
    "unit_version": ("unit_id", "valid_from"),
    "unit_succession": ("unit_id", "successor_id"),
    "post": ("code", "name"),
    "person": ("code", "name"),
    "appointment": ("person_id", "post_id"),
    "ab_user": ("username",),
    "grant": ("user_id", "role"),
    "scheme": ("code", "name"),
    "scheme_version": ("scheme_id", "number"),
    "item": ("code", "name"),
    "rater_group": ("code", "name"),
    "grade_band": ("code", "name"),
    "cycle": ("code", "name"),
    "track": ("name",),
    "participant": ("code", "name"),
    "form": ("participant_id",),
    "entry": ("form_id", "item_id"),
    "remark": ("form_id", "round"),
    "adjustment": ("participant_id", "item_id"),
    "rating": ("participant_id", "item_id"),
    "linked_rate": ("participant_id", "source"),
    "run": ("track_id", "number"),
    "total": ("run_id", "participant_id"),
    "score": ("run_id", "participant_id"),
    "cycle_rule": ("cycle_id", "rule"),
    "outcome": ("code", "name"),
    "warning_answer": ("track_id", "answer"),
    "setting": ("code",),
    "upload": ("name",),
}
"""Table → the columns that name its rows; a reference stands for the label of the row referred to."""

CHUNK = 900
"""Fewer than the parameters that SQLite takes in one statement."""


def table_name(entity: str) -> str:
    """The table of an entity."""
    return "ab_user" if entity == "user" else entity


@cache
def references(entity: str) -> dict[str, str]:
    """Column → the table it refers to, of an entity."""
    table = metadata.tables.get(table_name(entity))
    columns = table.columns if table is not None else ()
    return {str(column.key): key.column.table.name for column in columns for key in column.foreign_keys}


class Labels:
    """Labels of records on one connection, each looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, int], str] = {}

    def load(self, entity: str, ids: Iterable[int | None]) -> None:
        """Look up the labels of these rows together, and of what they refer to."""
        name = table_name(entity)
        parts, table = PARTS.get(name), metadata.tables.get(name)
        wanted = sorted({i for i in ids if i is not None and (name, i) not in self._known})
        if parts is None or table is None or not wanted:
            return
        rows = [
            row for start in range(0, len(wanted), CHUNK) for row in self._rows(table, parts, wanted[start:][:CHUNK])
        ]
        for position, part in enumerate(parts, start=1):
            for key in table.c[part].foreign_keys:
                self.load(key.column.table.name, (row[position] for row in rows))
        for row in rows:
            shown = (self._part(table, part, value) for part, value in zip(parts, row[1:], strict=True))
            self._known[name, row[0]] = " ".join(word for word in shown if word)

    def of(self, entity: str, record_id: int | None) -> str:
        """The label of a row; empty when it is gone or its class has none."""
        if record_id is None:
            return ""
        self.load(entity, [record_id])
        return self._known.get((table_name(entity), record_id), "")

    def _rows(self, table: Table, parts: tuple[str, ...], ids: list[int]) -> list[Any]:
        query = select(table.c.id, *(table.c[part] for part in parts)).where(table.c.id.in_(ids))
        return list(self._connection.execute(query))

    def _part(self, table: Table, part: str, value: Any) -> str:
        if value is None:
            return ""
        for key in table.c[part].foreign_keys:
            return self._known.get((key.column.table.name, value), "")
        return str(value)
