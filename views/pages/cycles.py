"""Cycles: the list with how far each one is, and the progress of one: who has submitted, who is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models.cycle import Cycle, Form, Track
from models.operations.context import find
from models.operations.reports import FormRow, completeness
from views.context import allowed, platform, session
from views.pages.access import guarded, need
from views.pages.completeness_workbook import completeness_columns, completeness_title, completeness_values
from views.pages.exports import hand_out
from views.pages.form_list import FORM_STATES
from views.pages.paging import page_number, page_of
from views.shell.i18n import language
from views.shell.links import record_url
from views.workbooks.registers import write_register

blueprint = guarded("cycles")

CYCLE_STATES = {
    "draft": (lazy_gettext("In preparation"), ""),
    "open": (lazy_gettext("Open"), "ok"),
    "closed": (lazy_gettext("Closed"), "brand"),
}
"""State → its name and the tone of its chip."""

SIZE = 100


@dataclass(slots=True)
class CycleLine:
    """A cycle with how many forms stand in which state."""

    cycle: Cycle
    forms: dict[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many forms there are."""
        return sum(self.forms.values())

    @property
    def approved(self) -> int:
        """How many count already."""
        return self.forms.get("approved", 0)


@blueprint.get("/cycles/")
def index() -> ResponseReturnValue:
    """All cycles within reach, the newest first."""
    need("cycle", "show")
    query = (
        select(Cycle).order_by(Cycle.start_on.desc(), Cycle.id.desc()).limit(100).options(selectinload(Cycle.tracks))
    )
    cycles = list(session().scalars(query))
    return render_template(
        "pages/cycles.html",
        lines=_with_forms(session(), cycles),
        states=CYCLE_STATES,
        can_track=allowed("track", "list"),
    )


def _with_forms(session: Session, cycles: Iterable[Cycle]) -> list[CycleLine]:
    lines = {cycle.id: CycleLine(cycle) for cycle in cycles}
    counts = (
        select(Track.cycle_id, Form.state, func.count())
        .select_from(Form)
        .join(Track, Track.id == Form.track_id)
        .where(Track.cycle_id.in_(lines))
        .group_by(Track.cycle_id, Form.state)
    )
    for cycle_id, state, count in session.execute(counts):
        lines[cycle_id].forms[state] = count
    return list(lines.values())


@blueprint.get("/cycles/<int:cycle_id>/progress")
def progress(cycle_id: int) -> ResponseReturnValue:
    """Who has submitted, who is late, how much is filled; narrowed by track and state."""
    need("form", "list")
    cycle = find(session(), Cycle, cycle_id)
    rows = completeness(session(), cycle_id)
    shown = _narrowed(rows)
    page = page_of(len(shown), page_number(request.args.get("page")), SIZE)
    counts = {state: sum(row.state == state for row in rows) for state in FORM_STATES}
    return render_template(
        "pages/progress.html",
        cycle=cycle,
        page=page.with_rows(shown[page.first : page.first + SIZE]),
        counts=counts,
        late=sum(row.late for row in rows),
        asked=len(rows),
        states=FORM_STATES,
        cycle_states=CYCLE_STATES,
        chosen_state=request.args.get("state", ""),
        chosen_track=request.args.get("track", ""),
        can_track=allowed("track", "list"),
        can_export=allowed("form", "export"),
        cycle_url=record_url(platform().metadata.entities["cycle"], cycle.id) if allowed("cycle", "list") else None,
    )


@blueprint.get("/cycles/<int:cycle_id>/progress/workbook")
def workbook(cycle_id: int) -> ResponseReturnValue:
    """The same rows as a workbook."""
    need("form", "export")
    cycle = find(session(), Cycle, cycle_id)
    rows = [completeness_values(row) for row in _narrowed(completeness(session(), cycle_id))]
    title, columns = completeness_title(cycle), completeness_columns()
    now, speech = platform().clock.now(), language()
    return hand_out(
        lambda file: write_register(
            columns, rows, file, sheet="progress", title=title, generated_at=now, language=speech
        ),
        title,
        "cycle",
        cycle,
    )


def _narrowed(rows: list[FormRow]) -> list[FormRow]:
    """The rows that the address asks for: `state` (or `late`) and `track`."""
    state, track = request.args.get("state", ""), request.args.get("track", "")
    return [
        row
        for row in rows
        if (not state or (row.late if state == "late" else row.state == state))
        and (not track or str(row.track_id) == track)
    ]
