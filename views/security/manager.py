"""Flask-AppBuilder's security manager, answering from our grants; its permission tables are never asked.

What it changes, and why: `has_access` goes by the actor's grants (default deny); sign-ins are bound to the password
and the session epoch; users are plain values, so that no database object outlives its session; none of the
framework's own user, role and permission pages exist.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import request
from flask import session as cookie
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_jwt_extended import JWTManager

from models.account import Account
from models.actor import Actor
from models.operations.accounts import note_failed_sign_in, note_sign_in, sign_out
from views.context import actor, allowed, platform, session
from views.security.identity import SignedIn, credentials_of, signed_in_by_id
from views.security.limits import limit_sign_in
from views.security.own_password import ResetMyPasswordView
from views.security.passwords import password_matches
from views.security.sign_in import SignInView, TokenApi

log = logging.getLogger("plumbline.security")

FOR_EVERYONE_SIGNED_IN = frozenset({ResetMyPasswordView.__name__, "OpenApi", "SwaggerView"})
"""Pages of the framework that need a sign-in but no grant."""

BINDING_CLAIM = "binding"


class PlumblineSecurity(SecurityManager):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """Sign-in, tokens and access checks of the platform."""

    user_model = Account
    authdbview = SignInView
    security_api = TokenApi
    userstatschartview = None

    def register_views(self) -> None:
        """The sign-in page, the token endpoint and the page for one's own password: nothing else."""
        token_api = self.appbuilder.add_api(self.security_api)
        self.auth_view = self.appbuilder.add_view_no_menu(self.authdbview)
        own_password = self.appbuilder.add_view_no_menu(ResetMyPasswordView)
        for view in (self.auth_view, token_api, own_password):
            limit_sign_in(self.limiter, view.blueprint)

    def create_db(self) -> None:
        """Nothing: tables come from the migrations."""

    def create_jwt_manager(self, app: Any) -> JWTManager:
        """Tokens that carry the binding to the password."""
        manager = super().create_jwt_manager(app)

        @manager.additional_claims_loader
        def claims(identity: str) -> dict[str, str]:
            user = self._user(identity)
            return {BINDING_CLAIM: user.binding if user else ""}

        return manager

    def load_user(self, pk: str | int) -> SignedIn | None:
        """The person behind the session cookie, unless the password changed, they signed out or time is up."""
        user = self._user(pk)
        if user is None or cookie.get("binding") != user.binding:
            return None
        age = platform().clock.now().timestamp() - float(cookie.get("since", 0))
        return user if age <= platform().settings.session_hours * 3600 else None

    def load_user_jwt(self, _jwt_header: Any, jwt_data: dict[str, Any]) -> SignedIn | None:
        """The person behind a token, under the same conditions."""
        user = self._user(jwt_data["sub"])
        return user if user is not None and jwt_data.get(BINDING_CLAIM) == user.binding else None

    def get_user_by_id(self, pk: Any) -> SignedIn | None:
        """The sign-in with this id, as a plain value."""
        return self._user(pk)

    def auth_user_db(self, username: str, password: str) -> SignedIn | None:
        """Check name (or e-mail address) and password; both outcomes are audited."""
        found = credentials_of(platform(), username)
        matches = password_matches(found[1] if found else None, password)
        user = self._user(found[0]) if found and matches else None
        who = Actor(username=(user.username if user else username)[:64], source=_source(), address=request.remote_addr)
        if user is not None:
            note_sign_in(platform().database, user.id, who)
        else:
            note_failed_sign_in(platform().database, found[0] if found else None, who)
        return user

    def continue_session(self, user_id: int) -> None:
        """Bind this very browser session to the new password."""
        user = self._user(user_id)
        if user is not None:
            cookie["binding"] = user.binding

    def end_sessions(self) -> None:
        """Sign the actor out of every browser and void every token."""
        sign_out(session())

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the actor's grants include the action; `view_name` is an entity's code."""
        metadata = platform().metadata
        if view_name in metadata.entities:
            return allowed(view_name, permission_name.removeprefix("can_"))
        return view_name in FOR_EVERYONE_SIGNED_IN and self._somebody()

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The framework's menu is not used."""
        return set()

    def _somebody(self) -> bool:
        return actor() is not None

    def _user(self, pk: Any) -> SignedIn | None:
        try:
            user_id = int(pk)
        except (TypeError, ValueError):
            return None
        return signed_in_by_id(platform(), user_id, source=_source(), address=request.remote_addr)


def _source() -> str:
    if request.path.startswith("/api/"):
        return "rest"
    return "console" if request.path.startswith("/console/") else "screen"
