"""What if: change weights, targets, parameters or methods of a run's scheme and see everybody move at once."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models.access import may, require
from models.errors import Invalid, Refused, WrongState
from models.operations.context import find
from models.operations.what_if import Move, Outlook, Trial, keep_trial, try_out
from models.result import Run
from models.scheme import Item
from views.context import actor, platform, session
from views.json_body import sent_json
from views.pages.access import guarded
from views.pages.grading import grade_name, grade_tone
from views.pages.what_if_body import trial_of
from views.shell.formats import number
from views.shell.i18n import say
from views.shell.links import record_url
from views.shell.naming import pick_name
from views.workbooks.params import write_params, written_value

blueprint = guarded("what_if")


@blueprint.get("/runs/<int:run_id>/what-if")
def show(run_id: int) -> ResponseReturnValue:
    """The scheme's items to change, and the ranking as it is."""
    return _page(_run(run_id))


@blueprint.post("/runs/<int:run_id>/what-if")
def answer(run_id: int) -> ResponseReturnValue:
    """Where everybody would stand, as JSON; nothing is kept of it."""
    run = _run(run_id)
    outlook = try_out(session(), run.id, trial_of(sent_json()), platform().registry)
    return jsonify(_told(run, outlook))


@blueprint.post("/runs/<int:run_id>/what-if/keep")
def keep(run_id: int) -> ResponseReturnValue:
    """Keep the changed scheme as a draft version."""
    run = _run(run_id)
    try:
        report = keep_trial(session(), run.id, trial_of(_written()), platform().registry)
    except (Invalid, Refused, WrongState) as refused:
        findings = [say(getattr(finding, "text", finding)) for finding in getattr(refused, "findings", [])]
        return _page(_run(run_id), say(refused.text), findings), refused.status
    if not report.new_version:
        flash(_("Nothing differs from the newest version; nothing was kept."), "warn")
        return redirect(url_for("what_if.show", run_id=run_id))
    flash(_("Kept as a draft version."), "ok")
    kept = record_url(platform().metadata.entities["scheme_version"], report.version_id or 0)
    return redirect(kept or url_for("what_if.show", run_id=run_id))


def _run(run_id: int) -> Run:
    """The run, for those who may score its track."""
    run = find(session(), Run, run_id)
    require(session(), "track", "score", run.track)
    return run


def _written() -> Any:
    """The trial in the form's hidden field."""
    try:
        return json.loads(request.form.get("trial", ""))
    except (ValueError, RecursionError):
        return None


def _told(run: Run, outlook: Outlook) -> dict[str, Any]:
    version, shown = run.track.scheme_version, len(outlook.moves)
    said = ngettext("%(num)d participant changes rank", "%(num)d participants change rank", outlook.moved)
    regraded = ngettext("%(num)d changes grade", "%(num)d change grade", outlook.regraded)
    more = _("The first %(shown)s of %(total)s are shown.", shown=shown, total=outlook.participants)
    return {
        "moved": outlook.moved,
        "regraded": outlook.regraded,
        "participants": outlook.participants,
        "summary": f"{said}{_(', ')}{regraded}",
        "more": more if shown < outlook.participants else "",
        "rows": [_row(run, move, version.decimals) for move in outlook.moves],
    }


def _row(run: Run, move: Move, decimals: int) -> dict[str, Any]:
    version = run.track.scheme_version
    gained = (move.was_rank or 0) - (move.rank or 0) if move.rank and move.was_rank else 0
    change = (move.total or 0.0) - (move.was_total or 0.0)
    return {
        "code": move.code,
        "name": pick_name(move.name, move.name_en),
        "rank": move.rank,
        "was_rank": move.was_rank,
        "gained": gained,
        "total": number(move.total, decimals),
        "was_total": number(move.was_total, decimals),
        "change": number(change, decimals) if move.total is not None and move.was_total is not None else "",
        "grade": grade_name(version, move.grade),
        "was_grade": grade_name(version, move.was_grade),
        "tone": grade_tone(version, move.grade),
    }


def _page(run: Run, message: str = "", findings: list[str] | None = None) -> str:
    outlook = try_out(session(), run.id, Trial(), platform().registry)
    metadata = platform().metadata
    return render_template(
        "pages/what_if.html",
        run=run,
        items=[_inputs(item) for item in run.track.scheme_version.items],
        methods=[(code, say(method.labels)) for code, method in sorted(platform().registry.methods.items())],
        told=_told(run, outlook),
        can_keep=may(actor(), metadata, "scheme", "import"),
        message=message,
        findings=findings or [],
    )


def _inputs(item: Item) -> dict[str, Any]:
    """An item as the page lets it be changed."""
    rows = item.table_rows or []
    return {
        "code": item.code,
        "name": pick_name(item.name, item.name_en),
        "kind": item.kind,
        "weight": "" if item.weight is None else written_value(float(item.weight)),
        "method": item.method or "",
        "params": write_params(item.params or {}),
        "table": "; ".join(f"{written_value(x)}={written_value(float(rate))}" for x, rate in rows),
    }
