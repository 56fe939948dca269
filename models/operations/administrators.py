"""Never nobody: whoever changes sign-ins or grants leaves an administrator behind who can change them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.text import text
from models.account import Account, Grant
from models.db import unscoped
from models.errors import WrongState
from models.operations.context import actor_of, today_of

ADMINISTRATOR = "admin"
CONCERNED = frozenset({"user", "grant"})


@contextmanager
def keeping_an_administrator(session: Session, entity: str) -> Iterator[None]:
    """What is flushed within must not take the last administrator away; raises WrongState when it does.

    The system may do so: the shell repairs what it breaks.
    """
    watched = entity in CONCERNED and not actor_of(session).is_system and _has_one(session)
    yield
    if watched and not _has_one(session):
        raise WrongState(
            text(
                "This would leave the platform without an administrator; appoint another one first.",
                "此操作将使平台没有管理员；请先指定另一位管理员。",
            )
        )


def _has_one(session: Session) -> bool:
    """Whether an active sign-in holds the role today."""
    on = today_of(session)
    query = (
        select(Grant.id)
        .join(Account, Account.id == Grant.user_id)
        .where(
            Grant.role == ADMINISTRATOR,
            Account.active.is_(True),
            or_(Grant.starts_on.is_(None), Grant.starts_on <= on),
            or_(Grant.ends_on.is_(None), Grant.ends_on >= on),
        )
    )
    with unscoped(session) as everything:
        return everything.scalar(query.limit(1)) is not None
