"""A database of its own for each test, on SQLite and on PostgreSQL, at noon of a fixed day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.metadata import load_metadata
from models.clock import FixedClock
from models.db import Database
from tests.operations.factories import NOON, World

METADATA = load_metadata()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An empty database."""
    clock = FixedClock(NOON)
    database = Database(database_url, METADATA, clock, b"a key for tests")
    yield World(database, clock)
    database.dispose()
