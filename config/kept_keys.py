"""Secret keys that an embedded installation makes for itself once and keeps beside its database."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

KEY_BYTES = 32


def kept_key(path: Path) -> str:
    """The key in the file `path`; made at random, readable by its owner only, when there is none yet.

    Processes that start at the same time all get the same key.  Raises OSError when the folder cannot be written.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _place_once(path, secrets.token_hex(KEY_BYTES))
    if path.stat().st_mode & 0o077:  # copied from elsewhere: close it again
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def _place_once(path: Path, key: str) -> None:
    """Write `key` to `path` whole or not at all; whoever comes second leaves the first key in place."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
