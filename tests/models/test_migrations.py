"""The migrations make exactly what the mapped classes say, once, whoever starts first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_appbuilder.security.sqla import models as builder
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from models import migrate
from models.base import metadata
from models.db import make_engine, writing
from tests.support.databases import Databases


def touch(url: str) -> None:
    """A database with nothing in it."""
    engine = make_engine(url)
    engine.connect().close()
    engine.dispose()


@pytest.fixture
def empty(databases: Databases, database_kind: str) -> Iterator[str]:
    with databases.copy(database_kind, "empty", touch) as url:
        yield url


def test_a_migrated_database_is_what_the_classes_say(module_database_url: str) -> None:
    assert migrate.differences(module_database_url) == []
    assert migrate.check(module_database_url)
    assert migrate.current(module_database_url) == migrate.head()


def test_a_difference_is_seen(database_url: str) -> None:
    engine = make_engine(database_url)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE unit ADD COLUMN extra INTEGER"))
        connection.execute(text("DROP TABLE upload"))
    engine.dispose()
    found = " ".join(migrate.differences(database_url))
    assert "extra" in found
    assert "upload" in found


def test_upgrading_makes_an_empty_database_usable_and_is_safe_to_repeat(empty: str) -> None:
    assert migrate.current(empty) is None
    assert not migrate.check(empty)
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []


def test_upgrading_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/instance/below/plumbline.db"
    migrate.upgrade(url)
    assert migrate.check(url)


UPGRADE = "import sys; from models import migrate; migrate.upgrade(sys.argv[1])"


def test_processes_that_start_at_once_upgrade_once(empty: str) -> None:
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", UPGRADE, empty], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    assert migrate.differences(empty) == []


def test_a_step_that_fails_leaves_nothing_behind(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_args: Any, **_kwargs: Any) -> None:
        raise OSError

    script = migrate._script()
    module = script.get_revision("0001").module
    complete = module.upgrade

    def half() -> None:
        complete()
        failing()

    monkeypatch.setattr(module, "upgrade", half)
    monkeypatch.setattr(migrate, "_script", lambda: script)
    with pytest.raises(OSError):
        migrate.upgrade(empty)
    engine = make_engine(empty)
    assert [name for name in inspect(engine).get_table_names() if name != "alembic_version"] == []
    engine.dispose()


def test_every_constraint_and_index_has_a_name(module_database_url: str) -> None:
    engine = make_engine(module_database_url)
    found = inspect(engine)
    for name in metadata.tables:
        keys = [*found.get_foreign_keys(name), *found.get_unique_constraints(name), *found.get_indexes(name)]
        assert all(key["name"] for key in keys), name
    engine.dispose()


def test_the_framework_finds_its_tables_and_their_numbers(database_url: str) -> None:
    """Its classes name sequences; on PostgreSQL each must be there under that name."""
    engine = make_engine(database_url)
    with Session(engine) as session:
        session.add(
            builder.Role(
                name="r",
                permissions=[
                    builder.PermissionView(
                        permission=builder.Permission(name="p"), view_menu=builder.ViewMenu(name="v")
                    )
                ],
            )
        )
        session.add(builder.Group(name="g", label="g", description="g", roles=[builder.Role(name="s")]))
        session.add(builder.RegisterUser(first_name="n", last_name="n", username="n", email="n", registration_hash="n"))
        session.commit()
        assert session.query(builder.Role).filter_by(name="r").one().permissions[0].permission.name == "p"
    engine.dispose()
