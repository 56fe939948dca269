"""The audit trail: what was done, by whom, field by field, and the seals that chain it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record, UtcDateTime


class AuditEntry(Record):
    """One thing that was done.  `action`: insert, update, delete, sign_in, sign_in_failed, sign_out, export, read, or a
    verb (`form.submit`); `changes`: field → [before, after]; `source`: screen, console, rest, command, job, system."""

    __tablename__ = "audit"
    entity = "audit"
    __table_args__ = (Index("ix_audit_record", "record_entity", "record_id"),)

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


class AuditSeal(Record):
    """The link of the chain that covers one audit entry: HMAC over the link before it and the entry's content."""

    __tablename__ = "audit_seal"
    entity = "audit_seal"

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), unique=True)
    mac: Mapped[str] = mapped_column(String(64))
