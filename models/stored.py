"""What is stored of a mapped class, read off its columns and relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    inspect,
)
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeDecorator, TypeEngine

from config.metadata.spec import FieldFormat

Kind = Literal["text", "long_text", "number", "integer", "yes_no", "date", "datetime", "json", "binary"]

_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Boolean, "yes_no"),
    (Integer, "integer"),
    (Float, "number"),
    (Numeric, "number"),
    (DateTime, "datetime"),
    (Date, "date"),
    (JSON, "json"),
    (LargeBinary, "binary"),
    (Text, "long_text"),
    (String, "text"),
)


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """One stored column, under the name its field goes by.

    `attribute`: the mapped attribute that holds the value (`unit_id` of the relation `unit`); `length`: most
    characters of a text; `references`: code of the entity that a reference leads to.
    """

    name: str
    attribute: str
    kind: Kind
    nullable: bool
    has_default: bool
    unique: bool
    length: int | None = None
    references: str | None = None

    @property
    def format(self) -> FieldFormat:
        """How the value is shown when the metadata does not say."""
        return "long_text" if self.kind == "json" or self.kind == "binary" else self.kind


def columns_of(model: type[Any]) -> dict[str, StoredColumn]:
    """Field name → stored column: a reference with a relation goes by the relation's name, not by the column's."""
    mapper: Mapper[Any] = inspect(model)
    found: dict[str, StoredColumn] = {}
    for attribute, prop in mapper.column_attrs.items():
        found[attribute] = _column(attribute, attribute, prop.columns[0], None)
    for name, relation in mapper.relationships.items():
        entity = getattr(relation.mapper.class_, "entity", None)
        if relation.uselist or entity is None:
            continue
        (column,) = relation.local_columns
        attribute = mapper.get_property_by_column(column).key
        found.pop(attribute, None)
        found[name] = _column(name, attribute, column, entity)
    return found


def _column(name: str, attribute: str, column: ColumnElement[Any], references: str | None) -> StoredColumn:
    kind, length = _kind(column.type)
    return StoredColumn(
        name=name,
        attribute=attribute,
        kind=kind,
        nullable=bool(getattr(column, "nullable", True)),
        has_default=getattr(column, "default", None) is not None or getattr(column, "server_default", None) is not None,
        unique=bool(getattr(column, "unique", False)),
        length=length,
        references=references,
    )


def _kind(stored_type: TypeEngine[Any]) -> tuple[Kind, int | None]:
    if isinstance(stored_type, TypeDecorator):
        return _kind(stored_type.impl_instance)
    for known, kind in _KINDS:
        if isinstance(stored_type, known):
            return kind, stored_type.length if isinstance(stored_type, String) else None
    raise TypeError(f"a column of type {stored_type!r} has no place in the metadata")
