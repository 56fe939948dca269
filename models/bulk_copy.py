"""The fastest insert that each database has: COPY on PostgreSQL, the driver's executemany on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, insert

COPY_FROM = 500
"""Fewer rows than this are inserted by a plain statement: COPY saves nothing there."""


def insert_many(connection: Connection, table: Table, rows: list[dict[str, Any]], *, want_ids: bool) -> list[int]:
    """Insert `rows`, all with the same columns; the ids they were given, in order, or none unless wanted."""
    if want_ids:
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return list(connection.scalars(statement, rows))
    if connection.dialect.name == "postgresql" and len(rows) >= COPY_FROM:
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)
    return []


def _copy(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    columns = [column for column in table.columns if column.name in rows[0] or column.default is not None]
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    makers = [(column.name, _default(column), _processor(connection, column)) for column in columns]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([process(row[name] if name in row else make()) for name, make, process in makers])


def _default(column: Any) -> Callable[[], Any]:
    """What makes the column's default: a plain value, or what a function returns."""
    default = column.default
    if default is None:
        return lambda: None
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg


def _processor(connection: Connection, column: Any) -> Callable[[Any], Any]:
    """How a value of the column is handed to the driver."""
    process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return process if process is not None else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
