"""Joins what is shown of an entity (its YAML file) with what is stored of it (its mapped class)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config.metadata.spec import EntitySpec, FieldFormat, FieldSpec, Label, Metadata
from models.base import Versioned
from models.catalogue import MODELS, model_of, stored
from models.spec_checks import check_stored
from models.stored import StoredColumn

__all__ = ["MODELS", "MergedField", "MergedSpec", "StoredColumn", "check_stored", "merge", "model_of", "stored"]


@dataclass(frozen=True, slots=True)
class MergedField:
    """One field, both sides joined: `spec` as written in YAML, `stored` as mapped, `format` as shown.

    `required`: it must be given whatever else is; `references`: code of the entity it refers to.
    """

    name: str
    spec: FieldSpec
    stored: StoredColumn
    format: FieldFormat
    required: bool

    @property
    def label(self) -> Label:
        """What the field is called."""
        return self.spec.label

    @property
    def references(self) -> str | None:
        """Code of the entity that the field refers to."""
        return self.stored.references

    @property
    def attribute(self) -> str:
        """The mapped attribute that holds the value: `unit_id` of the field `unit`."""
        return self.stored.attribute


@dataclass(frozen=True, slots=True)
class MergedSpec:
    """An entity as every generated view, resource and import sees it."""

    spec: EntitySpec
    model: type[Any]
    fields: dict[str, MergedField]

    @property
    def entity(self) -> str:
        """The entity's code."""
        return self.spec.entity

    @property
    def versioned(self) -> bool:
        """True when rows carry the version that a save must return."""
        return issubclass(self.model, Versioned)

    @property
    def form_fields(self) -> tuple[MergedField, ...]:
        """The fields of the form, section after section."""
        return tuple(self.fields[name] for section in self.spec.form for name in section.fields)

    @property
    def writable(self) -> tuple[MergedField, ...]:
        """The fields of the form that a person can change."""
        return tuple(field for field in self.form_fields if not field.spec.readonly)

    def field(self, name: str) -> MergedField:
        """The field called `name`.  Raises KeyError when there is none."""
        return self.fields[name]

    def referring(self, entity: str) -> tuple[MergedField, ...]:
        """The fields that refer to `entity`."""
        return tuple(field for field in self.fields.values() if field.references == entity)


def merge(metadata: Metadata) -> dict[str, MergedSpec]:
    """Entity code → merged spec, for everything `metadata` describes.

    Raises KeyError for an entity or a field that is not stored: `check_stored` says so in words beforehand.
    """
    return {code: _merged(spec) for code, spec in metadata.entities.items()}


def _merged(spec: EntitySpec) -> MergedSpec:
    columns = stored(spec.entity)
    fields = {name: _field(name, written, columns[name]) for name, written in spec.fields.items()}
    return MergedSpec(spec, model_of(spec.entity), fields)


def _field(name: str, spec: FieldSpec, column: StoredColumn) -> MergedField:
    required = not column.nullable and not column.has_default and not spec.readonly
    return MergedField(name, spec, column, spec.format or column.format, required)
