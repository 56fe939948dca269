"""What of a scheme does not fit its columns, or stands twice: said before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import String, inspect

from config.text import text
from models.operations.scheme_shape import COLUMN_TO_FIELD, PARTS, part_values, version_values
from models.scheme import Scheme, SchemeVersion
from plugins.engine.scheme import Finding, Place
from plugins.engine.scheme import Scheme as EngineScheme

SHEETS = {"items": "items", "rater_groups": "raters", "grade_bands": "grades"}
FIELD_TO_COLUMN = {stored: column for column, stored in COLUMN_TO_FIELD.items() if column in ("unit", "table")}


def length_findings(scheme: EngineScheme) -> list[Finding]:
    """A finding for every text that is longer than its column."""
    head = version_values(scheme) | {"name": scheme.name, "code": scheme.code}
    found = [*_too_long(Scheme, head, "scheme", None), *_too_long(SchemeVersion, head, "scheme", None)]
    for relation, model in PARTS:
        for code, values in part_values(scheme)[relation].items():
            found += _too_long(model, values, SHEETS[relation], code)
    return found


def _too_long(model: type[Any], values: Mapping[str, Any], sheet: str, key: str | None) -> Iterator[Finding]:
    for name, column in inspect(model).columns.items():
        value = values.get(name)
        if not isinstance(column.type, String) or not isinstance(value, str):
            continue
        length = column.type.length
        if length is not None and len(value) > length:
            said = text(
                "At most {length} characters fit here; these are {count}.",
                "此处最多 {length} 个字符，现有 {count} 个。",
                length=length,
                count=len(value),
            )
            yield Finding(Place(sheet, key, FIELD_TO_COLUMN.get(name, name)), said)
