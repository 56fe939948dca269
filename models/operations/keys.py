"""Natural keys: how records are called in workbooks and references, resolved for one record or for a whole import.

A key with several parts is written with slashes (`DIVISIONS/2`); a part that is itself a reference contributes the
parts of its own key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.operations.context import spec_of
from models.operations.fields import read_value
from models.operations.values import Unreadable, shown_number
from models.specs import MergedField

Parts = tuple[str, ...]
CHUNK = 400
WHOLE_TABLE = 4000
"""From so many keys on, reading the whole column is faster than asking for each."""


def key_fields(session: Session, entity: str) -> list[MergedField]:
    """The fields of the natural key, in order."""
    spec = spec_of(session, entity)
    return [spec.field(name) for name in spec.spec.natural_key]


def width(session: Session, entity: str) -> int:
    """How many parts the written key of `entity` has."""
    return sum(width(session, f.references) if f.references else 1 for f in key_fields(session, entity))


def written(value: Any) -> str:
    """One part of a key as text."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return shown_number(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value).strip()


def split(session: Session, entity: str, key: Any) -> Parts | None:
    """The parts of a written key; None when it has another number of them."""
    count = width(session, entity)
    parts = (written(key),) if count == 1 else tuple(part.strip() for part in written(key).split("/"))
    return parts if len(parts) == count else None


def key_texts(session: Session, entity: str, ids: Iterable[int | None]) -> dict[int, str]:
    """Id → written key, for records within the actor's reach."""
    fields = key_fields(session, entity)
    model = spec_of(session, entity).model
    columns = [model.id, *(getattr(model, field.attribute) for field in fields)]
    rows = _read(session, columns, model.id, {number for number in ids if number is not None})
    texts: list[dict[int, str] | None] = [
        key_texts(session, field.references, (row[at] for row in rows)) if field.references else None
        for at, field in enumerate(fields, start=1)
    ]
    return {row[0]: "/".join(_part(known, row[at]) for at, known in enumerate(texts, start=1)) for row in rows}


def _part(known: dict[int, str] | None, value: Any) -> str:
    if known is None:
        return written(value)
    return known.get(value, "") if value is not None else ""


def find_ids(session: Session, entity: str, keys: Iterable[Parts]) -> dict[Parts, int]:
    """Key → id, for records within the actor's reach; keys that lead nowhere are left out."""
    wanted = {key for key in keys if any(key)}
    if not wanted:
        return {}
    fields = key_fields(session, entity)
    model = spec_of(session, entity).model
    spans = _spans(session, fields)
    known = [
        find_ids(session, field.references, {key[start:stop] for key in wanted}) if field.references else None
        for field, (start, stop) in zip(fields, spans, strict=True)
    ]
    typed: dict[tuple[Any, ...], Parts] = {}
    for key in wanted:
        values = _typed(fields, spans, known, key)
        if values is not None:
            typed[values] = key
    columns = [getattr(model, field.attribute) for field in fields]
    rows = _read(session, [model.id, *columns], columns[0], {values[0] for values in typed})
    return {typed[tuple(row[1:])]: row[0] for row in rows if tuple(row[1:]) in typed}


def _spans(session: Session, fields: Sequence[MergedField]) -> list[tuple[int, int]]:
    spans, start = [], 0
    for field in fields:
        stop = start + (width(session, field.references) if field.references else 1)
        spans.append((start, stop))
        start = stop
    return spans


def _typed(
    fields: Sequence[MergedField],
    spans: Sequence[tuple[int, int]],
    known: Sequence[dict[Parts, int] | None],
    key: Parts,
) -> tuple[Any, ...] | None:
    """The column values of a key; None when a part of it cannot be one."""
    values: list[Any] = []
    for field, (start, stop), ids in zip(fields, spans, known, strict=True):
        if ids is not None:
            found = ids.get(key[start:stop])
            if found is None and any(key[start:stop]):
                return None
            values.append(found)
            continue
        try:
            values.append(read_value(field, key[start], None))  # type: ignore[arg-type]  # no key holds a moment
        except Unreadable:
            return None
    return tuple(values)


def _read(session: Session, columns: Sequence[Any], by: Any, wanted: set[Any]) -> Sequence[Any]:
    """Rows of `columns` whose `by` is among `wanted`, in few statements."""
    query = select(*columns)
    with session.no_autoflush:
        if len(wanted) > WHOLE_TABLE:
            return session.execute(query).all()
        rows: list[Any] = []
        if None in wanted:
            rows += session.execute(query.where(by.is_(None))).all()
        values = sorted((value for value in wanted if value is not None), key=str)
        for start in range(0, len(values), CHUNK):
            rows += session.execute(query.where(by.in_(values[start : start + CHUNK]))).all()
        return rows
