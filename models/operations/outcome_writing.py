"""Writing what a rule proposes: new outcomes, others renewed, each only when something about it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text
from models.access import reaches
from models.cycle import Cycle
from models.operations.context import actor_of, metadata_of, now_of
from models.operations.run_results import both
from models.outcome import CycleRule, Outcome
from models.position import Places
from models.reach import Reach, within
from plugins.contract import AnyRule, Proposal

Key = tuple[str, str, str]
"""Subject (unit or person), its code, and the kind of outcome."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A unit or person that an outcome may be for; `unit`: code of the unit it is counted in."""

    name: str
    unit_id: int
    person_id: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one outcome; `before`, `after`: the value in words (en, zh_Hans), None = there was or is none."""

    code: str
    name: str
    title: dict[str, str]
    before: dict[str, str] | None
    after: dict[str, str] | None


def value_title(rule: AnyRule | None, kind: str, value: str) -> dict[str, str]:
    """A value in words, both languages; a number, or a value of a rule that is gone, as it is."""
    known = next((one.values for one in rule.kinds if one.code == kind), {}) if rule is not None else {}
    return both(known[value]) if value in known else {"en": value, "zh_Hans": value}


@dataclass(slots=True)
class Writer:
    """Writes the outcomes of one bound rule, within the actor's reach."""

    session: Session
    cycle: Cycle
    binding: CycleRule
    rule: AnyRule
    subjects: Mapping[tuple[str, str], Subject]
    _reaches: tuple[Reach, ...] = ()
    _known: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._reaches = reaches(actor_of(self.session), metadata_of(self.session), "outcome", "propose")
        self.binding.applied_by, self.binding.applied_at = actor_of(self.session).username, now_of(self.session)

    def stored(self) -> dict[Key, Outcome]:
        """The outcomes that the rule proposed before, those within reach."""
        query = select(Outcome).where(Outcome.cycle_rule_id == self.binding.id).order_by(Outcome.id)
        rows = self.session.scalars(query).all()
        return {(row.subject, row.code, row.kind): row for row in rows if self._within(row.unit_id, row.person_id)}

    def reaches(self, proposal: Proposal) -> bool:
        """Whether the actor may propose something for this subject."""
        subject = self.subjects[proposal.subject, proposal.code]
        return self._within(subject.unit_id, subject.person_id)

    def _within(self, unit_id: int, person_id: int | None) -> bool:
        if unit_id not in self._known:
            places = Places(self.session.connection())
            position = places.of(Outcome, {"unit_id": unit_id, "person_id": person_id})
            self._known[unit_id] = any(within(reach, Outcome, position) for reach in self._reaches)
        return self._known[unit_id]

    def add(self, proposal: Proposal) -> Change:
        """Propose something new."""
        said = self._columns(proposal)
        outcome = Outcome(
            cycle_id=self.cycle.id,
            cycle_rule_id=self.binding.id,
            subject=proposal.subject,
            code=proposal.code,
            kind=proposal.kind,
            value=proposal.value,
            value_title=value_title(self.rule, proposal.kind, proposal.value),
            proposed_by=actor_of(self.session).username,
            proposed_at=now_of(self.session),
            **said,
        )
        self.session.add(outcome)
        return Change(outcome.code, outcome.name, outcome.title, None, outcome.value_title)

    def renew(self, outcome: Outcome, proposal: Proposal) -> Change | None:
        """Bring an outcome up to date; None when nothing about it differs, or it was rejected as it is."""
        said, before = self._columns(proposal), outcome.value_title
        if outcome.state == "rejected" and outcome.proposed == proposal.value:
            return None
        if all(getattr(outcome, name) == value for name, value in said.items()):
            return None
        for name, value in said.items():
            setattr(outcome, name, value)
        if outcome.state == "rejected":
            outcome.state, outcome.decided_by, outcome.decided_at, outcome.decision_note = "proposed", None, None, None
            outcome.changed = None
        if outcome.changed in (None, proposal.value):
            # What somebody changed by hand holds until the rule says the same.
            outcome.changed = outcome.change_reason = outcome.changed_by = outcome.changed_at = None
            outcome.value = proposal.value
            outcome.value_title = value_title(self.rule, proposal.kind, proposal.value)
        outcome.proposed_by, outcome.proposed_at = actor_of(self.session).username, now_of(self.session)
        return Change(outcome.code, outcome.name, outcome.title, before, outcome.value_title)

    def gone(self, outcome: Outcome) -> Change:
        """That the rule no longer proposes an outcome."""
        return Change(outcome.code, outcome.name, outcome.title, outcome.value_title, None)

    def instead(self, outcome: Outcome, proposal: Proposal) -> Change:
        """That the rule would now say something else of an outcome."""
        after = value_title(self.rule, proposal.kind, proposal.value)
        return Change(outcome.code, outcome.name, outcome.title, outcome.value_title, after)

    def delete(self, outcome: Outcome) -> None:
        """Take back a proposal."""
        self.session.delete(outcome)

    def _columns(self, proposal: Proposal) -> dict[str, Any]:
        subject = self.subjects[proposal.subject, proposal.code]
        kind = next(one for one in self.rule.kinds if one.code == proposal.kind)
        clause = self.binding.clause
        cites = Text("{clause}", "{clause}", (("clause", clause),)) if clause else self.rule.cites
        return {
            "name": subject.name,
            "unit_id": subject.unit_id,
            "person_id": subject.person_id,
            "title": both(kind.labels),
            "proposed": proposal.value,
            "reason": both(proposal.reason),
            "cites": both(cites),
            "rule": self.rule.code,
            "rule_version": self.rule.version,
            "runs": list(proposal.runs),
            "quota_group": proposal.group or subject.unit,
        }
