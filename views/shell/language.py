"""Choosing a language: kept on the account of whoever is signed in, and in a cookie for the pages before that."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, request
from flask_babel import refresh
from flask_login import current_user
from werkzeug.wrappers import Response

from models.operations.accounts import choose_language
from views import context
from views.shell.i18n import COOKIE, HTML_CODES, LOCALES, select_language
from views.shell.links import safe_path

blueprint = Blueprint("language", __name__)
YEAR = 365 * 24 * 3600


@blueprint.post("/language/<code>")
def choose(code: str) -> Response:
    """Speak `code` from now on and go back to where the person was."""
    if code not in LOCALES:
        abort(404)
    if current_user.is_authenticated:
        choose_language(context.session(), code)
    refresh()
    response = redirect(safe_path(request.form.get("next")))
    response.set_cookie(
        COOKIE,
        code,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
    )
    return response


def html_code() -> str:
    """What `lang` says in this request's pages."""
    return HTML_CODES[select_language()]
