"""What a program sent: read, and refused in words when it is no JSON object that the database could hold."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from config.text import text
from models.errors import Invalid, PlumblineError
from views.json_body import sent_json

_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?$')
_LARGEST = 2**53
_DEEPEST = 20


class BadRequest(PlumblineError):
    """The request is not written as the API needs it."""


class WrongType(PlumblineError):
    """The body is no JSON."""

    status = 415
    code = "wrong_type"


def read_body(*, optional: bool = False) -> dict[str, Any]:
    """The JSON object of the request; `optional`: an empty body is an empty object."""
    if optional and not request.get_data(cache=True):
        return {}
    if not request.is_json:
        raise WrongType(
            text(
                "Send JSON with the header Content-Type: application/json.",
                "请发送 JSON，并附请求头 Content-Type: application/json。",
            )
        )
    body = sent_json()
    if not isinstance(body, dict) or not _storable(body, _DEEPEST):
        raise BadRequest(text("Send one JSON object of storable values.", "请发送一个 JSON 对象，且其中的值可以保存。"))
    return dict(body)


def version_read(body: dict[str, Any]) -> int | None:
    """The version that the client read, from `If-Match` or `version`; taken out of `body`."""
    given = body.pop("version", None)
    tag = request.headers.get("If-Match")
    if tag is not None:
        found = _TAG.match(tag.strip())
        if found is None:
            raise Invalid(_version_text(), {"version": _version_text()})
        return int(found.group(1))
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        raise Invalid(_version_text(), {"version": _version_text()})
    return given


def _version_text() -> Any:
    return text('A version is a whole number, such as If-Match: "3".', '版本应为整数，例如 If-Match: "3"。')


def _storable(value: Any, depth: int) -> bool:
    """Whether a database can hold `value`: no NUL, no half characters, no endless numbers, not too deep."""
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(_storable(name, depth - 1) and _storable(part, depth - 1) for name, part in value.items())
    if isinstance(value, list):
        return all(_storable(part, depth - 1) for part in value)
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) <= _LARGEST  # false for NaN, too
    return True
