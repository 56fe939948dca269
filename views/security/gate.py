"""What every request passes first: who asks (cookie or token), and whether a change really comes from our pages.

Strangers reach the sign-in page, the token endpoint and static files; everything else asks them to sign in.
"""

from __future__ import annotations

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_jwt_extended import get_current_user, verify_jwt_in_request
from flask_login import current_user

from views.context import platform
from views.errors import wants_json
from views.security.identity import SignedIn

API = "/api/"
TOKEN_ENDPOINTS = frozenset({"TokenApi.login", "TokenApi.refresh"})
"""These look at the credentials in the request themselves."""

OPEN_TO_STRANGERS = frozenset({"SignInView.login", "SignInView.logout", "language.choose"})


def add_gate(app: Flask) -> None:
    """Install the checks on `app`, before anything else runs."""

    @app.before_request
    def enter() -> ResponseReturnValue | None:
        g.actor = None
        if request.endpoint in TOKEN_ENDPOINTS or _is_static():
            return None
        if "\0" in request.full_path or any("\0" in text for text in request.form.values()):
            abort(400)  # no database takes it
        user = _by_token() if _has_token() else _by_cookie()
        if request.method in app.config["WTF_CSRF_METHODS"] and not _has_token():
            if user is None and request.path.startswith(API):
                abort(401)  # a program that brings neither token nor session has no page to reload
            current_app.extensions["csrf"].protect()
        g.actor = user.actor if user else None
        platform().sessions().info.update(actor=g.actor, registry=platform().registry)
        return _to_sign_in() if user is None else None

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


def _to_sign_in() -> ResponseReturnValue | None:
    """Where a stranger is sent; the API answers for itself, and an address that leads nowhere says so."""
    if request.endpoint in OPEN_TO_STRANGERS or request.endpoint is None or request.path.startswith(API):
        return None
    if wants_json():
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("SignInView.login", next=target if target != "/" else None))
