"""Export of any register: rows as a person writes them, such that importing them again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, asc, desc, inspect, select
from sqlalchemy.orm import Session

from config.metadata.finding import nearest
from config.text import Text, text
from models.access import criteria, require
from models.errors import Invalid
from models.guard import record_event
from models.operations.context import actor_of, clock_of, metadata_of, spec_of
from models.operations.fields import read_value, shown
from models.operations.keys import find_ids, key_texts, split
from models.operations.unit_of_work import unit_of_work
from models.operations.values import Unreadable, is_blank
from models.specs import MergedField, MergedSpec

BATCH = 5_000
VERSION = "version"


def export_rows(
    session: Session, entity: str, filters: Mapping[str, Any] | None = None, *, where: Sequence[Any] = ()
) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The records of `entity` that the actor may export: (field names, iterator of field → value as written).

    `filters`: field → value that it must have; a reference by natural key, a blank for empty.  `where`: further
    criteria on the mapped class, as a list on screen narrows itself by.  The natural key comes first, `version` last,
    so that a stale file is noticed when it is imported.  The export is written to the audit trail.
    Raises Invalid for an unknown field or value, NotAllowed.
    """
    spec = spec_of(session, entity)
    require(session, entity, "export")
    given = dict(filters or {})
    query = _query(session, spec, given).where(*where)
    _note(session, entity, {name: str(value) for name, value in given.items()})
    fields = [field for field in _in_order(spec) if field.stored.kind != "binary"]
    names = [field.name for field in fields] + ([VERSION] if spec.versioned else [])
    return names, _rows(session, spec, fields, query)


@unit_of_work
def _note(session: Session, entity: str, filters: dict[str, str]) -> None:
    record_event(session, "export", entity, changes={"filters": filters})


def _in_order(spec: MergedSpec) -> Sequence[MergedField]:
    first = [spec.field(name) for name in spec.spec.natural_key]
    return [*first, *(field for name, field in spec.fields.items() if name not in spec.spec.natural_key)]


def _query(session: Session, spec: MergedSpec, filters: Mapping[str, Any]) -> Select[Any]:
    query = select(*(getattr(spec.model, own.key) for own in inspect(spec.model).column_attrs if not own.deferred))
    within = criteria(actor_of(session), metadata_of(session), spec.model, "export")
    if within is not None:
        query = query.where(within)
    problems: dict[str, Text] = {}
    for name, value in filters.items():
        try:
            query = query.where(_condition(session, spec, name, value))
        except Unreadable as error:
            problems[name] = error.text
    if problems:
        raise Invalid(text("The filter cannot be used.", "筛选条件无法使用。"), problems)
    return query.order_by(*_order(spec))


def _condition(session: Session, spec: MergedSpec, name: str, value: Any) -> Any:
    field = spec.fields.get(name)
    if field is None:
        hint = nearest(name, spec.fields)
        raise Unreadable(text("There is no such field. {hint}", "没有此字段。{hint}", hint=hint))
    column = getattr(spec.model, field.attribute)
    if is_blank(value):
        return column.is_(None)
    if field.references is None:
        return column == read_value(field, value, clock_of(session).zone)
    if isinstance(value, int):
        return column == value
    parts = split(session, field.references, value)
    found = find_ids(session, field.references, [parts]).get(parts) if parts is not None else None
    if found is None:
        label = spec_of(session, field.references).spec.label
        raise Unreadable(
            text(
                "{label} “{value}” does not exist or is out of your reach.",
                "{label}“{value}”不存在或不在您的权限范围内。",
                label=label,
                value=value,
            )
        )
    return column == found


def _order(spec: MergedSpec) -> Iterator[Any]:
    name = spec.spec.order.removeprefix("-")
    field = spec.fields.get(name)
    column = getattr(spec.model, field.attribute if field is not None else name)
    yield desc(column) if spec.spec.order.startswith("-") else asc(column)
    yield asc(spec.model.id)


def _rows(
    session: Session, spec: MergedSpec, fields: Sequence[MergedField], query: Select[Any]
) -> Iterator[dict[str, Any]]:
    for batch in session.execute(query).partitions(BATCH):
        keys = {
            field.name: key_texts(session, field.references, {getattr(row, field.attribute) for row in batch})
            for field in fields
            if field.references is not None
        }
        for row in batch:
            yield _shown_row(spec, fields, keys, row)


def _shown_row(
    spec: MergedSpec, fields: Sequence[MergedField], keys: Mapping[str, Mapping[int, str]], row: Any
) -> dict[str, Any]:
    found = {}
    for field in fields:
        value = getattr(row, field.attribute)
        found[field.name] = keys[field.name].get(value, "") if field.name in keys else shown(field, value)
    if spec.versioned:
        found[VERSION] = row.version
    return found
