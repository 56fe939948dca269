"""The guard on every session: row scope on reading, grants, frozen records and the audit trail on writing.

It stands below screens, console, REST, imports, jobs and commands.  Permission checks at those doors come first and
speak friendlier; whatever gets past them ends here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from models import guard_reads, guard_writes
from models.access import reaches, require
from models.audit_trail import Record, take_notes, write_records
from models.guard_state import Verb, acting, guard_state
from models.ownership import ownership
from models.scoped_sql import Unguarded

__all__ = ["GuardedSession", "record_event", "require", "verb"]


class GuardedSession(Session):
    """The only kind of session that may read and write our records."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Unguarded("bulk writes go through models.bulk")

    bulk_save_objects = _refuse
    bulk_insert_mappings = _refuse
    bulk_update_mappings = _refuse


@contextmanager
def verb(
    session: Session,
    action: str,
    row: Any = None,
    *,
    writes: Iterable[str] = (),
    thaws: Mapping[str, Iterable[str]] | None = None,
) -> Iterator[None]:
    """Do `action` (`form.submit`) on `row`: requires its grant, then lets the entities `writes` be written.

    What may be written lies within the reach of the grants that give the verb; the audit trail names it as the action.
    `thaws`: entity → columns that may change although the row is frozen.  Everything is flushed before and after, so
    that nothing else passes under the verb's name.  Raises NotAllowed.
    """
    entity, _, step = action.partition(".")
    session.flush()
    require(session, entity, step, row)
    actor, metadata = acting(session)
    frozen_columns = {name: frozenset(columns) for name, columns in (thaws or {}).items()}
    state = guard_state(session)
    state.verbs.append(Verb(action, reaches(actor, metadata, entity, step), frozenset(writes), frozen_columns))
    try:
        yield
        session.flush()
    finally:
        state.verbs.pop()


def record_event(
    session: Session,
    action: str,
    entity: str,
    row: Any = None,
    changes: Mapping[str, Any] | None = None,
    *,
    username: str | None = None,
    address: str | None = None,
    label: str = "",
) -> None:
    """Write to the audit trail what changes no record: sign-ins, exports, reading of personal results.

    Part of the session's transaction, so commit it.  `username`, `address`: when they are not the actor's (a failed
    sign-in); `changes`: anything worth keeping, by name.
    """
    session.flush()
    owner = ownership(type(row)).unit if row is not None else None
    record = Record(action, entity, getattr(row, "id", None), dict(changes or {}), label=label)
    record.username, record.address = username, address
    record.unit_id = getattr(row, owner) if owner else None
    write_records(session, session.connection(), [record])


@event.listens_for(GuardedSession, "do_orm_execute")
def _on_execute(state: ORMExecuteState) -> None:
    guard_reads.scope(state)


@event.listens_for(GuardedSession, "after_flush")
def _on_flush(session: Session, _context: UOWTransaction) -> None:
    guard_state(session).forget()
    if records := take_notes(session):
        write_records(session, session.connection(), records)


@event.listens_for(GuardedSession, "after_soft_rollback")
def _on_rollback(session: Session, _transaction: SessionTransaction) -> None:
    """Of a savepoint too: what a failed flush noted did not happen."""
    guard_state(session).forget()
    take_notes(session)


for _moment, _handler in guard_writes.HANDLERS.items():
    _hook: Callable[..., Any] = _handler
    for _base in guard_writes.GUARDED:
        event.listen(_base, _moment, _hook, propagate=True)
