"""What a resource takes and gives, as schemas for its description (OpenAPI).

Only described here: the write path checks values, so that a program is told the same as a person.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from models.specs import MergedField, MergedSpec

_TYPES: dict[str, type[fields.Field]] = {
    "text": fields.String,
    "long_text": fields.String,
    "number": fields.Float,
    "integer": fields.Integer,
    "yes_no": fields.Boolean,
    "date": fields.Date,
    "datetime": fields.AwareDateTime,
    "json": fields.Raw,
}


class Reference(Schema):
    """A record referred to: its id and what it is called."""

    id = fields.Integer(required=True)
    text = fields.String(required=True)


def record_schema(
    spec: MergedSpec, name: str, *, reading: bool = False, required: bool = False, versioned: bool = False
) -> Schema:
    """The schema called `name` of a record that is read, or of one that is added or changed.

    `required`: say which fields a new record needs; `versioned`: take the version that was read.
    """
    chosen = spec.fields.values() if reading else spec.writable
    described: dict[str, Any] = {
        field.name: _described(field, reading, required) for field in chosen if field.stored.kind != "binary"
    }
    if reading:
        described |= {"id": fields.Integer(required=True)}
    if versioned or (reading and spec.versioned):
        described |= {"version": fields.Integer(metadata={"description": "the version that was read"})}
    schema: Schema = type(name, (Schema,), described)()
    return schema


def _described(field: MergedField, reading: bool, required: bool) -> fields.Field:
    metadata = {"title": field.label.en, "description": field.spec.help.en if field.spec.help else field.label.en}
    common: dict[str, Any] = {
        "allow_none": not field.required,
        "required": required and field.required,
        "metadata": metadata,
    }
    if field.references:
        if reading:
            return fields.Nested(Reference(), **common)
        metadata["description"] += f" (id of a {field.references}, or its key as text)"
        return fields.Raw(**common | {"metadata": metadata | {"oneOf": [{"type": "integer"}, {"type": "string"}]}})
    if field.spec.choices:
        codes = [*field.spec.choices, *([] if field.required else [None])]
        return fields.String(validate=validate.OneOf(codes), **common)
    return _TYPES[field.stored.kind](**common, **_limits(field))


def _limits(field: MergedField) -> dict[str, Any]:
    if field.stored.length and field.stored.kind in {"text", "long_text"}:
        return {"validate": validate.Length(max=field.stored.length)}
    if field.spec.min is not None or field.spec.max is not None:
        return {"validate": validate.Range(field.spec.min, field.spec.max)}
    return {}
