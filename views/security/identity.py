"""The signed-in person as requests carry it: a plain value, found anew for every request, bound to the password.

A session cookie and a token both carry `binding`, a digest over the password's hash and the session epoch.  A new
password, or signing out, changes the digest, so cookies and tokens handed out before are worth nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from flask_login import UserMixin
from sqlalchemy import ColumnElement, func, select

from models.access import load_actor
from models.account import Account
from models.actor import SYSTEM, Actor
from views.context import Platform


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login is untyped
    """A sign-in that is in force.  `binding`: what a cookie or token must carry; `actor`: who acts by it."""

    id: int
    username: str
    first_name: str
    last_name: str
    language: str | None
    binding: str
    actor: Actor

    @property
    def full_name(self) -> str:
        """The name to show."""
        return (
            f"{self.last_name}{self.first_name}"
            if not self.last_name.isascii()
            else (f"{self.first_name} {self.last_name}".strip())
        )


def binding_of(account: Account, secret: str) -> str:
    """The digest that ties a session or token to the account's password and session epoch."""
    content = f"{account.id}:{account.password}:{account.session_epoch}"
    return hmac.new(secret.encode(), content.encode(), hashlib.sha256).hexdigest()


def signed_in_by_id(platform: Platform, user_id: int, *, source: str, address: str | None) -> SignedIn | None:
    """The active sign-in with this id, or None."""
    return _signed_in(platform, Account.id == user_id, source, address)


def _signed_in(platform: Platform, condition: ColumnElement[bool], source: str, address: str | None) -> SignedIn | None:
    with platform.database.session(SYSTEM) as session:
        account = session.scalars(select(Account).where(condition)).one_or_none()
        if account is None or not account.active:
            return None
        language = account.language or platform.settings.default_language
        actor = load_actor(
            session,
            account.id,
            source=source,
            address=address,
            language=language,
            on=platform.clock.today(),
        )
        return SignedIn(
            id=account.id,
            username=account.username,
            first_name=account.first_name,
            last_name=account.last_name,
            language=account.language,
            binding=binding_of(account, platform.settings.secret_key),
            actor=actor,
        )


def credentials_of(platform: Platform, name: str) -> tuple[int, str | None] | None:
    """Id and password hash of the active sign-in called `name` (or with that e-mail address), or None."""
    with platform.database.session(SYSTEM) as session:
        for condition in (Account.username == name, func.lower(Account.email) == name.lower()):
            row = session.execute(select(Account.id, Account.password, Account.active).where(condition)).one_or_none()
            if row is not None:
                return (row.id, row.password) if row.active else None
    return None
