"""How the API answers: typed errors as {"code", "message", "fields"}, versions as an ETag."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, jsonify, make_response
from flask_appbuilder.api import BaseApi

from models.errors import PlumblineError, Stale
from views.errors import error_body

ERROR_SCHEMA = {
    "type": "object",
    "required": ["code", "message", "fields"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_DESCRIBED = {
    "400": "Not understood",
    "401": "No valid token or session",
    "403": "No grant for this",
    "404": "Does not exist, or is out of reach",
    "409": "Stale (with both versions), frozen, or in the wrong state",
    "415": "The body is no JSON",
    "422": "Values that break a rule, by field",
    "429": "Too many attempts",
    "500": "Failed",
}
RESPONSES = {
    status: {"description": told, "content": {"application/json": {"schema": ERROR_SCHEMA}}}
    for status, told in _DESCRIBED.items()
}


class PlainApi(BaseApi):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """Base of the API's classes: cookie or token, errors in one shape."""

    allow_browser_login = True
    responses = RESPONSES


def answering(method: Callable[..., Response]) -> Callable[..., Response]:
    """Turn a typed error of `method` into its answer."""

    @wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Response:
        try:
            return method(self, *args, **kwargs)
        except PlumblineError as error:
            return refusal(error)

    return wrapper


def refusal(error: PlumblineError) -> Response:
    """A typed error as an answer; a stale one carries the version that stands now."""
    response = make_response(jsonify(error_body(error)), error.status)
    if isinstance(error, Stale):
        response.headers["ETag"] = f'"{error.version}"'
    return response


def with_version(response: Response, record: Any) -> Response:
    """`response` with the record's version as its ETag."""
    version = getattr(record, "version", None)
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response
