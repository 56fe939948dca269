"""Migrations in code: which schema a database has, and bringing it to the newest one.

Alembic's steps lie in `migrations/versions`.  Several processes may start at once on an empty database: one upgrades,
the others wait and find nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, make_url, select

from models import account, audit, cycle, organization, outcome, result, scheme, setting, warning_answer
from models.base import metadata
from models.db import driver_url, make_engine, writing

STORED = (account, audit, cycle, organization, outcome, result, scheme, setting, warning_answer)
"""Every module with stored classes: importing them makes the catalogue of tables complete."""

FOLDER = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x706C_7570
"""PostgreSQL's advisory lock that lets one process at a time upgrade."""

Revision = Any


def upgrade(database_url: str) -> None:
    """Bring the database to the newest schema; makes an SQLite file, and its folder, when there is none."""
    _make_folder(database_url)
    with _engine(database_url) as engine, _locked(engine) as connection:
        _run(connection, lambda script, current: script._upgrade_revs("head", current))


def current(database_url: str) -> str | None:
    """The revision that the database has; None when it was never upgraded."""
    with _engine(database_url) as engine, engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision that this code has."""
    newest = _script().get_current_head()
    if newest is None:
        raise RuntimeError("there are no migrations")
    return newest


def check(database_url: str) -> bool:
    """True when the database has the newest schema; the server refuses to start otherwise."""
    return current(database_url) == head()


def differences(database_url: str) -> list[str]:
    """What the mapped classes say and the database's schema does not, or the other way round; one line each."""
    with _engine(database_url) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        return [str(found) for found in compare_metadata(context, metadata)]


def _run(connection: Connection, steps: Callable[[ScriptDirectory, Any], Revision]) -> None:
    script = _script()

    def found(revision: Any, _context: MigrationContext) -> Revision:
        return steps(script, revision)

    with EnvironmentContext(Config(), script, fn=found) as environment:
        # SQLite changes a table by making it anew: each later step on one is written as a batch.
        environment.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        environment.run_migrations()


@contextmanager
def _engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, foreign_keys=False)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that no other upgrade runs beside; all of it is kept, or nothing."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
        yield connection


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def _make_folder(database_url: str) -> None:
    url = make_url(driver_url(database_url))
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
