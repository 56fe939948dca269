"""Deciding on proposed outcomes: change with a reason, approve, reject.  Approved ones stand for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.cycle import Cycle
from models.errors import Invalid, WrongState
from models.guard import verb
from models.operations.context import actor_of, find, now_of, registry_of, require_version
from models.operations.outcome_writing import value_title
from models.operations.run_results import sentence
from models.operations.unit_of_work import unit_of_work
from models.outcome import CycleRule, Outcome
from models.result import Run
from plugins.registry import Registry
from plugins.rulecheck import value_fits

DECIDED = text("It is decided already.", "该结果已审定。")
MEANWHILE = text(
    "The proposals changed since you looked at them; nothing was approved. Look at them again.",
    "您查看之后拟定结果已有变化，未批准任何一项。请重新查看。",
)


@unit_of_work
def change_outcome(
    session: Session, outcome_id: int, version: int | None, value: str, reason: str, registry: Registry | None = None
) -> Outcome:
    """Give a proposed outcome another value, with the reason; back to the proposed value takes the change away.

    Raises Invalid for a value that the rule does not know or without a reason, WrongState, Stale.
    """
    outcome = find(session, Outcome, outcome_id)
    with verb(session, "outcome.change", outcome, writes={"outcome"}):
        require_version(outcome, version)
        _require_open(outcome)
        rule, value = registry_of(session, registry).rules.get(outcome.rule), value.strip()
        if rule is None or not value_fits(rule, outcome.kind, value):
            unknown = text("This outcome cannot have that value.", "该结果不能取此值。")
            raise Invalid(unknown, {"value": unknown})
        said = _needed(reason, text("Say why it is changed.", "请说明调整理由。"))
        outcome.value, outcome.value_title = value, value_title(rule, outcome.kind, value)
        outcome.changed = value if value != outcome.proposed else None
        outcome.change_reason = said
        outcome.changed_by, outcome.changed_at = actor_of(session).username, now_of(session)
        session.flush()
    return outcome


@unit_of_work
def approve_outcomes(
    session: Session, cycle_id: int, versions: Mapping[int, int] | None = None, *, seen: str | None = None
) -> int:
    """Approve proposed outcomes of a cycle: those of `versions` (id → version read), else all within reach.

    `seen`: the `fingerprint` of what was looked at, when all are approved.  Returns how many were approved.  Raises
    WrongState when a quota would be exceeded or a result it rests on was superseded, Stale.
    """
    cycle = find(session, Cycle, cycle_id)
    with verb(session, "outcome.approve", writes={"outcome"}):
        if versions is None:
            chosen: Sequence[Outcome] = proposed_outcomes(session, cycle.id)
            if seen is not None and seen != fingerprint(chosen):
                raise WrongState(MEANWHILE)
        else:
            chosen = [find(session, Outcome, outcome_id) for outcome_id in sorted(versions)]
            for outcome in chosen:
                require_version(outcome, versions[outcome.id])
        for outcome in chosen:
            _require_of(outcome, cycle)
            _require_open(outcome)
        _require_standing_runs(session, chosen)
        for outcome in chosen:
            outcome.state, outcome.decided_by, outcome.decided_at = (
                "approved",
                actor_of(session).username,
                now_of(session),
            )
        session.flush()
        _require_quotas(session, {outcome.cycle_rule_id for outcome in chosen})
    return len(chosen)


@unit_of_work
def approve_outcome(session: Session, outcome_id: int, version: int | None) -> Outcome:
    """Approve one proposed outcome; otherwise as `approve_outcomes`."""
    outcome = find(session, Outcome, outcome_id)
    require_version(outcome, version)
    approve_outcomes(session, outcome.cycle_id, {outcome.id: outcome.version})
    return outcome


@unit_of_work
def reject_outcome(session: Session, outcome_id: int, version: int | None, reason: str) -> Outcome:
    """Reject a proposed outcome, with the reason; it is proposed again only when the rule says something else."""
    outcome = find(session, Outcome, outcome_id)
    with verb(session, "outcome.reject", outcome, writes={"outcome"}):
        require_version(outcome, version)
        _require_open(outcome)
        said = _needed(reason, text("Say why it is rejected.", "请说明否决理由。"))
        outcome.state, outcome.decision_note = "rejected", said
        outcome.decided_by, outcome.decided_at = actor_of(session).username, now_of(session)
        session.flush()
    return outcome


def proposed_outcomes(session: Session, cycle_id: int) -> Sequence[Outcome]:
    """What waits for a decision in a cycle, within reach."""
    query = select(Outcome).where(Outcome.cycle_id == cycle_id, Outcome.state == "proposed")
    return session.scalars(query.order_by(Outcome.id)).all()


def approved_outcomes(session: Session, on: date) -> dict[int, tuple[tuple[Text, Text], ...]]:
    """Person id → (kind, value) in words of what was approved, within reach, in the person's last cycle until `on`."""
    query = (
        select(Outcome.person_id, Outcome.title, Outcome.value_title, Outcome.cycle_id)
        .join(Cycle, Cycle.id == Outcome.cycle_id)
        .where(Outcome.state == "approved", Cycle.end_on <= on)
        .order_by(Cycle.end_on, Outcome.id)
    )
    last: dict[int, int] = {}
    found: dict[int, tuple[tuple[Text, Text], ...]] = {}
    for person_id, title, value, cycle_id in session.execute(query):
        if person_id is None:
            continue
        earlier = found.get(person_id, ()) if last.get(person_id) == cycle_id else ()
        found[person_id], last[person_id] = (*earlier, (sentence(title), sentence(value))), cycle_id
    return found


def fingerprint(outcomes: Iterable[Outcome]) -> str:
    """The same for the same outcomes in the same versions."""
    written = ",".join(f"{outcome.id}:{outcome.version}" for outcome in sorted(outcomes, key=lambda one: one.id))
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def _require_open(outcome: Outcome) -> None:
    if outcome.state != "proposed":
        raise WrongState(DECIDED)


def _require_of(outcome: Outcome, cycle: Cycle) -> None:
    if outcome.cycle_id != cycle.id:
        raise WrongState(text("An outcome belongs to another cycle.", "有结果属于其他考核周期。"))


def _needed(reason: str, missing: Text) -> str:
    said = reason.strip()
    if not said:
        raise Invalid(missing, {"reason": missing})
    return said


def _require_standing_runs(session: Session, outcomes: Iterable[Outcome]) -> None:
    """An outcome rests on published runs; once one is superseded, the rules are applied again first."""
    wanted = {run for outcome in outcomes for run in outcome.runs}
    published = select(Run.id).where(Run.state == "published").execution_options(skip_scope=True)
    if wanted - {row.id for row in session.execute(published)}:
        raise WrongState(
            text(
                "Results were published anew since the rules were applied. Apply them again first.",
                "应用规则之后又发布了新的结果，请先重新应用规则。",
            )
        )


def _require_quotas(session: Session, bindings: Iterable[int]) -> None:
    """Refuse what was approved when more than a quota's places are taken now; the whole approval is undone."""
    columns = (Outcome.cycle_rule_id, Outcome.kind, Outcome.value, Outcome.quota_group)
    query = select(*columns, func.count()).where(Outcome.state == "approved", Outcome.cycle_rule_id.in_(list(bindings)))
    counts = session.execute(query.group_by(*columns).execution_options(skip_scope=True))
    taken = {(rule, kind, value, group): count for rule, kind, value, group, count in counts}
    rules = session.execute(select(CycleRule.id, CycleRule.quotas).where(CycleRule.id.in_(list(bindings))))
    over = [
        f"{quota['group']} {count}/{quota['places']}"
        for rule_id, quotas in rules
        for quota in quotas
        if (count := taken.get((rule_id, quota["kind"], quota["value"], quota["group"]), 0)) > quota["places"]
    ]
    if over:
        raise WrongState(
            text(
                "More than the quota would be approved: {groups}. Change some of them first.",
                "批准后将超出名额：{groups}。请先调整其中一部分。",
                groups=", ".join(sorted(over)),
            )
        )
