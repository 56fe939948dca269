"""A run's ranking: totals, grades, moves, who is missing and why; proposed by the groups, published by leadership."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.access import covers
from models.cycle import Track
from models.errors import Invalid, Stale, WrongState
from models.operations.context import find
from models.operations.explanations import ExplainedLine, explain_score, opens_whole
from models.operations.run_changes import run_changes
from models.operations.run_notes import notes_for
from models.operations.scoring import propose_run, publish_run
from models.result import Run
from models.scheme import SchemeVersion
from views.context import actor, allowed, platform, session
from views.pages.access import guarded, need
from views.pages.explanation import item_names
from views.pages.exports import hand_out
from views.pages.paging import page_number, page_of
from views.pages.ranking import Line, RankingPage, read_page
from views.pages.ranking_workbook import ranking_title
from views.pages.run_differences import input_words, items_of
from views.pages.run_workbooks import issue_now, ranking_writer, results_title, results_writer
from views.pages.tracks import RUN_STATES
from views.shell.i18n import say

blueprint = guarded("runs")
SIZE = 200


@blueprint.get("/runs/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """The ranking, with the arithmetic of the participant that `why` names beside it."""
    return _page(_run(run_id))


@blueprint.post("/runs/<int:run_id>/propose")
def propose(run_id: int) -> ResponseReturnValue:
    """Propose the run for publication."""
    try:
        propose_run(session(), run_id, _version())
    except (WrongState, Stale) as refused:
        return _page(_run(run_id), say(refused.text)), refused.status
    flash(_("Proposed. Leadership can publish it now."), "ok")
    return redirect(url_for("runs.show", run_id=run_id))


@blueprint.post("/runs/<int:run_id>/publish")
def publish(run_id: int) -> ResponseReturnValue:
    """Publish the run; the reason is needed when it takes the place of a published one."""
    try:
        publish_run(session(), run_id, _version(), request.form.get("reason"))
    except (Invalid, WrongState, Stale) as refused:
        return _page(_run(run_id), say(refused.text), wrong="reason" in refused.fields), refused.status
    flash(_("Published. Everyone signed in sees the ranking now."), "ok")
    return redirect(url_for("runs.show", run_id=run_id))


@blueprint.get("/runs/<int:run_id>/workbook")
def workbook(run_id: int) -> ResponseReturnValue:
    """The ranking as a workbook."""
    need("total", "export")
    run = _run(run_id)
    write = ranking_writer(session(), run, issue_now(run, platform().clock.now()))
    return hand_out(write, ranking_title(run), "run", run)


@blueprint.get("/runs/<int:run_id>/results.xlsx")
def results(run_id: int) -> ResponseReturnValue:
    """Everything the run found, as a workbook: for those who may see every participant's scores."""
    run = _run(run_id)
    write = results_writer(session(), run, issue_now(run, platform().clock.now()), platform().registry)
    return hand_out(write, results_title(run), "run", run)


def _run(run_id: int) -> Run:
    """The run with what its page needs; NotFound when it is out of reach."""
    need("total", "list")
    query = (
        select(Run)
        .where(Run.id == run_id)
        .options(
            joinedload(Run.track).joinedload(Track.cycle),
            joinedload(Run.track).joinedload(Track.scheme_version).selectinload(SchemeVersion.grade_bands),
        )
    )
    return session().scalars(query).unique().one_or_none() or find(session(), Run, run_id)


def _version() -> int | None:
    """The version of the run that the person has read."""
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _page(run: Run, message: str = "", *, wrong: bool = False) -> str:
    page = read_page(session(), run)
    metadata = platform().metadata
    steps = () if run.is_trial else ("propose", "publish")
    chosen, why = _why(run, page)
    paging = page_of(len(page.lines), page_number(request.args.get("page")), SIZE)
    published = select(Run).where(Run.track_id == run.track_id, Run.state == "published", Run.id != run.id)
    return render_template(
        "pages/ranking.html",
        run=run,
        page=page,
        paging=paging.with_rows(list(page.lines[paging.first : paging.first + SIZE])),
        run_states=RUN_STATES,
        may={step for step in steps if covers(session(), actor(), metadata, run, step)},
        can_export=allowed("total", "export"),
        can_track=allowed("track", "list"),
        notes=notes_for(session(), run) if allowed("run", "list") else (),
        can_results=opens_whole(session(), run),
        can_try=covers(session(), actor(), metadata, run.track, "score"),
        changes=run_changes(session(), run),
        items=items_of(run.track.scheme_version),
        input_words=input_words,
        standing=session().scalars(published).first(),
        chosen=chosen,
        why=why,
        names=item_names(run, why),
        message=message,
        wrong=wrong,
    )


def _why(run: Run, page: RankingPage) -> tuple[Line | None, list[ExplainedLine]]:
    """The participant that the address names, when it may be opened, with its explained items."""
    line = page.line_of(request.args.get("why", ""))
    if line is None:
        return None, []
    return line, explain_score(session(), run.id, line.row.participant_id, platform().registry)
