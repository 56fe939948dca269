"""What the columns of a row hold now and held before, whatever is loaded, expired or deferred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import InstanceState, LoaderCallableStatus

Values = dict[str, Any]


def values_now(connection: Connection, row: Any) -> Values:
    """Column key → value as it will be stored: set values, defaults of a new row, else what the database holds."""
    return _values(connection, inspect(row), before=False)


def values_before(connection: Connection, row: Any) -> Values:
    """Column key → the value that the database held when the row was read, before anything was set."""
    return _values(connection, inspect(row), before=True)


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Column key → (before, now) of those that differ."""
    return {key: (before[key], value) for key, value in now.items() if before[key] != value}


def _values(connection: Connection, state: InstanceState[Any], *, before: bool) -> Values:
    found: Values = {}
    missing: list[str] = []
    held, replaced = state.dict, state.committed_state if before else {}
    for attribute in state.mapper.column_attrs:
        key = attribute.key
        value = replaced[key] if key in replaced else held.get(key, LoaderCallableStatus.NO_VALUE)
        if value is LoaderCallableStatus.NO_VALUE:
            missing.append(key)
        else:
            found[key] = value
    if not missing:
        return found
    if state.has_identity:
        return found | _stored(connection, state, missing)
    return found | {key: _default(state, key) for key in missing}


def _stored(connection: Connection, state: InstanceState[Any], keys: list[str]) -> Values:
    table = state.mapper.local_table
    columns = {key: state.mapper.attrs[key].columns[0] for key in keys}
    identity = (state.identity or (None,))[0]
    row = connection.execute(select(*columns.values()).where(table.c.id == identity)).first()
    return dict(zip(columns, row, strict=True)) if row else dict.fromkeys(columns)


def _default(state: InstanceState[Any], key: str) -> Any:
    """The default that a new row will be stored with, when it is a plain value."""
    default = state.mapper.attrs[key].columns[0].default
    return default.arg if default is not None and default.is_scalar else None
