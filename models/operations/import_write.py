"""Writing a planned import: whole sets at once, except units, whose tree is kept row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.account import Account
from models.bulk import insert_rows, update_rows
from models.operations.columns import by_column
from models.operations.import_plan import ImportPlan
from models.operations.import_reading import Pending
from models.operations.keys import CHUNK, WHOLE_TABLE
from models.operations.rules.change import Change
from models.organization import Unit
from models.specs import MergedSpec

ONE_BY_ONE: tuple[type[Any], ...] = (Unit, Account)
"""Classes whose derived columns and relations hang on each object."""


def is_outdated(session: Session, plan: ImportPlan) -> bool:
    """Whether a record that a row matched was saved or deleted since the plan was made."""
    model = plan.spec.model
    if not plan.seen or not plan.spec.versioned:
        return False
    query = select(model.id, model.version)
    if len(plan.seen) > WHOLE_TABLE:
        now = dict(session.execute(query).all())
    else:
        ids = sorted(plan.seen)
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        now = {n: v for chunk in chunks for n, v in session.execute(query.where(model.id.in_(chunk)))}
    return any(now.get(number) != version for number, version in plan.seen.items())


def write_import(session: Session, plan: ImportPlan, effective_on: date | None = None) -> None:
    """Add and change the records of a clean plan."""
    if plan.spec.model in ONE_BY_ONE:
        before = session.info.get("effective_on")
        session.info["effective_on"] = effective_on
        try:
            _write_objects(session, plan)
        finally:
            session.info["effective_on"] = before
        return
    rows = [_new_row(plan.spec, change) for change in plan.added]
    insert_rows(session, plan.spec.model, by_column(rows), want_ids=False)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for record_id, _, change in plan.changed:
        columns = changed_columns(plan.spec, change)
        groups.setdefault(tuple(sorted(columns)), []).append({"id": record_id, **columns})
    for group in groups.values():
        values: dict[str, Any] = by_column(group)
        update_rows(session, plan.spec.model, values.pop("id"), values)


def _new_row(spec: MergedSpec, change: Change) -> dict[str, Any]:
    """Every column of a new record; what is blank and has a default gets it."""
    row: dict[str, Any] = {}
    columns = inspect(spec.model).columns
    for name, field in spec.fields.items():
        if field.spec.readonly and name not in change.values:
            continue
        value = change.values.get(name)
        default = columns[field.attribute].default
        if value is None and default is not None:
            value = default.arg(None) if default.is_callable else default.arg
        row[field.attribute] = value
    return row | change.columns


def changed_columns(spec: MergedSpec, change: Change) -> dict[str, Any]:
    """Column → new value of the fields that differ."""
    differing = {
        spec.field(name).attribute: value for name, value in change.values.items() if value != change.before.get(name)
    }
    return differing | change.columns


def _write_objects(session: Session, plan: ImportPlan) -> None:
    spec = plan.spec
    made: dict[Pending, Any] = {}
    for change in plan.added:
        row = spec.model()
        made[_pending(spec, change)] = row
        _set(spec, row, {n: v for n, v in change.values.items() if v is not None}, change.columns)
    ids = [record_id for record_id, _, _ in plan.changed]
    loaded = {row.id: row for row in _load(session, spec.model, ids)}
    for record_id, _, change in plan.changed:
        differing = {n: v for n, v in change.values.items() if v != change.before.get(n)}
        _set(spec, loaded[record_id], differing, change.columns)
    _link(session, spec, plan, made, loaded)
    session.add_all(made.values())
    session.flush()


def _pending(spec: MergedSpec, change: Change) -> Pending:
    return Pending(tuple(str(change.values.get(name)) for name in spec.spec.natural_key))


def _set(spec: MergedSpec, row: Any, values: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if not isinstance(value, Pending):
            setattr(row, spec.field(name).attribute, value)
    for column, value in columns.items():
        setattr(row, column, value)


def _link(
    session: Session, spec: MergedSpec, plan: ImportPlan, made: Mapping[Pending, Any], loaded: Mapping[int, Any]
) -> None:
    """Relations to records of the same file, by object, so that they are written in the right order."""
    rows = [(made[_pending(spec, change)], change) for change in plan.added]
    rows += [(loaded[record_id], change) for record_id, _, change in plan.changed]
    for row, change in rows:
        for name, value in change.values.items():
            if isinstance(value, Pending):
                setattr(row, name, made[value])


def _load(session: Session, model: type[Any], ids: Sequence[int]) -> list[Any]:
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    return [row for chunk in chunks for row in session.scalars(select(model).where(model.id.in_(chunk)))]
