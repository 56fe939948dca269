"""Finds one record for a page, or says that there is none within reach."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from models.access import covers
from models.denial import not_allowed
from models.specs import MergedSpec
from views.context import actor, platform, session
from views.errors import missing

LARGEST_ID = 2**31 - 1


def find_record(spec: MergedSpec, record_id: Any, action: str = "show") -> Any:
    """The record with this id; NotFound when there is none within reach, NotAllowed when `action` is not."""
    number = record_number(str(record_id))
    if number is None:
        return missing(None)
    record = missing(session().scalars(select(spec.model).where(spec.model.id == number)).one_or_none())
    if action != "show" and not covers(session(), actor(), platform().metadata, record, action):
        raise not_allowed(platform().metadata, spec.entity, action)
    return record


def record_number(text: str) -> int | None:
    """The id that `text` writes; None when no database could hold it."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    return number if 0 < number <= LARGEST_ID else None
