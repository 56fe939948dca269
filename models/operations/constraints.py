"""What the database forbids, said in terms of fields: values that are taken, and records that are still in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqlalchemy import Table, UniqueConstraint, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.text import Text, text
from models.base import metadata
from models.errors import Invalid
from models.specs import MODELS

TAKEN = text("Another record has this already.", "已有其他记录使用此值。")
TOGETHER = text("Another record has the same combination of these fields.", "已有其他记录具有相同的组合。")


def unique_sets(model: type[Any]) -> Iterator[tuple[str, ...]]:
    """The sets of columns of which no two rows may have the same values."""
    table = cast(Table, inspect(model).local_table)
    yield from ((column.name,) for column in table.columns if column.unique)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield tuple(column.name for column in constraint.columns)


def taken(session: Session, model: type[Any], record_id: int | None, values: Mapping[str, Any]) -> dict[str, Text]:
    """Column → why its value cannot be used, for `values` by column; rows outside the actor's reach count too."""
    problems: dict[str, Text] = {}
    for names in dict.fromkeys(unique_sets(model)):
        wanted = [values.get(name) for name in names]
        if any(value is None for value in wanted):
            continue
        query = select(model.id).where(*(getattr(model, n) == v for n, v in zip(names, wanted, strict=True)))
        if record_id is not None:
            query = query.where(model.id != record_id)
        with session.no_autoflush:
            clash = session.execute(query.limit(1).execution_options(skip_scope=True)).first()
        if clash:
            problems |= {name: TAKEN if len(names) == 1 else TOGETHER for name in names}
    return problems


def references_to(table_name: str) -> Iterator[tuple[type[Any], str]]:
    """Every (class, column) that refers to the rows of a table."""
    for model in MODELS.values():
        table = cast(Table, inspect(model).local_table)
        for column in table.columns:
            if any(key.column.table.name == table_name for key in column.foreign_keys):
                yield model, column.name


def in_use(session: Session, record: Any, owned: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
    """(entity, how many) of the rows that refer to `record`, except those of `owned` entities, which go with it."""
    found: dict[str, int] = {}
    for model, column in references_to(record.__tablename__):
        if model.entity in owned:
            continue
        query = select(func.count()).select_from(model).where(getattr(model, column) == record.id)
        count = session.scalar(query.execution_options(skip_scope=True)) or 0
        if count:
            found[model.entity] = found.get(model.entity, 0) + count
    return sorted(found.items())


def explained(error: IntegrityError) -> Invalid:
    """A constraint that only the database noticed (two people at the same moment), as `Invalid` naming the fields."""
    columns = _broken(error)
    if not columns:
        return Invalid(
            text(
                "This contradicts other records: something is referred to that is missing or still in use.",
                "与其他记录冲突：所引用的内容不存在或仍在使用。",
            )
        )
    label = TAKEN if len(columns) == 1 else TOGETHER
    named = [column.removesuffix("_id") for column in columns]
    message = text("Another record has this already: {fields}.", "已有其他记录使用此值：{fields}。", fields=", ".join(named))
    return Invalid(message, dict.fromkeys(named, label))


def _broken(error: IntegrityError) -> tuple[str, ...]:
    """The columns of the unique constraint that was broken; nothing when it was another kind."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return _columns_of(diagnosis.table_name, diagnosis.constraint_name)
    said = str(error.orig)
    if not said.startswith("UNIQUE constraint failed: "):
        return ()
    names = [part.strip().split(".") for part in said.partition(": ")[2].split(",")]
    return tuple(name[-1] for name in names)


def _columns_of(table_name: str | None, constraint_name: str | None) -> tuple[str, ...]:
    table = metadata.tables.get(table_name or "")
    if table is None:
        return ()
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.name in (constraint_name, None):
            columns = tuple(column.name for column in constraint.columns)
            if constraint.name == constraint_name or f"{table.name}_{'_'.join(columns)}_key" == constraint_name:
                return columns
    for column in table.columns:
        if column.unique and constraint_name in (f"{table.name}_{column.name}_key", f"ix_{table.name}_{column.name}"):
            return (column.name,)
    return ()
