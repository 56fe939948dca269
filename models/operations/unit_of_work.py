"""One verb, one transaction: the outermost verb begins it, commits at the end and rolls back on any error."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from config.text import text
from models.db import begin_write
from models.errors import WrongState
from models.operations.constraints import explained
from models.operations.context import RUNNING

P = ParamSpec("P")
R = TypeVar("R")
Verb = Callable[Concatenate[Session, P], R]

CHANGED_MEANWHILE = text(
    "Someone else changed the same records at the same moment; nothing of this step was saved. Try it again.",
    "他人在同一时刻修改了同一批记录，本次操作未保存任何内容。请重试。",
)


def unit_of_work(verb: Verb[P, R]) -> Verb[P, R]:
    """Run `verb` in a writing transaction of its own, or as part of the one that a calling verb began.

    Whatever it raises, nothing it wrote stays.  A broken constraint becomes `Invalid` that names the fields, a row
    changed under the transaction becomes `WrongState`.
    """
    return _wrapped(verb, snapshot=False)


def snapshot_of_work(verb: Verb[P, R]) -> Verb[P, R]:
    """Like `unit_of_work`; everything the verb reads stands as of one moment (scoring)."""
    return _wrapped(verb, snapshot=True)


def _wrapped(verb: Verb[P, R], *, snapshot: bool) -> Verb[P, R]:
    @wraps(verb)
    def wrapper(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if session.info.get(RUNNING):
            return verb(session, *args, **kwargs)
        begin_write(session, snapshot=snapshot)
        session.info[RUNNING] = True
        try:
            result = verb(session, *args, **kwargs)
            session.commit()
        except BaseException as error:
            session.rollback()
            _raise_typed(error)
            raise
        finally:
            session.info.pop(RUNNING, None)
        return result

    return wrapper


def _raise_typed(error: BaseException) -> None:
    if isinstance(error, IntegrityError):
        raise explained(error) from error
    if isinstance(error, StaleDataError) or (isinstance(error, OperationalError) and _is_conflict(error)):
        raise WrongState(CHANGED_MEANWHILE) from error


def _is_conflict(error: OperationalError) -> bool:
    """Two transactions in each other's way: a serialization failure, a deadlock, or a database locked for too long."""
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01"} or "database is locked" in str(error.orig)

