"""Records as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from models.specs import MergedField, MergedSpec
from views.records.display import reference_text


def row_of(spec: MergedSpec, record: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The fields `names` of a record (None: all that can be written), with its id and version.

    A reference is {"id", "text"}; when its record is out of reach, only the id stands, under the column's name.
    """
    row: dict[str, Any] = {"id": record.id}
    if spec.versioned:
        row["version"] = record.version
    for name in spec.fields if names is None else names:
        field = spec.field(name)
        if field.stored.kind == "binary":
            continue
        if field.references:
            row[field.attribute] = getattr(record, field.attribute)
        row[name] = value_of(field, record)
    return row


def value_of(field: MergedField, record: Any) -> Any:
    """One value as JSON holds it: days and moments in ISO form."""
    value = getattr(record, field.name)
    if field.references:
        return {"id": value.id, "text": reference_text(value)} if hasattr(value, "entity") else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
