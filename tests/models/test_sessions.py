"""Sessions that lose no update, see one moment, and survive threads and forks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, event, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.actor import SYSTEM
from models.db import Database, begin_write, driver_url, unscoped, writing
from models.organization import Person, Post, Unit
from models.scheme import Scheme
from models.scoped_sql import ScopeOption, Unguarded, scope_engine
from models.setting import Setting
from tests.models.making import holder

WRITERS, TIMES = 4, 25


def count_up(database: Database, problems: list[BaseException]) -> None:
    """Read a number and write it back one greater, as a verb would: the writing transaction begins first."""
    for _ in range(TIMES):
        try:
            with database.session(SYSTEM) as session:
                begin_write(session)
                query = select(Setting).where(Setting.code == "counter").with_for_update()
                counter = session.scalars(query).one()
                counter.value = str(int(counter.value) + 1)
                session.commit()
        except BaseException as problem:
            problems.append(problem)


def test_no_update_is_lost_among_writers(database: Database) -> None:
    with database.session(SYSTEM) as session:
        session.add(Setting(code="counter", value="0"))
        session.commit()
    problems: list[BaseException] = []
    threads = [threading.Thread(target=count_up, args=(database, problems)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.session(SYSTEM) as session:
        assert session.scalars(select(Setting.value).where(Setting.code == "counter")).one() == str(WRITERS * TIMES)


def test_the_test_can_fail(embedded: Database) -> None:
    """Two sessions of the driver's own making lose an update on SQLite, which is why ours begin otherwise."""
    engine = create_engine(embedded.url)
    with engine.connect() as one, engine.connect() as other:
        query = text("SELECT establishment FROM post WHERE code = 'sA'")
        first, second = one.scalar(query), other.scalar(query)
        for connection, value in ((one, first), (other, second)):
            connection.execute(text("UPDATE post SET establishment = :n WHERE code = 'sA'"), {"n": value + 1})
            connection.commit()
        assert one.scalar(query) == 2
    engine.dispose()


def test_a_stale_save_is_noticed_by_the_version(database: Database) -> None:
    with database.session(SYSTEM) as mine:
        post = mine.scalars(select(Post)).first()
        version, post_id = post.version, post.id
        mine.rollback()
        with database.session(SYSTEM) as theirs:
            theirs.get(Post, post_id).name = "theirs"
            theirs.commit()
        begin_write(mine)
        mine.connection().execute(update(Post.__table__).values(version=99))
        assert mine.get(Post, post_id).version == 99
        mine.get(Post, post_id).name = "mine"
        mine.connection().execute(update(Post.__table__).values(version=100))
        with pytest.raises(StaleDataError):
            mine.commit()
        assert version == 1


def test_beginning_to_write_reads_everything_again(database: Database) -> None:
    with database.session(SYSTEM) as mine:
        post = mine.scalars(select(Post)).first()
        assert post.name == "岗位"
        post_id = post.id
        with database.session(SYSTEM) as theirs:
            theirs.get(Post, post_id).name = "theirs"
            theirs.commit()
        begin_write(mine)
        assert post.name == "theirs"
        begin_write(mine)  # within a writing transaction it does nothing
        post.name = "mine"
        mine.commit()


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.add(Setting(code="n")),
        lambda s: setattr(s.scalars(select(Post)).first(), "name", "n"),
        lambda s: s.delete(s.scalars(select(Post)).first()),
    ],
    ids=["new", "changed", "deleted"],
)
def test_changes_made_too_early_are_refused(shared: Database, change: Callable[[Session], Any]) -> None:
    with shared.session(SYSTEM) as session:
        with session.no_autoflush:
            change(session)
        with pytest.raises(RuntimeError):
            begin_write(session)


def test_a_snapshot_sees_one_moment(database: Database) -> None:
    with database.session(SYSTEM) as mine:
        begin_write(mine, snapshot=True)
        before = mine.scalars(select(Post.name).order_by(Post.id)).first()
        if database.engine.dialect.name == "postgresql":  # SQLite lets no other writer in meanwhile
            with database.session(SYSTEM) as theirs:
                theirs.scalars(select(Post).order_by(Post.id)).first().name = "theirs"
                theirs.commit()
        assert mine.scalars(select(Post.name).order_by(Post.id)).first() == before


def test_readers_are_not_held_up_by_a_writer(database: Database) -> None:
    with database.session(SYSTEM) as writer, database.session(SYSTEM) as reader:
        begin_write(writer)
        writer.scalars(select(Post)).first().name = "new"
        writer.flush()
        assert set(reader.scalars(select(Post.name))) == {"岗位"}


def test_writing_past_the_verbs_begins_as_a_writer_too(embedded: Database) -> None:
    said: list[str] = []
    event.listen(embedded.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    with embedded.session(SYSTEM) as session:
        session.add(Setting(code="n", value="n"))
        session.commit()
    assert said[0] == "BEGIN IMMEDIATE"


def test_the_embedded_database_is_set_up_for_many_readers(embedded: Database) -> None:
    with embedded.engine.connect() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert found == {"journal_mode": "wal", "foreign_keys": 1}
        assert connection.scalar(text("PRAGMA busy_timeout")) >= 5000


def test_an_unscoped_session_sees_what_is_not_committed_yet(database: Database) -> None:
    with database.session(SYSTEM) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        actor = holder("unit", unit)
    with database.session(actor) as session:
        begin_write(session)
        session.add(Post(code="n", name="n", unit_id=unit.id))
        session.flush()
        with unscoped(session) as everything:
            assert {"n", "sB"} <= set(everything.scalars(select(Post.code)))
            assert everything.info["actor"].is_system
        session.commit()
    with database.session(SYSTEM) as session:
        assert session.scalars(select(Post).where(Post.code == "n")).one()


def test_one_session_a_thread_and_a_fresh_one_after_removal(shared: Database) -> None:
    registry = shared.scoped()
    mine = registry()
    assert registry() is mine
    assert mine.info.get("actor") is None
    assert mine.scalars(select(Post)).all() == []
    registry().info["actor"] = SYSTEM
    assert registry.scalars(select(Post)).all()
    others: list[Any] = []

    def elsewhere() -> None:
        others.append(registry())
        registry.remove()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert others[0] is not mine
    registry.remove()
    assert registry() is not mine
    assert registry().info.get("actor") is None
    registry.remove()


def test_a_fork_leaves_the_parents_connections_alone(database: Database) -> None:
    with database.session(SYSTEM) as session:
        assert session.scalars(select(Post)).first()
    assert database.engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    child = os.fork()
    if child == 0:
        fresh = database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]
        os._exit(0 if fresh else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert database.engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    with database.session(SYSTEM) as session:
        assert session.scalars(select(Person)).first()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_addresses_name_the_driver(given: str, used: str) -> None:
    assert driver_url(given) == used


def test_actors_share_statements_and_never_values(shared: Database) -> None:
    """The same statement by two actors: the second finds it compiled, and still sees its own rows."""
    with shared.session(SYSTEM) as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
    said: list[Any] = []
    event.listen(shared.engine, "before_cursor_execute", lambda *args: said.append((args[2], args[3])))
    for code in ("A", "C", "B"):
        with shared.session(holder("subtree", units[code])) as session:
            assert {row.code for row in session.scalars(select(Unit))} >= {code}
            seen = session.scalars(select(Post.code).join(Post.unit)).all()
            assert all(code[0] in {"A", "C", "B", "K"} for code in (name[1:] for name in seen))
            assert f"s{code}" in seen
    about_units = [(statement, str(values)) for statement, values in said if statement.startswith("SELECT unit.code")]
    assert len({statement for statement, _values in about_units}) == 1
    assert len({values for _statement, values in about_units}) == 3


def test_an_engine_that_cannot_be_scoped_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    engine = create_engine(driver_url(url))
    monkeypatch.setattr("models.scoped_sql._criteria_of", lambda _statement: {})
    with pytest.raises(RuntimeError):
        scope_engine(engine)
    engine.dispose()


def test_a_full_join_is_refused_by_the_compiler(shared: Database) -> None:
    units, posts = Unit.__table__, Post.__table__
    statement = select(units.c.id).select_from(units.join(posts, units.c.id == posts.c.unit_id, full=True))
    option = ScopeOption({units: units.c.id > 0})
    with shared.engine.connect() as connection, pytest.raises(Unguarded):
        connection.execute(statement.options(option))


def test_writing_keeps_all_or_nothing(shared: Database) -> None:
    table = Scheme.__table__

    def failing() -> None:
        with writing(shared.engine) as connection:
            connection.execute(table.insert(), {"code": "n", "name": "n"})
            raise ValueError

    with pytest.raises(ValueError):
        failing()
    with shared.session(SYSTEM) as session:
        assert session.scalars(select(Scheme).where(Scheme.code == "n")).all() == []
