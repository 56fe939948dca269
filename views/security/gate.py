"""What every request passes first: who asks (cookie or token), and whether a change really comes from our pages."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from flask_jwt_extended import get_current_user, verify_jwt_in_request
from flask_login import current_user

from views.context import platform
from views.security.identity import SignedIn

API = "/api/"
TOKEN_ENDPOINTS = frozenset({"TokenApi.login", "TokenApi.refresh"})
"""These look at the credentials in the request themselves."""


def add_gate(app: Flask) -> None:
    """Install the checks on `app`, before anything else runs."""

    @app.before_request
    def enter() -> None:
        g.actor = None
        if request.endpoint in TOKEN_ENDPOINTS or _is_static():
            return
        user = _by_token() if _has_token() else _by_cookie()
        if request.method in app.config["WTF_CSRF_METHODS"] and not _has_token():
            current_app.extensions["csrf"].protect()
        g.actor = user.actor if user else None
        platform().sessions().info["actor"] = g.actor

    @app.teardown_appcontext
    def leave(_error: BaseException | None) -> None:
        platform().sessions.remove()


def _is_static() -> bool:
    return bool(request.endpoint) and str(request.endpoint).endswith("static")


def _has_token() -> bool:
    """Whether the request stands on a token alone: a browser never sends this header by itself."""
    return request.path.startswith(API) and "Authorization" in request.headers


def _by_token() -> SignedIn | None:
    verify_jwt_in_request()
    user: SignedIn | None = get_current_user()
    return user


def _by_cookie() -> SignedIn | None:
    return current_user._get_current_object() if current_user.is_authenticated else None
