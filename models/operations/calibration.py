"""Calibration: how the outcomes of a cycle spread over units, as proposed and as they stand, against the quotas."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cycle import Cycle
from models.operations.context import find, registry_of
from models.operations.outcome_writing import value_title
from models.operations.rule_binding import bound_rules
from models.organization import Unit
from models.outcome import CycleRule, Outcome
from plugins.contract import AnyRule
from plugins.registry import Registry


@dataclass(slots=True)
class CalibrationLine:
    """One quota group.  `before`: value → how many the rule proposes; `after`: how many stand now, rejected ones not;
    `places`: value → how many may have it, for the values with a quota."""

    group: str
    name: str
    name_en: str | None
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    places: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many outcomes there are."""
        return sum(self.before.values())

    @property
    def over(self) -> tuple[str, ...]:
        """The values that more have than may."""
        return tuple(value for value, places in self.places.items() if self.after[value] > places)


@dataclass(frozen=True, slots=True)
class CalibrationTable:
    """The outcomes of one kind by one bound rule.  `values`: value → its words (en, zh_Hans), in the rule's order."""

    binding_id: int
    rule: str
    title: dict[str, str]
    values: dict[str, dict[str, str]]
    lines: tuple[CalibrationLine, ...]


def calibration(session: Session, cycle_id: int, registry: Registry | None = None) -> list[CalibrationTable]:
    """A table for each rule bound to the cycle and kind of outcome it led to, of the outcomes within reach."""
    cycle = find(session, Cycle, cycle_id)
    rules = registry_of(session, registry).rules
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    tables = []
    for binding in bound_rules(session, cycle.id):
        query = select(Outcome).where(Outcome.cycle_rule_id == binding.id).order_by(Outcome.id)
        by_kind: dict[str, list[Outcome]] = {}
        for outcome in session.scalars(query):
            by_kind.setdefault(outcome.kind, []).append(outcome)
        tables += [_table(binding, rules.get(binding.rule), own, units) for own in by_kind.values()]
    return tables


def _table(
    binding: CycleRule, rule: AnyRule | None, outcomes: list[Outcome], units: dict[str, Unit]
) -> CalibrationTable:
    kind = outcomes[0].kind
    lines: dict[str, CalibrationLine] = {}
    for outcome in outcomes:
        unit = units.get(outcome.quota_group)
        group = outcome.quota_group
        name = unit.name if unit is not None else "" if group == "*" else group
        line = lines.setdefault(group, CalibrationLine(group, name, unit.name_en if unit is not None else None))
        line.before[outcome.proposed] += 1
        if outcome.state != "rejected":
            line.after[outcome.value] += 1
    for quota in binding.quotas:
        if quota["kind"] == kind and quota["group"] in lines:
            lines[quota["group"]].places[quota["value"]] = quota["places"]
    used = {value for line in lines.values() for value in (*line.before, *line.after)}
    known = [value for one in rule.kinds if one.code == kind for value in one.values] if rule is not None else []
    ordered = [value for value in known if value in used] + sorted(used - set(known))
    return CalibrationTable(
        binding.id,
        binding.rule,
        outcomes[0].title,
        {value: value_title(rule, kind, value) for value in ordered},
        tuple(line for _, line in sorted(lines.items())),
    )
