"""Why a score is what it is: every item with its numbers, the rule in words, who entered and who approved."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models.cycle import Participant
from models.operations.context import find
from models.operations.explanations import ExplainedLine, explain_score
from models.result import Run, Total
from models.scheme import Item
from views.context import platform, session
from views.pages.access import guarded
from views.pages.tracks import RUN_STATES
from views.shell.naming import pick_name

blueprint = guarded("explanation")


@blueprint.get("/runs/<int:run_id>/participants/<int:participant_id>")
def show(run_id: int, participant_id: int) -> ResponseReturnValue:
    """Everything behind one participant's total in one run."""
    lines = explain_score(session(), run_id, participant_id, platform().registry)
    run = find(session(), Run, run_id)
    mine = select(Total).where(Total.run_id == run_id, Total.participant_id == participant_id)
    total = session().scalars(mine).one_or_none()
    return render_template(
        "pages/explanation.html",
        run=run,
        participant=find(session(), Participant, participant_id),
        total=total,
        bounded=_is_bounded(total, run.track.scheme_version.decimals),
        lines=lines,
        tops=[line for line in lines if total is not None and line.code in total.top],
        names=item_names(run, lines),
        version=run.track.scheme_version,
        run_states=RUN_STATES,
    )


def _is_bounded(total: Total | None, decimals: int) -> bool:
    """Whether the total is more or less than its parts, because the scheme sets it bounds."""
    if total is None or total.total is None or total.before is None:
        return False
    return abs(total.before + total.bonus - total.deduction - total.total) > 0.51 * 10**-decimals


def item_names(run: Run, lines: list[ExplainedLine]) -> dict[str, str]:
    """Item code → its name in the page's language; as the run names it where the item is out of reach."""
    names = {line.code: line.name for line in lines}
    items = select(Item).where(Item.scheme_version_id == run.track.scheme_version_id)
    return names | {item.code: pick_name(item.name, item.name_en) or item.code for item in session().scalars(items)}
