"""How often somebody may try to sign in: by address and by sign-in name, failures only."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from views.json_body import sent_json

BY_ADDRESS = "30 per 5 minutes"
BY_NAME = "10 per 5 minutes"


def note_failure() -> None:
    """This request was a failed sign-in; it counts."""
    g.sign_in_failed = True


def limit_sign_in(limiter: Limiter, blueprint: Blueprint) -> None:
    """Limit the POST requests of `blueprint`; its form and the token endpoint share their counters."""
    for rule, key in ((BY_ADDRESS, get_remote_address), (BY_NAME, _name_tried)):
        limiter.shared_limit(
            rule,
            scope=f"sign-in {key.__name__}",
            key_func=key,
            methods=["POST"],
            deduct_when=_failed,
        )(blueprint)


def _failed(response: Response) -> bool:
    return bool(g.get("sign_in_failed", False))


def _name_tried() -> str:
    body = sent_json() if request.is_json else None
    name = body.get("username") if isinstance(body, dict) else request.form.get("username")
    return f"{name}".strip().lower()[:128]
