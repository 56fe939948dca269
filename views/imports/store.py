"""Keeps a file that somebody handed in between its check and its import: outside the web root, bound to that person."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.actor import Actor
from models.errors import Invalid, NotFound
from models.operations.unit_of_work import unit_of_work
from models.setting import Upload

KEPT = timedelta(days=2)
LONGEST_NAME = 200


def keep_file(session: Session, folder: Path, name: str, content: bytes) -> Upload:
    """Store `content` under a random name and note whose it is."""
    if not content:
        raise Invalid(text("The file is empty.", "文件为空。"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stored_as = secrets.token_hex(16)
    handle = os.open(folder / stored_as, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return _note(session, name, content, stored_as)


@unit_of_work
def _note(session: Session, name: str, content: bytes, stored_as: str) -> Upload:
    actor: Actor = session.info["actor"]
    upload = Upload(
        username=actor.username,
        name=Path(name.replace("\\", "/")).name[-LONGEST_NAME:] or "file",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        stored_as=stored_as,
    )
    session.add(upload)
    session.flush()
    return upload


def find_file(session: Session, folder: Path, upload_id: int) -> tuple[Upload, bytes]:
    """The actor's own file; NotFound when it is somebody else's, gone or not what was handed in."""
    upload = session.scalars(select(Upload).where(Upload.id == upload_id)).one_or_none()
    path = folder / upload.stored_as if upload is not None else None
    if upload is None or path is None or not path.is_file():
        raise NotFound(text("This file is no longer kept. Hand it in again.", "该文件已不再保留，请重新上传。"))
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        raise NotFound(
            text("This file was changed on the server. Hand it in again.", "服务器上的文件已被改动，请重新上传。")
        )
    return upload, content


def drop_file(session: Session, folder: Path, upload: Upload) -> None:
    """Forget a file: the row first, the file once that is committed."""
    stored_as = upload.stored_as
    _forget(session, upload)
    (folder / stored_as).unlink(missing_ok=True)


@unit_of_work
def _forget(session: Session, upload: Upload) -> None:
    session.delete(upload)


def clear_old(folder: Path, now: float) -> None:
    """Remove files that nobody came back for."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_file() and now - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink(missing_ok=True)
