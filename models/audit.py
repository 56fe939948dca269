"""The audit trail: what was done, by whom, field by field, and the seals that chain it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record, UtcDateTime


class AuditEntry(Record):
    """One thing that was done.  `action`: insert, update, delete, sign_in, sign_in_failed, sign_out, export, read, or a
    verb (`form.submit`); `changes`: field → [before, after]; `source`: screen, console, rest, command, job, system.

    A reference in `changes` is `{"id": …, "label": …}`.  `seal`: a random part and the HMAC of the content, so that an
    entry can neither be made up nor repeated by someone who has the database alone; ids are never used twice.
    """

    __tablename__ = "audit"
    entity = "audit"
    __table_args__ = (Index("ix_audit_record", "record_entity", "record_id"), {"sqlite_autoincrement": True})

    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    username: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(10))
    address: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(40))
    record_entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int | None]
    record_label: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int | None] = mapped_column(index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seal: Mapped[str] = mapped_column(String(97), unique=True)


class AuditSeal(Record):
    """The link of the chain that covers one audit entry: HMAC over the link before it and the entry's content."""

    __tablename__ = "audit_seal"
    entity = "audit_seal"
    __table_args__ = {"sqlite_autoincrement": True}

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), unique=True)
    mac: Mapped[str] = mapped_column(String(64))
