"""The first gate of our own pages: signed in, and holding the grant that a page asks for."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from models.access import require
from views.context import actor, session
from views.errors import wants_json
from views.shell.links import sign_in_url


def guarded(name: str) -> Blueprint:
    """A blueprint whose pages are for those signed in; others are asked to sign in and come back."""
    blueprint = Blueprint(name, f"views.pages.{name}")
    blueprint.before_request(_ask_to_sign_in)
    return blueprint


def _ask_to_sign_in() -> ResponseReturnValue | None:
    if actor() is not None:
        return None
    if wants_json():
        abort(401)
    asked = request.full_path if request.query_string else request.path
    return redirect(sign_in_url(asked if request.method == "GET" else None))


def need(entity: str, action: str) -> None:
    """Go on only when the actor may do `action` on some row of `entity`; raises NotAllowed."""
    require(session(), entity, action)
