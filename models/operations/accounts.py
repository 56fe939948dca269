"""Sign-ins: made with their first grants, given passwords, signed out.  Hashing is the caller's; no password is read here.

What people do to their own sign-in needs no grant: it is written in a session of its own, in their name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy.orm import Session

from config.text import text
from models.access import require
from models.account import Account
from models.actor import Actor
from models.db import Database, begin_write
from models.errors import NotFound
from models.guard import record_event
from models.operations.context import actor_of, find, require_version
from models.operations.records import save_record
from models.operations.unit_of_work import unit_of_work


@unit_of_work
def create_account(
    session: Session, values: Mapping[str, Any], password_hash: str, grants: Sequence[Mapping[str, Any]] = ()
) -> Account:
    """Add a sign-in with its password and grants, all or nothing.

    `values`: fields of `user`; `grants`: fields of `grant`, but for the user.  Raises Invalid with the fields of either.
    """
    account: Account = save_record(session, "user", None, values, None)
    account.password = password_hash
    session.flush()
    for grant in grants:
        save_record(session, "grant", None, {**grant, "user": account.id}, None)
    return account


@unit_of_work
def change_account(
    session: Session, user_id: int, values: Mapping[str, Any], version: int | None, password_hash: str | None = None
) -> Account:
    """Change the fields of a sign-in and, when one is given, its password, all or nothing."""
    account: Account = save_record(session, "user", user_id, values, version)
    return set_password(session, user_id, password_hash, account.version) if password_hash else account


@unit_of_work
def set_password(session: Session, user_id: int, password_hash: str, version: int | None) -> Account:
    """Give somebody a new password; their sessions and tokens end.  Raises Stale, NotAllowed, NotFound."""
    account = find(session, Account, user_id)
    require(session, "user", "edit", account)
    require_version(account, version)
    account.password = password_hash
    account.session_epoch += 1
    session.flush()
    return account


def set_own_password(session: Session, password_hash: str) -> None:
    """Give the actor a new password; all other sessions and tokens end."""
    with _own_account(session) as (_, account):
        account.password = password_hash
        account.session_epoch += 1


def choose_language(session: Session, language: str) -> None:
    """Keep the language (`en`, `zh_Hans`) that the actor chose."""
    with _own_account(session) as (_, account):
        account.language = language


def sign_out(session: Session) -> None:
    """End every session and token of the actor, and write it to the audit trail."""
    with _own_account(session) as (own, account):
        account.session_epoch += 1
        own.flush()
        record_event(own, "sign_out", "user", account)


def note_sign_in(database: Database, user_id: int, actor: Actor) -> None:
    """Keep when somebody signed in, and write it to the audit trail."""
    with database.session(replace(actor, is_system=True)) as session:
        begin_write(session)
        account = _account(session, user_id)
        account.last_login = database.clock.now().astimezone(UTC).replace(tzinfo=None)  # the column knows no zone
        account.login_count = (account.login_count or 0) + 1
        account.fail_login_count = 0
        record_event(session, "sign_in", "user", account)
        session.commit()


def note_failed_sign_in(database: Database, user_id: int | None, actor: Actor) -> None:
    """Write to the audit trail that somebody tried; `user_id`: the sign-in they tried, None when there is no such."""
    with database.session(replace(actor, is_system=True)) as session:
        begin_write(session)
        account = session.get(Account, user_id) if user_id is not None else None
        if account is not None:
            account.fail_login_count = (account.fail_login_count or 0) + 1
        record_event(session, "sign_in_failed", "user", account)
        session.commit()


@contextmanager
def _own_account(session: Session) -> Iterator[tuple[Session, Account]]:
    """The actor's own sign-in in a writing session of its own, committed when nothing is raised."""
    actor = actor_of(session)
    database: Database = session.info["database"]
    with database.session(replace(actor, is_system=True)) as own:
        begin_write(own)
        yield own, _account(own, actor.user_id)
        own.commit()


def _account(session: Session, user_id: int | None) -> Account:
    account = session.get(Account, user_id) if user_id is not None else None
    if account is None:
        raise NotFound(text("There is no such sign-in.", "没有此登录账号。"))
    return account
