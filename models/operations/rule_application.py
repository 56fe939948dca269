"""Applying the rules of a cycle: published results become proposed outcomes, and what changed since is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.cycle import Cycle, Track
from models.errors import WrongState
from models.guard import verb
from models.operations.context import find, registry_of
from models.operations.outcome_writing import Change, Subject, Writer
from models.operations.rule_binding import bound_rules, parsed_parameters, require_no_trial, rule_of
from models.operations.rule_facts import read_facts
from models.operations.unit_of_work import unit_of_work
from models.organization import Person, Unit
from models.outcome import CycleRule, Outcome
from models.result import Run
from plugins.contract import AnyRule, Facts, Frame, OutcomeRow, Parameters, Proposal
from plugins.registry import Registry
from plugins.rulecheck import proposals_problem

log = logging.getLogger(__name__)
MOST_KEPT = 200


@dataclass(slots=True)
class Application:
    """What an application of the rules changed.  `standing`: approved before and no longer what the rule says."""

    added: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    gone: list[Change] = field(default_factory=list)
    standing: list[Change] = field(default_factory=list)
    same: int = 0

    def take(self, other: Application) -> None:
        """Add what another one changed."""
        self.added += other.added
        self.changed += other.changed
        self.gone += other.gone
        self.standing += other.standing
        self.same += other.same

    def kept(self) -> dict[str, Any]:
        """As it is stored: counts, and the first of each."""
        lists = {"added": self.added, "changed": self.changed, "gone": self.gone, "standing": self.standing}
        counts = {name: len(changes) for name, changes in lists.items()} | {"same": self.same}
        shown = {name: [asdict(change) for change in changes[:MOST_KEPT]] for name, changes in lists.items()}
        return {"counts": counts, **shown}


@unit_of_work
def apply_rules(session: Session, cycle_id: int, registry: Registry | None = None) -> Application:
    """Apply the rules bound to a cycle in their order, and propose what they say; later ones see what earlier ones say.

    Applying again changes only what differs: an outcome is never doubled, one that was approved stays, one that was
    rejected is proposed again only with another value.  Raises WrongState without rules or published results.
    """
    cycle = find(session, Cycle, cycle_id)
    with (
        verb(session, "cycle.apply", cycle, writes={"cycle_rule"}),
        verb(session, "outcome.propose", writes={"outcome"}),
    ):
        require_no_trial(cycle)
        bindings = bound_rules(session, cycle.id)
        _require_something(session, cycle, bindings)
        facts, subjects = read_facts(session, cycle), _subjects(session)
        done = Application()
        for binding in bindings:
            rule = rule_of(session, binding.rule, registry_of(session, registry))
            params = parsed_parameters(rule, binding.params)
            proposed, quotas = _propose(rule, facts, params)
            own = _write(Writer(session, cycle, binding, rule, subjects), proposed)
            binding.quotas, binding.changes = quotas, own.kept()
            session.flush()
            done.take(own)
            facts = replace(facts, outcomes=Frame((*facts.outcomes, *_standing(session, cycle, binding))))
    return done


def _require_something(session: Session, cycle: Cycle, bindings: Sequence[CycleRule]) -> None:
    if not bindings:
        raise WrongState(text("No results rule is bound to the cycle yet.", "该考核周期尚未设定结果应用规则。"))
    published = (
        select(Run.id)
        .join(Track, Track.id == Run.track_id)
        .where(Track.cycle_id == cycle.id, Run.state == "published", Run.is_trial.is_(False))
    )
    if session.execute(published.limit(1).execution_options(skip_scope=True)).first() is None:
        raise WrongState(text("The cycle has no published results yet.", "该考核周期尚无已发布的结果。"))


def _propose(rule: AnyRule, facts: Facts, params: Parameters) -> tuple[list[Proposal], list[dict[str, Any]]]:
    """What the rule says, checked.  A rule that fails is named, and nothing of the application stays."""
    try:
        proposed = list(rule.propose(facts, params))
        quotas = [asdict(quota) for quota in rule.quotas(facts, params)]
        problem = proposals_problem(rule, facts, proposed)
    except Exception as error:
        log.exception("the results rule %s failed", rule.code)
        raise WrongState(
            text(
                "The rule “{rule}” failed; nothing was proposed.",
                "规则“{rule}”出错，未拟定任何结果。",
                rule=rule.labels,
            )
        ) from error
    if problem is not None:
        raise WrongState(
            text(
                "The rule “{rule}” cannot be applied: {why}. Nothing was proposed.",
                "规则“{rule}”无法应用：{why}。未拟定任何结果。",
                rule=rule.labels,
                why=problem,
            )
        )
    return proposed, quotas


def _write(writer: Writer, proposed: Sequence[Proposal]) -> Application:
    done = Application()
    left = writer.stored()
    for proposal in proposed:
        if not writer.reaches(proposal):
            continue
        stored = left.pop((proposal.subject, proposal.code, proposal.kind), None)
        if stored is None:
            done.added.append(writer.add(proposal))
        elif stored.state == "approved":
            _note_approved(done, writer, stored, proposal)
        elif change := writer.renew(stored, proposal):
            done.changed.append(change)
        else:
            done.same += 1
    for stored in left.values():
        if stored.state == "approved":
            done.standing.append(writer.gone(stored))
        elif stored.state == "proposed":
            done.gone.append(writer.gone(stored))
            writer.delete(stored)
    return done


def _note_approved(done: Application, writer: Writer, stored: Outcome, proposal: Proposal) -> None:
    """An approved outcome stays as it is; that the rule would now say something else is told."""
    if stored.proposed == proposal.value:
        done.same += 1
    else:
        done.standing.append(writer.instead(stored, proposal))


def _subjects(session: Session) -> Mapping[tuple[str, str], Subject]:
    """Whoever an outcome may be for."""
    units = select(Unit.code, Unit.name, Unit.id).execution_options(skip_scope=True)
    people = (
        select(Person.code, Person.name, Person.id, Unit.id, Unit.code)
        .join(Unit, Unit.id == Person.unit_id)
        .execution_options(skip_scope=True)
    )
    found = {("unit", code): Subject(name, unit_id, None, code) for code, name, unit_id in session.execute(units)}
    for code, name, person_id, unit_id, unit in session.execute(people):
        found["person", code] = Subject(name, unit_id, person_id, unit)
    return found


def _standing(session: Session, cycle: Cycle, binding: CycleRule) -> Iterator[OutcomeRow]:
    """What the rules that follow see of this one: everything it proposed that was not rejected."""
    query = (
        select(Outcome.subject, Outcome.code, Outcome.kind, Outcome.value, Outcome.runs)
        .where(Outcome.cycle_rule_id == binding.id, Outcome.state != "rejected")
        .order_by(Outcome.id)
    )
    for subject, code, kind, value, runs in session.execute(query.execution_options(skip_scope=True)):
        yield OutcomeRow(subject, code, kind, value, cycle.code, cycle.end_on, tuple(runs))
