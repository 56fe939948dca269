"""The rows of an import as typed values: every cell read once, references resolved all together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from sqlalchemy.orm import Session

from config.metadata.finding import nearest
from config.text import Text, text
from models.operations.context import clock_of, spec_of
from models.operations.fields import read_value
from models.operations.import_report import RowProblem
from models.operations.keys import Parts, find_ids, split
from models.operations.records import unknown_reference
from models.operations.values import Unreadable, is_blank, read_integer
from models.specs import MergedField, MergedSpec

VERSION = "version"
REMEMBERED = 50_000
"""So many different texts of a field are read only once."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A reference to a record that the same file adds, by its natural key."""

    key: Parts


@dataclass(slots=True)
class ReadRows:
    """`values`: one dict a row, field → typed value; a cell that cannot be read is missing there and a problem."""

    values: list[dict[str, Any]]
    versions: list[int | None]
    problems: list[RowProblem] = field(default_factory=list)


def read_rows(session: Session, spec: MergedSpec, rows: Sequence[Mapping[str, Any]]) -> ReadRows:
    """Read every cell of every row."""
    read = ReadRows([{} for _ in rows], [None] * len(rows))
    names = _field_names(spec, rows, read)
    zone = clock_of(session).zone
    for given, name in names.items():
        merged = spec.field(name)
        if merged.references is not None:
            _read_references(session, spec, rows, given, merged, read)
        else:
            _read_column(rows, given, merged, zone, read)
    _read_versions(rows, read)
    return read


def _field_names(spec: MergedSpec, rows: Sequence[Mapping[str, Any]], read: ReadRows) -> dict[str, str]:
    """Given name → field; a name that no field has is a problem of the first row that uses it."""
    attributes = {own.attribute: name for name, own in spec.fields.items()}
    found: dict[str, str] = {}
    unknown: set[str] = set()
    for index, row in enumerate(rows):
        for given in row:
            if given in found or given in unknown or given == VERSION:
                continue
            name = given if given in spec.fields else attributes.get(given)
            if name is None:
                unknown.add(given)
                said = text("There is no such field. {hint}", "没有此字段。{hint}", hint=nearest(given, spec.fields))
                read.problems.append(RowProblem(index, given, row[given], said))
            else:
                found[given] = name
    return found


def _read_column(
    rows: Sequence[Mapping[str, Any]], given: str, merged: MergedField, zone: tzinfo, read: ReadRows
) -> None:
    name, reader = merged.name, _remembering(merged, zone)
    for index, row in enumerate(rows):
        if given not in row:
            continue
        value = reader(row[given])
        if isinstance(value, Text):
            read.problems.append(RowProblem(index, name, row[given], value))
        else:
            read.values[index][name] = value


def _remembering(merged: MergedField, zone: tzinfo) -> Callable[[Any], Any]:
    """Reads a value, or gives the Text that says why not; the same text is read once."""
    known: dict[tuple[type, Any], Any] = {}

    def reader(value: Any) -> Any:
        key = (type(value), value) if isinstance(value, (str, int, float, bool)) else None
        if key is not None and key in known:
            return known[key]
        try:
            result = read_value(merged, value, zone)
        except Unreadable as error:
            result = error.text
        if key is not None and len(known) < REMEMBERED:
            known[key] = result
        return result

    return reader


def _read_references(
    session: Session,
    spec: MergedSpec,
    rows: Sequence[Mapping[str, Any]],
    given: str,
    merged: MergedField,
    read: ReadRows,
) -> None:
    entity = merged.references or ""
    cells = {row[given] for row in rows if given in row and not is_blank(row[given])}
    parts = {cell: split(session, entity, cell) for cell in cells}
    ids = find_ids(session, entity, (key for key in parts.values() if key is not None))
    in_file = _keys_in_file(session, spec, rows) if entity == spec.entity else frozenset()
    label = spec_of(session, entity).spec.label
    for index, row in enumerate(rows):
        if given not in row:
            continue
        cell = row[given]
        if is_blank(cell):
            read.values[index][merged.name] = None
            continue
        key = parts[cell]
        if key is not None and key in ids:
            read.values[index][merged.name] = ids[key]
        elif key is not None and key in in_file:
            read.values[index][merged.name] = Pending(key)
        else:
            read.problems.append(RowProblem(index, merged.name, cell, unknown_reference(label, cell)))


def _keys_in_file(session: Session, spec: MergedSpec, rows: Sequence[Mapping[str, Any]]) -> frozenset[Parts]:
    """The written natural keys of the file's own rows, for references from one row to another."""
    names = spec.spec.natural_key
    if len(names) != 1:
        return frozenset()
    keys = (split(session, spec.entity, row.get(names[0])) for row in rows)
    return frozenset(key for key in keys if key is not None)


def _read_versions(rows: Sequence[Mapping[str, Any]], read: ReadRows) -> None:
    for index, row in enumerate(rows):
        if is_blank(row.get(VERSION)):
            continue
        try:
            read.versions[index] = read_integer(row[VERSION])
        except Unreadable as error:
            read.problems.append(RowProblem(index, VERSION, row[VERSION], error.text))
