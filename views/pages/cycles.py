"""Cycles: the list with how far each one is, and the progress of one: who has submitted, who is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models.cycle import Cycle, Form, Participant, Track
from models.operations.context import find
from models.operations.cycles import close_cycle, open_cycle
from models.operations.reports import Completeness, completeness
from views.context import allowed, platform, session
from views.pages.access import guarded, need
from views.pages.form_list import FORM_STATES

blueprint = guarded("cycles")

CYCLE_STATES = {"draft": (_l("In preparation"), ""), "open": (_l("Open"), "ok"), "closed": (_l("Closed"), "brand")}
"""State → its name and the tone of its chip."""


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
    query = select(Cycle).order_by(Cycle.start_on.desc(), Cycle.id.desc()).limit(100).options(selectinload(Cycle.tracks))
    cycles = list(session().scalars(query))
    return render_template("pages/cycles.html", lines=_with_forms(session(), cycles), states=CYCLE_STATES)


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
