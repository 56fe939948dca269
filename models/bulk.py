"""Writing and reading many rows at once, past the mapped objects: the only place for it.

Such statements fire none of the guard's hooks, so here the same is done for the whole set: derived columns, grants,
frozen records, versions, and one audit entry with the hash of what was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, Table, bindparam, delete, inspect, select, update
from sqlalchemy.orm import Session

from models import derive
from models.audit_trail import Record, add_to_hash, rows_hash, write_records
from models.bulk_copy import insert_many
from models.frozen import RULES, SEALED_ENTITIES, frozen, is_frozen
from models.guard_grants import deciding_columns, require_grant, require_verb_for_state
from models.guard_reads import scope_option
from models.guard_state import acting, guard_state
from models.labels import CHUNK
from models.organization import Unit

Columns = Mapping[str, Sequence[Any] | NDArray[Any]]
Row = dict[str, Any]
PART = 20_000


def insert_rows(session: Session, model: type[Any], columns: Columns, *, want_ids: bool = True) -> list[int]:
    """Insert the rows given column by column (equal lengths; NaN is stored as empty); their ids, in order.

    Owners that follow from a row referred to are filled in.  `want_ids` False: faster, and no ids.  Raises NotAllowed,
    Frozen; ValueError for units, whose paths are kept one by one.
    """
    if model is Unit:
        raise ValueError("units are written one by one")
    session.flush()
    connection, table = session.connection(), _table(model)
    ids: list[int] = []
    count, digest = 0, hashlib.sha256()
    for rows in _parts(columns):
        derive.fill_rows(connection, model, rows)
        _require_set(session, connection, model, "add", rows)
        _require_state_by_verb(session, model, rows, adding=True)
        _require_not_frozen(session, connection, model, rows, but="state")
        ids += insert_many(connection, table, rows, want_ids=want_ids)
        count += len(rows)
        add_to_hash(digest, rows)
    if count:
        _note(session, model, "insert", [0, count], [None, digest.hexdigest()])
    return ids


def update_rows(session: Session, model: type[Any], ids: Sequence[int], columns: Mapping[str, Any]) -> int:
    """Update the rows `ids`: each column's value for every row (a sequence as long as `ids`), or one value for all.

    Raises NotAllowed, Frozen, ValueError when a row is missing.  Returns how many were updated.
    """
    session.flush()
    connection, table = session.connection(), _table(model)
    spread = {name: value if _is_many(value) else [value] * len(ids) for name, value in columns.items()}
    changes = _rows({"id": _plain(ids), **{name: _plain(value) for name, value in spread.items()}})
    if not changes:
        return 0
    before = _stored(connection, model, ids)
    derive.fill_rows(connection, model, changes, only_if_given=True)
    now = [{**old, **change} for old, change in zip(before, changes, strict=True)]
    _require_set(session, connection, model, "edit", [*before, *now])
    _require_state_by_verb(session, model, changes)
    if set(columns) - guard_state(session).thawed(model.entity):
        _require_not_frozen(session, connection, model, before)
        _require_not_frozen(session, connection, model, now, but="state")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0] if name != "id"}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    statement = update(table).where(table.c.id == bindparam("row_id")).values(values)
    connection.execute(statement, [_bound(change) for change in changes])
    hashes = [rows_hash([{name: row[name] for name in changes[0]} for row in before]), rows_hash(changes)]
    _note(session, model, "update", [len(changes)] * 2, hashes)
    _expire(session, model)
    return len(changes)


def delete_rows(session: Session, model: type[Any], ids: Sequence[int]) -> int:
    """Delete the rows `ids`.  Raises NotAllowed, Frozen, ValueError when a row is missing.  Returns how many."""
    session.flush()
    connection, table = session.connection(), _table(model)
    before = _stored(connection, model, ids)
    if not before:
        return 0
    _require_set(session, connection, model, "delete", before)
    _require_not_frozen(session, connection, model, before)
    for chunk in _chunks(ids):
        connection.execute(delete(table).where(table.c.id.in_(chunk)))
    _note(session, model, "delete", [len(before), 0], [rows_hash(before), None])
    _expire(session, model)
    return len(before)


def read_arrays(session: Session, statement: Select[Any]) -> list[NDArray[Any]]:
    """One array a selected column, of the rows within the actor's reach.

    Whole numbers are int64, numbers float64 with NaN for empty, yes/no bool; other columns, and whole numbers or
    yes/no with empty ones among them, are arrays of objects.  `statement` selects columns of mapped classes.
    """
    session.flush()
    actor, metadata = acting(session)
    if actor is None or not actor.is_system:
        statement = statement.options(scope_option(session, actor, metadata))
    result = session.connection().execute(statement)
    types = [getattr(column["type"], "python_type", object) for column in statement.column_descriptions]
    found = list(zip(*(tuple(row) for row in result), strict=True)) or [()] * len(types)
    return [_array(values, kind) for values, kind in zip(found, types, strict=True)]


def _array(values: Sequence[Any], kind: type[Any]) -> NDArray[Any]:
    if kind is float:
        return np.array(values, dtype=np.float64)
    if kind in {int, bool} and None not in values:
        return np.array(values, dtype=np.int64 if kind is int else np.bool_)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _table(model: type[Any]) -> Table:
    table = inspect(model).local_table
    if not isinstance(table, Table) or model.entity in SEALED_ENTITIES:
        raise ValueError(f"{model.__name__} is not written in bulk")
    return table


def _parts(columns: Columns) -> Iterator[list[Row]]:
    """The rows of the columns, some at a time: a million of them at once would fill the memory."""
    if len({len(values) for values in columns.values()}) > 1:
        raise ValueError("the columns are of different lengths")
    length = len(next(iter(columns.values()), ()))
    for start in range(0, length, PART):
        yield _rows({name: _plain(values[start : start + PART]) for name, values in columns.items()})


def _rows(columns: Mapping[str, Sequence[Any]]) -> list[Row]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _plain(values: Sequence[Any] | NDArray[Any]) -> Sequence[Any]:
    """Python values, NaN as None."""
    listed: Sequence[Any] = values.tolist() if isinstance(values, np.ndarray) else values
    return [None if value != value else value for value in listed]


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def _bound(change: Row) -> Row:
    return {"row_id" if name == "id" else f"new_{name}": value for name, value in change.items()}


def _stored(connection: Connection, model: type[Any], ids: Sequence[int]) -> list[Row]:
    """The rows as they are stored, in the order of `ids`, kept from others' changes until the transaction ends."""
    table = _table(model)
    found = {
        row["id"]: dict(row)
        for chunk in _chunks(ids)
        for row in connection.execute(select(table).where(table.c.id.in_(chunk)).with_for_update()).mappings()
    }
    missing = [i for i in _plain(ids) if i not in found]
    if missing:
        raise ValueError(f"{len(missing)} rows of {model.entity} do not exist")
    return [found[i] for i in _plain(ids)]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    plain = _plain(ids)
    return (plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK))


def _require_set(session: Session, connection: Connection, model: type[Any], action: str, rows: list[Row]) -> None:
    """The grant check, once for each combination of the columns it looks at."""
    actor, _metadata = acting(session)
    if actor is not None and actor.is_system:
        return
    columns = sorted(deciding_columns(session, model, action))
    distinct = {tuple(row.get(name) for name in columns) for row in rows}
    require_grant(session, connection, model, action, *(dict(zip(columns, values, strict=True)) for values in distinct))


def _require_not_frozen(
    session: Session, connection: Connection, model: type[Any], rows: list[Row], but: str = ""
) -> None:
    columns = {rule.path[0][0] if rule.path else "state" for rule in RULES.get(model.entity, ())} - {but}
    state = guard_state(session)
    for values in {tuple((name, row.get(name)) for name in sorted(columns)) for row in rows}:
        if is_frozen(connection, model.entity, dict(values), state.frozen):
            raise frozen(acting(session)[1], model.entity)
    state.forget()


def _require_state_by_verb(session: Session, model: type[Any], rows: list[Row], *, adding: bool = False) -> None:
    for column in rows[0]:
        for value in {row[column] for row in rows} if column == "state" else (None,):
            require_verb_for_state(session, model.entity, column, value=value, adding=adding)


def _note(session: Session, model: type[Any], kind: str, rows: list[int], hashes: Sequence[str | None]) -> None:
    """One audit entry for the set: how many rows there were and are, and the hash of what was and is in them."""
    verbs = guard_state(session).verbs
    record = Record(verbs[-1].action if verbs else kind, model.entity, None, {"rows": rows, "hash": hashes})
    write_records(session, session.connection(), [record])


def _expire(session: Session, model: type[Any]) -> None:
    for row in session.identity_map.values():
        if isinstance(row, model):
            session.expire(row)
