"""Settings that an administrator changes on screen, in contrast to those of the environment."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record, Versioned


class Setting(Record, Versioned):
    """One setting by its code; the value is text, typed by the catalogue in `config.site`."""

    __tablename__ = "setting"
    entity = "setting"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    value: Mapped[str] = mapped_column(Text, default="")


class Upload(Record):
    """A file that a person handed in for an import, kept outside the web root between the check and the commit."""

    __tablename__ = "upload"
    entity = "upload"

    username: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
