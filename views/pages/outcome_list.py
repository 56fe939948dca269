"""What the page of a cycle's outcomes shows: the bound rules, what changed last, and the outcomes rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from models.cycle import Cycle
from models.operations.rule_binding import bound_rules
from models.operations.run_results import sentence
from models.outcome import CycleRule, Outcome
from plugins.contract import AnyRule
from views.context import platform, session
from views.pages.paging import Page, page_number, page_of
from views.pages.rule_form import parameters_in_words
from views.shell.i18n import say
from views.shell.naming import name_of

OUTCOME_STATES: dict[str, tuple[Any, str]] = {
    "proposed": (lazy_gettext("Awaits review"), "warn"),
    "approved": (lazy_gettext("Approved"), "ok"),
    "rejected": (lazy_gettext("Rejected"), "bad"),
}
"""State → its name and the tone of its chip."""
CHANGES: dict[str, Any] = {
    "added": lazy_gettext("Added"),
    "changed": lazy_gettext("Changed"),
    "gone": lazy_gettext("No longer proposed"),
    "standing": lazy_gettext("Approved, though the rule now says otherwise"),
}
SIZE = 200


@dataclass(slots=True)
class RuleLine:
    """A bound rule with its name, its parameters in words and its outcomes on the page."""

    binding: CycleRule
    title: str
    params: list[tuple[str, str]]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """What the last application changed; nothing before the first."""
        return dict(self.binding.changes.get("counts", {}))

    @property
    def changed(self) -> int:
        """How many outcomes the last application added, changed or took back."""
        return sum(count for name, count in self.counts.items() if name != "same")


@dataclass(slots=True)
class OutcomesPage:
    """The rules of a cycle and one page of its outcomes, grouped by rule."""

    lines: list[RuleLine]
    page: Page
    counts: dict[str, int]
    others: list[Outcome]
    """Outcomes whose rule the reader does not see: somebody's own."""


def read_outcomes(cycle: Cycle) -> OutcomesPage:
    """What the address asks for: `state`, `rule` (a binding) and `page`."""
    lines = {binding.id: _line(binding) for binding in bound_rules(session(), cycle.id)}
    counts = select(Outcome.state, func.count()).where(Outcome.cycle_id == cycle.id).group_by(Outcome.state)
    query = _narrowed(select(Outcome).where(Outcome.cycle_id == cycle.id))
    total = session().scalar(query.with_only_columns(func.count(Outcome.id))) or 0
    page = page_of(total, page_number(request.args.get("page")), SIZE)
    query = (
        query.outerjoin(CycleRule, CycleRule.id == Outcome.cycle_rule_id)
        .options(joinedload(Outcome.unit))
        .order_by(CycleRule.position, Outcome.cycle_rule_id, Outcome.quota_group, Outcome.subject, Outcome.code)
    )
    others = []
    for outcome in session().scalars(query.limit(SIZE).offset(page.first)):
        if outcome.cycle_rule_id in lines:
            lines[outcome.cycle_rule_id].outcomes.append(outcome)
        else:
            others.append(outcome)
    found: Mapping[str, int] = dict(iter(session().execute(counts)))
    return OutcomesPage(list(lines.values()), page, {state: found.get(state, 0) for state in OUTCOME_STATES}, others)


def _narrowed(query: Select[Outcome]) -> Select[Outcome]:
    state, rule = request.args.get("state", ""), request.args.get("rule", "")
    if state in OUTCOME_STATES:
        query = query.where(Outcome.state == state)
    if rule.isdecimal() and len(rule) < 10:
        query = query.where(Outcome.cycle_rule_id == int(rule))
    return query


def _line(binding: CycleRule) -> RuleLine:
    rule = rules().get(binding.rule)
    if rule is None:
        return RuleLine(binding, _("%(rule)s (not installed)", rule=binding.rule), [])
    return RuleLine(binding, say(rule.labels), parameters_in_words(rule, binding.params))


def rules() -> Mapping[str, AnyRule]:
    """The results rules that run, by code."""
    known: Mapping[str, AnyRule] = platform().registry.rules
    return known


def said(stored: Mapping[str, str] | None) -> str:
    """A stored sentence in the language of the page; '' for none."""
    return say(sentence(stored)) if stored else ""


def whose(outcome: Outcome) -> str:
    """Who an outcome is for, as shown."""
    named = name_of(outcome.unit) if outcome.subject == "unit" and outcome.unit is not None else outcome.name
    return named or outcome.code


def value_choices(outcome: Outcome) -> list[tuple[str, str]]:
    """(value, its words) that an outcome may be changed to; nothing for a number or a rule that is gone."""
    rule = rules().get(outcome.rule)
    kinds = rule.kinds if rule is not None else ()
    values = next((kind.values for kind in kinds if kind.code == outcome.kind), {})
    return [(value, say(words)) for value, words in values.items()]


def cycles_with_outcomes(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Cycle → state → how many outcomes, within reach."""
    query = select(Outcome.cycle_id, Outcome.state, func.count()).group_by(Outcome.cycle_id, Outcome.state)
    found: dict[int, dict[str, int]] = {}
    for cycle_id, state, count in session().execute(query.where(Outcome.cycle_id.in_(ids))):
        found.setdefault(cycle_id, {})[state] = count
    return found
