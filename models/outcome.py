"""What follows from published results: the rules bound to a cycle, and the outcomes they propose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PersonOwned, Record, UtcDateTime, Versioned
from models.cycle import Cycle
from models.organization import Person, Unit


class CycleRule(Record, Versioned):
    """A results rule bound to a cycle; rules are applied by `position`.

    `rule`: the plugin's code; `params`: name → value as written; `clause`: what its outcomes cite in place of the
    rule's own citation.  `quotas`: list of {kind, value, group, places, of}, and `changes`: what was added, changed and
    gone (lists of {who, before, after}), both as of the last application.
    """

    __tablename__ = "cycle_rule"
    entity = "cycle_rule"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=1, server_default="1")
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    clause: Mapped[str | None] = mapped_column(String(400))
    quotas: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    applied_by: Mapped[str | None] = mapped_column(String(64))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    cycle: Mapped[Cycle] = relationship()

    def __str__(self) -> str:
        return self.rule


class Outcome(Record, Versioned, PersonOwned):
    """What a rule proposes for a unit or a person; `state` proposed → approved (frozen) | rejected.

    `code`, `name`: of the unit or person as they were when it was proposed; `kind`, `title`: what kind of outcome, and
    how it is called; `value`: what holds: `proposed`, unless `changed` to something else with `change_reason`;
    `value_title`: how it is called.  `reason`, `cites`: why, and the clause it rests on.  Titles and sentences are
    stored in both languages (en, zh_Hans), so that they stay readable without the rule.  `rule`, `rule_version`, `runs`
    (ids): what it was worked out with; `quota_group`: in whose quota it counts.
    """

    __tablename__ = "outcome"
    entity = "outcome"
    __table_args__ = (
        UniqueConstraint("cycle_rule_id", "subject", "code", "kind"),
        Index("ix_outcome_cycle_id_state", "cycle_id", "state"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    cycle_rule_id: Mapped[int] = mapped_column(ForeignKey("cycle_rule.id"))
    state: Mapped[str] = mapped_column(String(10), default="proposed", server_default="proposed")
    subject: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    value: Mapped[str] = mapped_column(String(40))
    value_title: Mapped[dict[str, str]] = mapped_column(JSON)
    proposed: Mapped[str] = mapped_column(String(40))
    changed: Mapped[str | None] = mapped_column(String(40))
    change_reason: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str | None] = mapped_column(String(64))
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[dict[str, str]] = mapped_column(JSON)
    cites: Mapped[dict[str, str]] = mapped_column(JSON)
    rule: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[str] = mapped_column(String(40))
    runs: Mapped[list[int]] = mapped_column(JSON, default=list)
    quota_group: Mapped[str] = mapped_column(String(200), default="", server_default="")
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str | None] = mapped_column(Text)

    cycle: Mapped[Cycle] = relationship()
    cycle_rule: Mapped[CycleRule] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys="Outcome.unit_id")
    person: Mapped[Person | None] = relationship(foreign_keys="Outcome.person_id")

    def __str__(self) -> str:
        return f"{self.code} {self.name}: {self.title['en']}"
