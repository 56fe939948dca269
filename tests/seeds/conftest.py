"""The demo organization, seeded once a run on each kind of database at a fixed morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from config.metadata import load_metadata
from models import migrate
from models.actor import SYSTEM
from models.clock import FixedClock
from models.db import Database
from seeds import seed_demo
from tests.support.databases import Databases
from tests.support.settings import DEMO_PASSWORD

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = b"an audit key for tests only"


def opened(url: str, moment: datetime = MORNING) -> Database:
    """The database at `url` on the morning of the story, or at another moment."""
    return Database(url, load_metadata(), FixedClock(moment), KEY)


def seeded(url: str) -> None:
    """Fill an empty database with the demo organization."""
    migrate.upgrade(url)
    database = opened(url)
    seed_demo(database, password=DEMO_PASSWORD)
    database.dispose()


@pytest.fixture(scope="module")
def demo(databases: Databases, database_kind: str) -> Iterator[Database]:
    """The demo organization for tests that only read."""
    with databases.copy(database_kind, "seeded", seeded) as url:
        database = opened(url)
        yield database
        database.dispose()


@pytest.fixture
def own_demo(databases: Databases, database_kind: str) -> Iterator[Database]:
    """The demo organization of one test's own, to be changed."""
    with databases.copy(database_kind, "seeded", seeded) as url:
        database = opened(url)
        yield database
        database.dispose()


@pytest.fixture
def session(demo: Database) -> Iterator[Session]:
    """Reads everything."""
    with demo.session(SYSTEM) as session:
        yield session
