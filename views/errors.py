"""The one place where errors become answers: a page in the shell, or JSON {"code", "message", "fields"}."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from config.text import Text
from models.errors import NotFound, PlumblineError, Stale
from models.errors import Refused as RefusedError
from views.context import platform

log = logging.getLogger("plumbline.errors")

_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "wrong_method",
    409: "conflict",
    413: "too_large",
    415: "wrong_type",
    422: "invalid",
    429: "too_many",
}


def register_errors(app: Flask) -> None:
    """Answer every error of `app` in one manner."""
    app.register_error_handler(PlumblineError, _typed)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)
    app.after_request(_normalize)


def say(value: Any) -> str:
    """`value` (a `Text` or anything else) in the language of this request."""
    return value.in_language(str(get_locale())) if isinstance(value, Text) else str(value)


def wants_json() -> bool:
    """Whether whoever asked is a program and not a person before a page."""
    if request.path.startswith("/api/") or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" and not request.accept_mimetypes.accept_html


def error_body(error: PlumblineError) -> dict[str, Any]:
    """What a program is told of a typed error."""
    body: dict[str, Any] = {
        "code": error.code,
        "message": say(error.text),
        "fields": {name: say(problem) for name, problem in error.fields.items()},
    }
    if isinstance(error, Stale):
        body |= {"version": error.version, "theirs": error.theirs, "yours": error.yours}
    if isinstance(error, RefusedError):
        body["findings"] = [say(getattr(finding, "text", finding)) for finding in error.findings]
    return body


def error_message(status: int) -> str:
    """The sentence for an error that carries none of its own."""
    sentences = {
        401: _("Please sign in first."),
        403: _("Your role does not include this."),
        404: _("This does not exist, or is outside your reach."),
        405: _("This address does not take that kind of request."),
        413: _("The file is too large. The limit is %(limit)s MB.", limit=platform().settings.max_upload_mb),
        415: _("Send JSON with the header Content-Type: application/json."),
        422: _("Some values cannot be taken as they are."),
        429: _("Too many attempts. Please wait a few minutes and try again."),
    }
    return sentences.get(status) or _("The request cannot be understood as it stands.")


def _typed(error: PlumblineError) -> ResponseReturnValue:
    if wants_json():
        return jsonify(error_body(error)), error.status
    findings = [say(getattr(finding, "text", finding)) for finding in getattr(error, "findings", [])]
    return error_page(error.status, say(error.text), [*map(say, error.fields.values()), *findings])


def _csrf(error: CSRFError) -> ResponseReturnValue:
    message = _("This page was open for too long, or comes from an older session. Reload it and try again.")
    return _answer(400, message, code="csrf")


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    if status >= 500:
        return _unknown(error)
    return _answer(status, error_message(status))


def _unknown(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4).upper()
    log.error("%s %s failed, reference %s", request.method, request.path, reference, exc_info=error)
    message = _("Something went wrong here and was noted. If you report it, quote %(reference)s.", reference=reference)
    return _answer(500, message, code="failed")


def _answer(status: int, message: str, code: str | None = None) -> ResponseReturnValue:
    if wants_json():
        return jsonify(code=code or _CODES.get(status, "error"), message=message, fields={}), status
    try:
        return error_page(status, message)
    except Exception:  # a host that is not ours, or the shell itself is what failed
        log.warning("no page for status %s", status, exc_info=True)
        return message, status, {"Content-Type": "text/plain; charset=utf-8"}


def error_page(status: int, message: str, details: list[str] | None = None) -> ResponseReturnValue:
    """An error as a page in the shell; `details`: further sentences."""
    return render_template("shell/error.html", status=status, message=message, details=details or []), status


def _normalize(response: Response) -> Response:
    """Give the frameworks' own JSON errors the same shape as ours."""
    if response.status_code < 400 or not request.path.startswith("/api/") or not response.is_json:
        return response
    body = response.get_json(silent=True)
    if isinstance(body, dict) and {"code", "message", "fields"} <= body.keys():
        return response
    status = 401 if response.status_code == 422 and isinstance(body, dict) and "msg" in body else response.status_code
    fields = _field_messages(body.get("message") if isinstance(body, dict) else None)
    replaced = jsonify(code=_CODES.get(status, "error"), message=error_message(status), fields=fields)
    response.set_data(replaced.get_data())
    response.status_code = status
    return response


def _field_messages(message: Any) -> dict[str, str]:
    if not isinstance(message, dict):
        return {}
    return {
        str(name): "; ".join(map(str, found)) if isinstance(found, list) else str(found)
        for name, found in message.items()
    }


def missing(row: Any) -> Any:
    """`row`, or NotFound when there is none within reach."""
    if row is None:
        raise NotFound(Text("This does not exist, or is outside your reach.", "此内容不存在，或超出您的权限范围。"))
    return row
