"""Things that change no record and are kept in the audit trail all the same: what left the platform as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.guard import record_event
from models.operations.unit_of_work import unit_of_work


@unit_of_work
def note_export(session: Session, entity: str, row: Any = None, changes: Mapping[str, Any] | None = None) -> None:
    """Write down that the actor took `entity` (or its record `row`) out as a file; `changes`: what else is worth it."""
    record_event(session, "export", entity, row, changes)
