"""Databases with a small organization in them, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.metadata.spec import Metadata
from models import migrate
from models.actor import SYSTEM
from models.db import Database
from tests.models.making import KEY, clock, make_metadata, make_world
from tests.support.databases import Databases

Open = Callable[..., Database]


def fill(url: str) -> None:
    """An empty database gets today's tables and the small organization."""
    migrate.upgrade(url)
    database = Database(url, make_metadata(), clock(), KEY)
    with database.session(SYSTEM) as session:
        make_world(session)
    database.dispose()


@pytest.fixture
def url(databases: Databases, database_kind: str) -> Iterator[str]:
    """A database of this test's own with the small organization, on each kind."""
    with databases.copy(database_kind, "small_organization", fill) as found:
        yield found


@pytest.fixture(scope="module")
def module_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """A database with the small organization that the tests of one module only read, on each kind."""
    with databases.copy(database_kind, "small_organization", fill) as found:
        yield found


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens databases, with metadata of the test's own, and closes them again."""
    kept: list[Database] = []

    def open_database(url: str, metadata: Metadata | None = None, **about: Any) -> Database:
        database = Database(url, metadata or make_metadata(), about.pop("clock", None) or clock(), KEY)
        kept.append(database)
        return database

    yield open_database
    for database in kept:
        database.dispose()


@pytest.fixture
def embedded(databases: Databases, opened: Open) -> Iterator[Database]:
    """The small organization on SQLite, for what concerns SQLite alone."""
    with databases.copy("sqlite", "small_organization", fill) as found:
        yield opened(found)


@pytest.fixture
def database(url: str, opened: Open) -> Database:
    """The small organization, in which `holder` may do everything plain as far as the grant reaches."""
    return opened(url)


@pytest.fixture
def shared(module_url: str, opened: Open) -> Database:
    """The same to read only: the tests of a module share it."""
    return opened(module_url)
