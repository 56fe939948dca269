"""Engine and sessions without an application context: one `Database` a process, one session a request or job.

Writers on SQLite begin with `BEGIN IMMEDIATE`.  The driver's own way lets four writers lose two updates of three
without an error; a transaction that reads first and writes later fails with "locked" at once.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, SessionTransaction, scoped_session, sessionmaker

from config.metadata.spec import Metadata
from models.actor import SYSTEM, Actor
from models.clock import Clock
from models.guard import GuardedSession
from models.scoped_sql import scope_engine

WRITES = "plumbline_writes"
"""Execution option of a connection whose transaction is to write."""

_BEGUN = "transaction"
BUSY_MILLISECONDS = 15_000
POOL = {"pool_size": 8, "max_overflow": 24, "pool_timeout": 30}
"""More than a web server's threads: a page may hold a second session for a moment."""


class Database:
    """The database at `url` with what its sessions need: metadata, clock and the key of the audit trail.

    `url`: `sqlite:///file` or `postgresql://…`.  One object a process; threads share it, a fork starts afresh.
    """

    def __init__(self, url: str, metadata: Metadata, clock: Clock, audit_key: bytes) -> None:
        self.url = driver_url(url)
        self.metadata = metadata
        self.clock = clock
        self.audit_key = audit_key
        self.engine = make_engine(url)
        scope_engine(self.engine)
        self._sessions = sessionmaker(
            self.engine,
            class_=GuardedSession,
            info={"metadata": metadata, "clock": clock, "database": self, "audit_key": audit_key},
        )
        _start_afresh_after_fork(self.engine)

    def session(self, actor: Actor | None, **info: Any) -> Session:
        """A session in which `actor` acts (None: sees nothing and writes nothing); use it as a context manager."""
        return self._sessions(info={"actor": actor, **info})

    def scoped(self, scopefunc: Callable[[], Any] | None = None) -> scoped_session[Any]:
        """A registry of sessions, one a thread or one a value of `scopefunc`.

        Whoever uses it sets `session.info["actor"]` at the start of a request and calls `remove()` at its end.
        """
        return scoped_session(self._sessions, scopefunc)

    def dispose(self) -> None:
        """Close the pooled connections; sessions still open keep theirs until they end."""
        self.engine.dispose()


def driver_url(url: str) -> str:
    """`url` with the driver that the platform uses named in it (psycopg 3 for PostgreSQL)."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def make_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """An engine with the settings each database needs.  `foreign_keys`: off only while SQLite tables are rebuilt."""
    parsed = make_url(driver_url(url))
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, **POOL)
        _prepare_sqlite(engine, foreign_keys)
    else:
        engine = create_engine(parsed, **POOL, pool_pre_ping=True, pool_recycle=1800)
    return engine


def _prepare_sqlite(engine: Engine, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _start_afresh_after_fork(engine: Engine) -> None:
    known = weakref.ref(engine)

    def forget() -> None:
        if (inherited := known()) is not None:
            inherited.dispose(close=False)  # the connections belong to the parent

    os.register_at_fork(after_in_child=forget)


def begin_write(session: Session, *, snapshot: bool = False) -> None:
    """Start a writing transaction; what was read before is read again, so that nothing rests on an older state.

    Does nothing within a writing transaction.  `snapshot`: every read sees the same moment (PostgreSQL's repeatable
    read; SQLite's writers always do).  Raises RuntimeError when there are changes that were not flushed.
    """
    if session.info.get(_BEGUN) == "write":
        return
    if session.new or session.deleted or any(session.is_modified(row) for row in session.dirty):
        raise RuntimeError("changes were made before the writing transaction began")
    session.rollback()
    options: dict[str, Any] = {WRITES: True}
    if snapshot and session.get_bind().dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    session.connection(execution_options=options)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a writing transaction, for code that works past the sessions: migrations and the sealer."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


def unscoped(session: Session) -> Session:
    """A session of the system on the same transaction, for checks that must see every row; use it with `with`.

    It sees what `session` has flushed.  Its objects must not reach a view: they are of another identity map, so
    that `session.get` never finds them.
    """
    info = {key: value for key, value in session.info.items() if key in {"metadata", "clock", "database", "audit_key"}}
    return GuardedSession(
        bind=session.connection(), join_transaction_mode="rollback_only", info={**info, "actor": SYSTEM}
    )


@event.listens_for(GuardedSession, "after_begin")
def _note_begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[_BEGUN] = "write" if connection.get_execution_options().get(WRITES) else "read"


@event.listens_for(GuardedSession, "after_transaction_end")
def _note_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_BEGUN, None)


@event.listens_for(GuardedSession, "before_flush")
def _begin_for_flush(session: Session, _context: Any, _instances: Any) -> None:
    """A flush that is the first thing a transaction does begins it as a writer."""
    if session.info.get(_BEGUN) is None:
        session.connection(execution_options={WRITES: True})
