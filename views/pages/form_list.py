"""The list of forms: which cycle, which state, how far, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from models.cycle import Cycle, Form, Participant, Track
from views.pages.paging import Page, page_number, page_of

FORM_STATES: dict[str, tuple[Any, str]] = {
    "draft": (lazy_gettext("To fill in"), ""),
    "submitted": (lazy_gettext("Submitted"), "brand"),
    "returned": (lazy_gettext("Returned"), "warn"),
    "approved": (lazy_gettext("Approved"), "ok"),
}
"""State → its name and the tone of its chip."""

SIZE = 50


@dataclass(frozen=True, slots=True)
class FormList:
    """One page of forms, the cycles that can be chosen, and what was chosen."""

    forms: Page
    cycles: list[Cycle]
    cycle_id: int | None
    state: str
    words: str


def list_page(session: Session, asked: Mapping[str, str]) -> FormList:
    """The forms that `asked` (cycle, state, q, page) asks for; without a cycle: those of open cycles, else all."""
    cycles = list(
        session.scalars(select(Cycle).where(Cycle.state != "draft").order_by(Cycle.start_on.desc()).limit(40))
    )
    cycle_id = _chosen(cycles, asked.get("cycle", ""))
    state = asked.get("state", "")
    words = asked.get("q", "").strip()[:80]
    query = _narrow(_all_forms(), cycle_id, state if state in FORM_STATES else "", words)
    total = session.scalar(query.with_only_columns(func.count(Form.id))) or 0
    page = page_of(total, page_number(asked.get("page")), SIZE)
    ordered = query.order_by(Cycle.end_on.desc(), Track.id, Participant.code).limit(SIZE).offset(page.first)
    shown = contains_eager(Form.participant), contains_eager(Form.track).contains_eager(Track.cycle)
    rows = session.scalars(ordered.options(*shown)).unique()
    return FormList(page.with_rows(list(rows)), cycles, cycle_id, state, words)


def _chosen(cycles: list[Cycle], asked: str) -> int | None:
    known = {str(cycle.id): cycle.id for cycle in cycles}
    if asked:
        return known.get(asked)
    return next((cycle.id for cycle in cycles if cycle.state == "open"), None)


def _all_forms() -> Select[Any]:
    return (
        select(Form)
        .join(Participant, Participant.id == Form.participant_id)
        .join(Track, Track.id == Form.track_id)
        .join(Cycle, Cycle.id == Track.cycle_id)
    )


def _narrow(query: Select[Any], cycle_id: int | None, state: str, words: str) -> Select[Any]:
    if cycle_id is not None:
        query = query.where(Cycle.id == cycle_id)
    if state:
        query = query.where(Form.state == state)
    if words:
        query = query.where(
            Participant.code.icontains(words, autoescape=True)
            | Participant.name.icontains(words, autoescape=True)
            | Participant.name_en.icontains(words, autoescape=True)
        )
    return query
