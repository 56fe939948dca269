"""Results application: the outcomes of a cycle, reviewed and approved by the personnel office."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from config.text import Text, text
from models.access import covers
from models.cycle import Cycle, Track
from models.errors import Invalid, PlumblineError, Stale, WrongState
from models.operations.calibration import calibration
from models.operations.context import find
from models.operations.outcomes import (
    approve_outcomes,
    change_outcome,
    fingerprint,
    proposed_outcomes,
    reject_outcome,
)
from models.operations.rule_application import apply_rules
from models.operations.rule_binding import bind_rule, unbind_rule
from models.outcome import CycleRule
from models.result import Run
from views.context import actor, allowed, platform, session
from views.pages.access import guarded, need
from views.pages.cycles import CYCLE_STATES
from views.pages.exports import hand_out
from views.pages.outcome_list import (
    CHANGES,
    OUTCOME_STATES,
    cycles_with_outcomes,
    read_outcomes,
    rules,
    said,
    value_choices,
    whose,
)
from views.pages.outcome_workbook import outcomes_sheet, outcomes_title
from views.pages.rule_form import RuleForm, rule_form, typed_parameters
from views.shell.i18n import say
from views.workbooks.rosters import write_roster

blueprint = guarded("outcomes")
REFUSED = (Invalid, WrongState, Stale)


@blueprint.get("/outcomes/")
def index() -> ResponseReturnValue:
    """The cycles with published results or outcomes within reach, the newest first."""
    need("outcome", "list")
    published = select(Track.cycle_id).join(Run, Run.track_id == Track.id).where(Run.state == "published")
    query = select(Cycle).where(Cycle.state != "draft", Cycle.is_trial.is_(False))
    cycles = list(session().scalars(query.order_by(Cycle.start_on.desc(), Cycle.id.desc()).limit(100)))
    counts = cycles_with_outcomes([cycle.id for cycle in cycles])
    ready = set(session().scalars(published)) if allowed("cycle", "apply") else set()
    return render_template(
        "pages/outcomes_index.html",
        lines=[(cycle, counts.get(cycle.id, {})) for cycle in cycles if cycle.id in counts or cycle.id in ready],
        states=CYCLE_STATES,
        outcome_states=OUTCOME_STATES,
    )


@blueprint.get("/cycles/<int:cycle_id>/outcomes")
def show(cycle_id: int) -> ResponseReturnValue:
    """The rules and outcomes of a cycle; `add` or `edit` opens the form of a rule, `open` that of an outcome."""
    cycle = _cycle(cycle_id)
    return _page(cycle, _asked_form(cycle))


@blueprint.post("/cycles/<int:cycle_id>/outcomes/rules")
def bind(cycle_id: int) -> ResponseReturnValue:
    """Bind a rule, or change how it is bound."""
    cycle, typed = _cycle(cycle_id), request.form
    binding_id = _number(typed.get("binding"))
    try:
        bind_rule(
            session(),
            cycle.id,
            typed.get("rule", ""),
            typed_parameters(typed),
            clause=typed.get("clause"),
            position=_number(typed.get("position")),
            binding_id=binding_id,
            version=_number(typed.get("version")),
            registry=platform().registry,
        )
    except REFUSED as refused:
        cycle = _cycle(cycle_id)
        return _page(cycle, _typed_form(cycle, binding_id, refused.fields), refused), refused.status
    flash(_("The rule is bound. Apply the rules to see what it proposes."), "ok")
    return redirect(url_for("outcomes.show", cycle_id=cycle_id))


@blueprint.post("/cycles/<int:cycle_id>/outcomes/rules/<int:binding_id>/remove")
def unbind(cycle_id: int, binding_id: int) -> ResponseReturnValue:
    """Take a rule off the cycle, with what it proposed."""
    try:
        unbind_rule(session(), cycle_id, binding_id, _number(request.form.get("version")))
    except REFUSED as refused:
        return _page(_cycle(cycle_id), None, refused), refused.status
    flash(_("The rule and what it proposed are removed."), "ok")
    return redirect(url_for("outcomes.show", cycle_id=cycle_id))


@blueprint.post("/cycles/<int:cycle_id>/outcomes/apply")
def apply(cycle_id: int) -> ResponseReturnValue:
    """Apply the rules, and say what changed."""
    try:
        done = apply_rules(session(), cycle_id, platform().registry)
    except REFUSED as refused:
        return _page(_cycle(cycle_id), None, refused), refused.status
    flash(
        _(
            "Applied: %(added)s added, %(changed)s changed, %(gone)s no longer proposed, %(same)s as before.",
            added=len(done.added),
            changed=len(done.changed),
            gone=len(done.gone),
            same=done.same,
        ),
        "ok",
    )
    return redirect(url_for("outcomes.show", cycle_id=cycle_id) + "#changed")


@blueprint.post("/cycles/<int:cycle_id>/outcomes/approve")
def approve(cycle_id: int) -> ResponseReturnValue:
    """Approve the outcomes that are ticked, or all that were looked at."""
    seen = request.form.get("all") or None
    ticked = dict(pair for pair in map(_pair, request.form.getlist("outcome")) if pair)
    try:
        if not seen and not ticked:
            raise Invalid(text("Tick at least one outcome.", "请至少勾选一项结果。"))
        count = approve_outcomes(session(), cycle_id, None if seen else ticked, seen=seen)
    except REFUSED as refused:
        return _page(_cycle(cycle_id), None, refused, ticked=set(ticked)), refused.status
    flash(ngettext("%(num)d outcome is approved.", "%(num)d outcomes are approved.", count), "ok")
    return redirect(url_for("outcomes.show", cycle_id=cycle_id))


@blueprint.post("/cycles/<int:cycle_id>/outcomes/<int:outcome_id>")
def decide(cycle_id: int, outcome_id: int) -> ResponseReturnValue:
    """Change an outcome or reject it, with the reason."""
    version, reason = _number(request.form.get("version")), request.form.get("reason", "")
    rejects = request.form.get("step") == "reject"
    try:
        if rejects:
            reject_outcome(session(), outcome_id, version, reason)
        else:
            value = request.form.get("value", "")
            change_outcome(session(), outcome_id, version, value, reason, platform().registry)
    except REFUSED as refused:
        return _page(_cycle(cycle_id), None, refused, opened=outcome_id), refused.status
    flash(_("The outcome is rejected.") if rejects else _("The outcome is changed."), "ok")
    return redirect(url_for("outcomes.show", cycle_id=cycle_id) + f"#outcome-{outcome_id}")


@blueprint.get("/cycles/<int:cycle_id>/outcomes/calibration")
def calibrate(cycle_id: int) -> ResponseReturnValue:
    """How the outcomes spread over units against the quotas, before and after review."""
    cycle = _cycle(cycle_id)
    need("cycle_rule", "list")
    tables = calibration(session(), cycle.id, platform().registry)
    names = {code: say(rule.labels) for code, rule in rules().items()}
    return render_template("pages/calibration.html", cycle=cycle, tables=tables, names=names, said=said)


@blueprint.get("/cycles/<int:cycle_id>/outcomes/workbook")
def workbook(cycle_id: int) -> ResponseReturnValue:
    """The outcomes of the cycle as a workbook to sign, grouped by outcome."""
    need("outcome", "export")
    cycle = _cycle(cycle_id)
    sheet = outcomes_sheet(session(), cycle, platform().clock.now())
    return hand_out(lambda file: write_roster(sheet, file), outcomes_title(cycle), "cycle", cycle)


def _cycle(cycle_id: int) -> Cycle:
    need("outcome", "list")
    return find(session(), Cycle, cycle_id)


def _asked_form(cycle: Cycle) -> RuleForm | None:
    """The form of the rule that the address names."""
    binding = _binding(cycle, _number(request.args.get("edit")))
    rule = rules().get(binding.rule if binding is not None else request.args.get("add", ""))
    return rule_form(rule, binding) if rule is not None else None


def _typed_form(cycle: Cycle, binding_id: int | None, problems: Mapping[str, Text]) -> RuleForm | None:
    """The form as it was sent, with what is wrong beside the fields."""
    rule = rules().get(request.form.get("rule", ""))
    return rule_form(rule, _binding(cycle, binding_id), request.form, problems) if rule is not None else None


def _binding(cycle: Cycle, binding_id: int | None) -> CycleRule | None:
    query = select(CycleRule).where(CycleRule.cycle_id == cycle.id, CycleRule.id == binding_id)
    return session().scalars(query).one_or_none()


def _page(
    cycle: Cycle,
    form: RuleForm | None,
    refused: PlumblineError | None = None,
    *,
    opened: int | None = None,
    ticked: set[int] | None = None,
) -> str:
    proposed = proposed_outcomes(session(), cycle.id) if allowed("outcome", "approve") else []
    wanted = opened if opened is not None else _number(request.args.get("open"))
    chosen = next((outcome for outcome in proposed if outcome.id == wanted), None)
    metadata = platform().metadata
    return render_template(
        "pages/outcomes.html",
        cycle=cycle,
        view=read_outcomes(cycle),
        form=form if form is not None and covers(session(), actor(), metadata, cycle, "bind") else None,
        rules={code: say(rule.labels) for code, rule in rules().items()},
        may={step for step in ("bind", "apply") if covers(session(), actor(), metadata, cycle, step)},
        can_approve=allowed("outcome", "approve"),
        can_export=allowed("outcome", "export"),
        can_calibrate=allowed("cycle_rule", "list"),
        waiting=len(proposed),
        seen=fingerprint(proposed),
        chosen=chosen,
        choices=value_choices(chosen) if chosen is not None else [],
        message=say(refused.text) if refused is not None else "",
        wrong=refused.fields if refused is not None else {},
        ticked=ticked or set(),
        states=OUTCOME_STATES,
        changes=CHANGES,
        said=said,
        whose=whose,
        asked=request.args,
    )


def _number(given: str | None) -> int | None:
    return int(given) if given and given.isdecimal() and len(given) < 10 else None


def _pair(given: str) -> tuple[int, int] | None:
    """The id and the version that a tick box stands for."""
    number, _colon, version = given.partition(":")
    one, other = _number(number), _number(version)
    return (one, other) if one is not None and other is not None else None
