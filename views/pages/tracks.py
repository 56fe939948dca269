"""A track: its participants, how complete it is, its scoring runs; scoring is started here."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import func, select

from models.access import covers
from models.cycle import Form, Participant, Track
from models.errors import Invalid, NotFound, Refused
from models.operations.context import find
from models.operations.scoring import run_scoring
from models.operations.warnings import RunWarning, answer_warning, list_warnings
from models.result import Run
from views.context import actor, platform, session
from views.pages.access import guarded, need
from views.pages.form_list import FORM_STATES
from views.shell.i18n import say
from views.shell.links import record_url

blueprint = guarded("tracks")

RUN_STATES: dict[str, tuple[Any, str]] = {
    "draft": (lazy_gettext("Draft"), ""),
    "proposed": (lazy_gettext("Proposed"), "warn"),
    "published": (lazy_gettext("Published"), "ok"),
    "superseded": (lazy_gettext("Superseded"), ""),
}
"""State → its name and the tone of its chip."""

WARNING_KINDS: dict[str, Any] = {
    "range": lazy_gettext("Outside the range"),
    "jump": lazy_gettext("Jump"),
    "outlier": lazy_gettext("Outlier"),
    "same_ballots": lazy_gettext("Identical ballots"),
    "lenient": lazy_gettext("Lenient rater"),
    "severe": lazy_gettext("Severe rater"),
}
SHOWN_PARTICIPANTS = 300
LOOKED_THROUGH_AT_ONCE = 50_000
"""Values; of more, odd ones are looked for when somebody asks."""


@blueprint.get("/tracks/<int:track_id>")
def show(track_id: int) -> ResponseReturnValue:
    """The track's page."""
    need("track", "list")
    return _page(find(session(), Track, track_id))


@blueprint.post("/tracks/<int:track_id>/score")
def score(track_id: int) -> ResponseReturnValue:
    """Compute all scores now and show the run."""
    try:
        run = run_scoring(session(), track_id, platform().registry, trial=request.form.get("trial") == "1")
    except Refused as refused:
        findings = [say(getattr(finding, "text", finding)) for finding in refused.findings]
        return _page(find(session(), Track, track_id), say(refused.text), findings), refused.status
    flash(_("Run %(number)s is computed.", number=run.number), "ok")
    return redirect(url_for("runs.show", run_id=run.id))


@blueprint.post("/tracks/<int:track_id>/warnings")
def answer(track_id: int) -> ResponseReturnValue:
    """Answer one of the warnings."""
    try:
        answer_warning(session(), track_id, request.form.get("key", ""), request.form.get("answer", ""))
    except (Invalid, NotFound) as refused:
        return _page(find(session(), Track, track_id), say(refused.text), looks=True), refused.status
    flash(_("Answered."), "ok")
    return redirect(url_for("tracks.show", track_id=track_id, warnings=1) + "#warnings")


def _warnings(track: Track, participants: int, can_score: bool, asked: bool) -> list[RunWarning] | None:
    """What looks odd before a run; None where it is not looked for: it takes reading every value."""
    if not can_score:
        return None
    small = participants * len(track.scheme_version.items) <= LOOKED_THROUGH_AT_ONCE
    return list_warnings(session(), track.id) if asked or small else None


def _page(track: Track, message: str = "", findings: list[str] | None = None, *, looks: bool = False) -> str:
    runs = list(session().scalars(select(Run).where(Run.track_id == track.id).order_by(Run.number.desc()).limit(100)))
    participants = select(Participant).where(Participant.track_id == track.id).order_by(Participant.code)
    counts = select(Form.state, func.count()).where(Form.track_id == track.id).group_by(Form.state)
    metadata = platform().metadata
    total = session().scalar(participants.with_only_columns(func.count(Participant.id)).order_by(None)) or 0
    can_score = track.cycle.state != "closed" and covers(session(), actor(), metadata, track, "score")
    return render_template(
        "pages/track.html",
        track=track,
        runs=runs,
        run_states=RUN_STATES,
        form_states=FORM_STATES,
        forms=dict(iter(session().execute(counts))),
        participants=list(session().scalars(participants.limit(SHOWN_PARTICIPANTS))),
        total=total,
        can_score=can_score,
        warnings=_warnings(track, total, can_score, looks or request.args.get("warnings") == "1"),
        warning_kinds=WARNING_KINDS,
        prepare_url=record_url(metadata.entities["cycle"], track.cycle_id) if track.cycle.state == "draft" else None,
        can_import=covers(session(), actor(), metadata, track, "import"),
        import_url=f"{request.script_root}/import/track-{track.id}",
        message=message,
        findings=findings or [],
    )
