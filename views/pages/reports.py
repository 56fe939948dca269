"""What can be taken along: the staff roster of a day, the rankings, who has handed in."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.cycle import Cycle, Track
from models.operations.reports import roster
from models.result import Run
from views.context import allowed, platform, session
from views.pages.access import guarded, need
from views.pages.exports import hand_out
from views.pages.roster_workbook import roster_sheet, roster_title
from views.workbooks.rosters import write_roster

blueprint = guarded("reports")
SHOWN = 24


@blueprint.get("/reports/")
def index() -> ResponseReturnValue:
    """The workbooks that the person may take."""
    can = {
        "roster": allowed("appointment", "export"),
        "ranking": allowed("total", "export"),
        "progress": allowed("form", "export") and allowed("cycle", "list"),
    }
    if not any(can.values()):
        need("total", "export")
    runs = select(Run).where(Run.state == "published").order_by(Run.published_at.desc()).limit(SHOWN)
    cycles = select(Cycle).where(Cycle.state != "draft").order_by(Cycle.start_on.desc()).limit(SHOWN)
    return render_template(
        "pages/reports.html",
        can=can,
        today=platform().clock.today(),
        runs=list(session().scalars(runs.options(joinedload(Run.track).joinedload(Track.cycle))).unique()),
        cycles=list(session().scalars(cycles)) if can["progress"] else [],
    )


@blueprint.get("/reports/roster")
def roster_workbook() -> ResponseReturnValue:
    """The staff roster of the day that `on` names, today when it names none."""
    need("appointment", "export")
    clock = platform().clock
    on = _day(request.args.get("on", "")) or clock.today()
    sheet = roster_sheet(roster(session(), on), on, clock.now())
    return hand_out(lambda file: write_roster(sheet, file), roster_title(on), "appointment", None, {"on": on})


def _day(written: str) -> date | None:
    """The day written in ISO form; None when it is none of this or the last century."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2999 else None
