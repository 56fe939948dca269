"""What a results rule must pass before it is let in: its defaults, and one application to a small department."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from config.text import Text, text
from plugins.contract import AnyRule
from plugins.outcomes import (
    AppointmentRow,
    CycleFacts,
    Facts,
    Frame,
    Indicators,
    OutcomeKind,
    OutcomeRow,
    PersonRow,
    PostRow,
    Proposal,
    ResultRow,
    UnitRow,
)
from plugins.parameters import parse_parameters
from plugins.selfcheck import sentence_problem

YEARS = (2023, 2024, 2025)


def sample_facts() -> Facts:
    """Two units and eleven people over three years: good and poor, vetoed, absent, long in post and new."""
    end = date(YEARS[-1], 12, 31)
    people = [f"P{number:02d}" for number in range(11)]
    results = [
        ResultRow(
            "person", code, "U1" if at < 6 else "U2", f"{year}", "year", date(year, 12, 31), "staff",
            total=None if at == 10 else 97.0 - 5.0 * at, rank=None if at == 10 else at + 1, run=year,
            vetoes=int(at == 1 and year == YEARS[-1]), current=year == YEARS[-1],
        )
        for year in YEARS
        for at, code in enumerate(people)
    ] + [
        ResultRow(
            "unit", code, code, f"{year}", "year", date(year, 12, 31), "units", total=total, rank=at + 1,
            run=year + 100, grade="AB"[at], grade_place=at, grades=2, current=year == YEARS[-1],
        )
        for year in YEARS
        for at, (code, total) in enumerate((("U1", 95.0), ("U2", 55.0)))
    ]  # fmt: skip
    posts = [PostRow(f"J{at:02d}", "Post", "U1" if at < 6 else "U2") for at in range(11)]
    grades = {0: "excellent", 9: "incompetent"}
    return Facts(
        cycle=CycleFacts(f"{YEARS[-1]}", "year", date(YEARS[-1], 1, 1), end),
        results=Frame(tuple(results)),
        indicators=(
            Indicators("unit", YEARS[-1] + 100, ("U1", "U2"), ("A1", "A2"), (text("A1", "A1"), text("A2", "A2")),
                       np.array([[0.9, np.nan], [0.4, 0.5]])),
        ),
        units=Frame((UnitRow("U1", "One", "division", leader="P00"), UnitRow("U2", "Two", "division", leader="P06"))),
        people=Frame(tuple(PersonRow(c, c, "U1" if at < 6 else "U2", date(2010, 1, 1)) for at, c in enumerate(people))),
        posts=Frame(tuple(posts)),
        appointments=Frame(
            tuple(AppointmentRow(c, f"J{at:02d}", posts[at].unit, date(2013 + at, 1, 1)) for at, c in enumerate(people))
        ),
        outcomes=Frame(
            tuple(
                OutcomeRow("person", people[at], "annual_grade", value, f"{year}", date(year, 12, 31))
                for year in YEARS for at, value in grades.items()
            )
        ),
    )  # fmt: skip


def rule_problem(rule: AnyRule) -> Text | None:
    """What a rule gets wrong with its own defaults on the sample."""
    params = parse_parameters(rule.Parameters, {})
    if isinstance(params, list):
        return params[0].why
    if not rule.kinds or any(not isinstance(kind, OutcomeKind) or sentence_problem(kind.labels) for kind in rule.kinds):
        return text("it names no kinds of outcomes in both languages", "未用中英文列出结果种类")
    if why := sentence_problem(rule.cites):
        return why
    facts = sample_facts()
    proposed = list(rule.propose(facts, params))
    if proposed != list(rule.propose(facts, params)):
        return text("it does not propose the same twice", "两次拟定的结果不一致")
    return proposals_problem(rule, facts, proposed)


def proposals_problem(rule: AnyRule, facts: Facts, proposed: Sequence[Proposal]) -> Text | None:
    """What is wrong with the first proposal that is: for whom there is nobody, twice, or not as the rule may."""
    if len({(one.subject, one.code, one.kind) for one in proposed}) < len(proposed):
        return text("it proposes the same kind for somebody twice", "对同一对象重复拟定同类结果")
    known = {"unit": set(facts.units.column("code")), "person": set(facts.people.column("code"))}
    return next((why for why in (_proposal_problem(rule, known, one) for one in proposed) if why), None)


def _proposal_problem(rule: AnyRule, known: Mapping[str, set[str]], proposal: Proposal) -> Text | None:
    """What is wrong with one proposal: somebody unknown, a value that is none, a reason that says nothing."""
    if proposal.code not in known.get(proposal.subject, ()):
        return text("it proposes something for nobody known", "拟定对象不存在")
    if not value_fits(rule, proposal.kind, proposal.value):
        return text(
            "it proposes the unknown value “{value}” of “{kind}”",
            "拟定了未知的结果“{kind}”：“{value}”",
            value=proposal.value,
            kind=proposal.kind,
        )
    return sentence_problem(proposal.reason)


def value_fits(rule: AnyRule, kind: str, value: str) -> bool:
    """True when `value` is one that an outcome of `kind` by this rule may have."""
    for known in rule.kinds:
        if known.code == kind:
            return value in known.values if known.values else _is_number(value)
    return False


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value)) and len(value) <= 40
    except ValueError:
        return False
