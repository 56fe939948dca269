"""The JSON of a request, whatever somebody sent in its place."""

from __future__ import annotations

from typing import Any

from flask import request


def sent_json() -> Any:
    """The parsed body; None when it is no JSON, is not said to be, or is nested deeper than can be read."""
    try:
        return request.get_json(silent=True)
    except (RecursionError, ValueError):
        return None
