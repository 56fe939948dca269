"""Addresses of pages that the frameworks draw, and addresses that may be gone back to."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import request

from config.metadata.spec import EntitySpec


def list_url(spec: EntitySpec) -> str:
    """The address of an entity's list."""
    if spec.tool == "console":
        return f"{request.script_root}/console/{spec.entity}/"
    return f"{request.script_root}/{spec.entity}/list/"


def record_url(spec: EntitySpec, record_id: int) -> str | None:
    """The address of one record's page; None when the entity has pages of our own only."""
    if spec.tool == "console":
        return f"{request.script_root}/console/{spec.entity}/details/?id={record_id}"
    if spec.tool == "register":
        return f"{request.script_root}/{spec.entity}/show/{record_id}"
    return None


def sign_in_url(back_to: str | None) -> str:
    """The sign-in page, from which one comes back to `back_to` (a path below this application)."""
    base = f"{request.script_root}/login/"
    return f"{base}?{urlencode({'next': request.script_root + back_to})}" if back_to else base


def safe_path(wanted: str | None, default: str | None = None) -> str:
    """`wanted` when it is a path of this very site, else `default` (the home page): no redirect leads outward."""
    home = default or f"{request.script_root}/"
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or "\\" in wanted:
        return home
    parts = urlsplit(wanted)
    return home if parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in wanted) else wanted
