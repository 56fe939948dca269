"""Writing the audit trail: one entry a record and flush, field by field, in the transaction that changes it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.audit_seals import sealed
from models.labels import Labels, references
from models.ownership import ownership

HIDDEN = {"password"}
"""Columns whose values are never written down; that they changed is."""

DERIVED = {"version", "path", "name_sort"}
BOOKKEEPING = {"last_login", "login_count", "fail_login_count", "session_epoch"} | {
    f"{what}_{suffix}" for what in ("created", "changed") for suffix in ("on", "by_fk")
}
LEFT_OUT = DERIVED | BOOKKEEPING
"""Columns that say nothing of what a person did."""

LABEL_LENGTH = 200
_NOTES = "audit_notes"


@dataclass(slots=True)
class Record:
    """Something to write down.  `changes`: field → [before, after] as stored, or notes of an event."""

    action: str
    entity: str
    record_id: int | None
    changes: dict[str, Any]
    unit_id: int | None = None
    label: str = ""
    username: str | None = None
    address: str | None = None


def record_of(row: Any, action: str, before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Record | None:
    """What happened to `row`; None when nothing worth keeping did.  `before`, `now`: its values, None = no row."""
    changes = _changes(before or {}, now or {})
    if not changes and before is not None and now is not None:
        return None
    values = now or before or {}
    owner = ownership(type(row))
    return Record(
        action=action,
        entity=row.entity,
        record_id=values.get("id"),
        changes=changes,
        unit_id=values.get(owner.unit) if owner.unit else None,
    )


def note(session: Session, record: Record) -> None:
    """Keep a record until the flush is done."""
    session.info.setdefault(_NOTES, []).append(record)


def take_notes(session: Session) -> list[Record]:
    """The records kept since they were taken last."""
    notes: list[Record] = session.info.pop(_NOTES, [])
    return notes


def write_records(session: Session, connection: Connection, records: Iterable[Record]) -> None:
    """Insert the audit entries of `records` with their seals."""
    actor, clock, key = (session.info.get(name) for name in ("actor", "clock", "audit_key"))
    if clock is None or key is None or actor is None:
        raise RuntimeError("a session without actor, clock and audit key cannot write")
    labels = Labels(connection)
    records = list(records)
    _load_labels(records, labels)
    rows = []
    for record in records:
        row = {
            "at": clock.now(),
            "username": record.username or actor.username,
            "source": actor.source,
            "address": record.address or actor.address,
            "action": record.action,
            "record_entity": record.entity,
            "record_id": record.record_id,
            "record_label": (record.label or labels.of(record.entity, record.record_id))[:LABEL_LENGTH],
            "unit_id": record.unit_id,
            "changes": _shown(record, labels),
        }
        rows.append(sealed(row, key))
    connection.execute(AuditEntry.__table__.insert(), rows)


def rows_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the values of rows, in order."""
    digest = hashlib.sha256()
    add_to_hash(digest, rows)
    return digest.hexdigest()


def add_to_hash(digest: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Take the values of more rows into `digest`."""
    for row in rows:
        digest.update(repr(tuple(row.values())).encode())


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for key in {**before, **now}:
        old, new = before.get(key), now.get(key)
        if key not in LEFT_OUT and key != "id" and old != new:
            changes[key] = ["***", "***"] if key in HIDDEN else [old, new]
    return changes


def _load_labels(records: list[Record], labels: Labels) -> None:
    """Look up together what the entries will name."""
    wanted: dict[str, set[int | None]] = {}
    for record in records:
        if not record.label:
            wanted.setdefault(record.entity, set()).add(record.record_id)
        for name, table in references(record.entity).items():
            wanted.setdefault(table, set()).update(_pair(record.changes.get(name)))
    for entity, ids in wanted.items():
        labels.load(entity, ids)


def _shown(record: Record, labels: Labels) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    tables = references(record.entity)
    for name, value in record.changes.items():
        if name in tables and _pair(value):
            shown[name] = [{"id": v, "label": labels.of(tables[name], v)} if v is not None else None for v in value]
        else:
            shown[name] = json_safe(value)
    return shown


def _pair(value: Any) -> list[int | None]:
    """[before, after] of a reference; empty when `value` is something else (a note of an event)."""
    ids = value if isinstance(value, list) and len(value) == 2 else []
    return ids if all(part is None or isinstance(part, int) for part in ids) else []


def json_safe(value: Any) -> Any:
    """`value` as JSON can hold it: moments and days in ISO form, bytes by their SHA-256, no NaN."""
    if isinstance(value, Mapping):
        return {str(key): json_safe(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_safe(part) for part in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value) if isinstance(value, Decimal) else repr(value)
