"""Databases for tests, on SQLite and on PostgreSQL alike: filled once a run, copied for each test or module.

Rolling a test's transaction back does not work under a web application that commits; copies do, and they are cheap.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from models import migrate
from tests.support import postgres
from tests.support.run import lacking, only_one
from tests.support.settings import PROJECT, environment_for

Fill = Callable[[str], None]
KINDS = (pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres))


def make_template(url: str) -> None:
    """Bring an empty database to today's tables, and nothing more."""
    migrate.upgrade(url)


def initialize(url: str, *options: str) -> None:
    """What `app.py init` makes of an empty database: tables and baseline, with `--demo` the demo organization."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    done = subprocess.run(
        [sys.executable, "app.py", "init", *options],
        cwd=PROJECT,
        env=environment | environment_for(url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"app.py init {' '.join(options)}:\n{done.stdout}\n{done.stderr}"


FILLS: dict[str, Fill] = {
    "migrated": make_template,
    "baseline": initialize,
    "demo": lambda url: initialize(url, "--demo"),
}


class Databases:
    """Copies of filled databases.  A template is filled by whichever process of the run needs it first."""

    def __init__(self, run_dir: Path) -> None:
        self._dir = run_dir / "databases"
        self._dir.mkdir(exist_ok=True)
        self._run_dir = run_dir

    @contextmanager
    def copy(self, kind: str, template: str = "migrated", fill: Fill | None = None) -> Iterator[str]:
        """The URL of a database of its own; it is gone afterwards.

        `kind`: `sqlite` or `postgresql`; `template`: one of FILLS, or any other name together with `fill`, which
        is called once a run with the URL of an empty database.
        """
        fill = fill or FILLS[template]
        name = f"copy_{uuid.uuid4().hex}"
        if kind == "sqlite":
            path = self._dir / f"{name}.db"
            shutil.copyfile(self._sqlite_template(template, fill), path)
            yield f"sqlite:///{path}"
            for left in self._dir.glob(f"{name}.db*"):
                left.unlink()
        else:
            source = self._postgresql_template(template, fill)
            self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
            yield f"{self._server()}/{name}"
            self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _sqlite_template(self, template: str, fill: Fill) -> Path:
        path = self._dir / f"{template}.db"
        with only_one(self._dir / f"{template}.sqlite.lock"):
            if not path.exists():
                draft = self._dir / f"{template}.draft.db"
                draft.unlink(missing_ok=True)
                fill(f"sqlite:///{draft}")
                with closing(sqlite3.connect(draft)) as connection:  # everything into the one file
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                draft.rename(path)
        return path

    def _postgresql_template(self, template: str, fill: Fill) -> str:
        done = self._dir / f"{template}.postgresql"
        name = f"template_{template}"
        with only_one(self._dir / f"{template}.postgresql.lock"):
            if not done.exists():
                self._administer(f'DROP DATABASE IF EXISTS "{name}"')
                self._administer(f'CREATE DATABASE "{name}"')
                fill(f"{self._server()}/{name}")
                self._administer(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
                done.touch()
        return name

    def _server(self) -> str:
        if postgres.programs() is None:
            lacking("PostgreSQL")
        return postgres.server_url(self._run_dir)

    def _administer(self, statement: str) -> None:
        address = self._server().replace("+psycopg", "") + "/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def databases(run_dir: Path) -> Databases:
    return Databases(run_dir)


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Runs the test on SQLite and on PostgreSQL."""
    return str(request.param)


@pytest.fixture
def database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """An empty migrated database of this test's own, on each kind."""
    with databases.copy(database_kind) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """An empty migrated database that the tests of one module share, on each kind."""
    with databases.copy(database_kind) as url:
        yield url


@pytest.fixture
def demo_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """A database with the demo organization, of this test's own, on each kind."""
    with databases.copy(database_kind, "demo") as url:
        yield url


@pytest.fixture(scope="module")
def module_demo_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """A database with the demo organization that the tests of one module share, on each kind."""
    with databases.copy(database_kind, "demo") as url:
        yield url
