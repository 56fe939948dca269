"""Seals of single audit entries: who has the database but not the key can neither make one up nor repeat one."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC
from typing import Any

SEALED = (
    "at",
    "username",
    "source",
    "address",
    "action",
    "record_entity",
    "record_id",
    "record_label",
    "unit_id",
    "changes",
)
"""What a seal covers: everything that an entry says."""


def sealed(entry: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """The columns of an entry with its `seal`: 32 random digits and the HMAC of these and the content."""
    nonce = secrets.token_hex(16)
    return {**entry, "seal": f"{nonce}:{_content_mac(entry, nonce, key)}"}


def seal_holds(entry: Mapping[str, Any], key: bytes) -> bool:
    """True when the entry says what it said when it was written with `key`."""
    nonce, _, mac = str(entry["seal"]).partition(":")
    return hmac.compare_digest(mac, _content_mac(entry, nonce, key))


def link_mac(key: bytes, before: str, audit_id: int, seal: str) -> str:
    """The link of the chain after the link `before`, for the entry `audit_id` with `seal`."""
    return _mac(key, f"link\n{before}\n{audit_id}\n{seal}")


def _content_mac(entry: Mapping[str, Any], nonce: str, key: bytes) -> str:
    content = {name: entry[name] for name in SEALED}
    content["at"] = content["at"].astimezone(UTC).isoformat(timespec="microseconds")
    written = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _mac(key, f"entry\n{nonce}\n{written}")


def _mac(key: bytes, message: str) -> str:
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
