"""What each built-in rule proposes, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text import text
from plugins.contract import (
    AppointmentRow,
    CycleFacts,
    Facts,
    Frame,
    Indicators,
    OutcomeRow,
    PersonRow,
    PostRow,
    ResultRow,
    UnitRow,
)
from plugins.registry import build_registry

RULES = build_registry().rules
END = date(2025, 12, 31)


def person(code: str, total: float | None, year: int = 2025, unit: str = "U", **more: Any) -> ResultRow:
    given = {"kind": "year", "end_on": date(year, 12, 31), "rank": 1, "run": year, "current": year == 2025, **more}
    return ResultRow("person", code, unit, str(year), track="staff", total=total, **given)


def unit(code: str, total: float | None, year: int = 2025, **more: Any) -> ResultRow:
    given = {
        "kind": "year",
        "end_on": date(year, 12, 31),
        "rank": 1,
        "run": 100 + year,
        "current": year == 2025,
        **more,
    }
    return ResultRow("unit", code, code, str(year), track="units", total=total, **given)


def facts(results: Iterable[ResultRow], **more: Any) -> Facts:
    rows = tuple(results)
    people = dict.fromkeys(row.code for row in rows if row.subject == "person")
    units = dict.fromkeys(row.unit for row in rows)
    given: dict[str, Any] = {
        "people": Frame(tuple(PersonRow(code, code, "U") for code in people)),
        "units": Frame(tuple(UnitRow(code, code, "division") for code in units)),
        **more,
    }
    return Facts(CycleFacts("2025", "year", date(2025, 1, 1), END), Frame(rows), **given)


def proposed(code: str, known: Facts, **params: Any) -> dict[str, str]:
    rule = RULES[code]
    found = list(rule.propose(known, rule.Parameters(**params)))
    return {(one.code if len(rule.kinds) == 1 else f"{one.kind} {one.code}"): one.value for one in found}


TEN = [person(f"P{at}", 99.0 - at) for at in range(10)]


def test_annual_grade_gives_excellent_to_a_fifth() -> None:
    found = proposed("annual_grade", facts(TEN))
    assert [code for code, grade in found.items() if grade == "excellent"] == ["P0", "P1"]
    assert found["P2"] == "competent"


def test_annual_grade_raises_the_quota_of_a_commended_unit() -> None:
    twelve = [person(f"P{at:02d}", 99.0 - at / 2) for at in range(12)]
    commended = Frame((OutcomeRow("unit", "U", "commendation", "commended", "2025", END),))
    assert list(proposed("annual_grade", facts(twelve)).values()).count("excellent") == 2
    assert list(proposed("annual_grade", facts(twelve, outcomes=commended)).values()).count("excellent") == 3
    last_year = Frame((OutcomeRow("unit", "U", "commendation", "commended", "2024", date(2024, 12, 31)),))
    assert list(proposed("annual_grade", facts(twelve, outcomes=last_year)).values()).count("excellent") == 2


@pytest.mark.parametrize(
    ("row", "grade"),
    [
        (person("X", 100.0, vetoes=1), "competent"),
        (person("X", 100.0), "excellent"),
        (person("X", 89.99), "competent"),
        (person("X", 80.0), "competent"),
        (person("X", 79.99), "basically"),
        (person("X", 60.0), "basically"),
        (person("X", 59.99), "incompetent"),
        (person("X", None), "ungraded"),
        (person("X", 180.0, full_marks=200.0), "excellent"),
    ],
)
def test_annual_grade_by_bands_veto_and_absence(row: ResultRow, grade: str) -> None:
    others = [person(f"P{at}", 40.0) for at in range(9)]
    assert proposed("annual_grade", facts([row, *others]))["X"] == grade


def test_annual_grade_takes_the_quarters_where_there_is_no_annual_cycle() -> None:
    quarters = [
        person("X", total, kind="quarter", end_on=date(2025, 3 * at, 28), run=at, current=at == 4)
        for at, total in enumerate((70.0, 90.0, None, 80.0), 1)
    ]
    (one,) = RULES["annual_grade"].propose(facts(quarters), RULES["annual_grade"].Parameters())
    assert (one.value, one.runs) == ("competent", (1, 2, 3, 4))
    assert "80 % of full marks over 3 of 4 results" in str(one.reason)
    absent = [quarters[3], *(person("X", None, kind="quarter", end_on=date(2025, 3 * at, 28)) for at in (1, 2, 3))]
    assert proposed("annual_grade", facts(absent))["X"] == "ungraded"


@given(
    totals=st.lists(st.sampled_from([50.0, 89.0, 90.0, 91.0, 95.0, 95.5, 100.0]), min_size=1, max_size=40),
    share=st.sampled_from([0.0, 10.0, 15.0, 20.0, 25.0, 33.3, 100.0]),
)
def test_the_quota_is_never_exceeded(totals: list[float], share: float) -> None:
    rule = RULES["annual_grade"]
    known = facts(person(f"P{at}", total) for at, total in enumerate(totals))
    params = rule.Parameters(quota=share)
    excellent = [one for one in rule.propose(known, params) if one.value == "excellent"]
    (quota,) = rule.quotas(known, params)
    assert len(excellent) <= quota.places <= len(totals) * share / 100 + 1e-6
    worst = min((totals[int(one.code[1:])] for one in excellent), default=0)
    left = [total for at, total in enumerate(totals) if f"P{at}" not in {one.code for one in excellent}]
    assert not excellent or max(left, default=0) < worst


def test_commendation_wants_rank_marks_and_no_veto() -> None:
    ten = [unit(f"U{at}", 99.0 - 4 * at, rank=at + 1) for at in range(10)]
    assert proposed("commendation", facts(ten)) == {"U0": "commended", "U1": "commended"}
    assert proposed("commendation", facts(ten), share=50.0) == {"U0": "commended", "U1": "commended", "U2": "commended"}
    ten[0] = unit("U0", 99.0, rank=1, vetoes=1)
    assert proposed("commendation", facts(ten)) == {"U1": "commended"}
    assert proposed("commendation", facts(ten), subjects="person") == {}


def test_criticism_starts_accountability_of_the_leader() -> None:
    rows = [unit("A", 59.9), unit("B", 60.0), unit("C", 90.0, vetoes=1)]
    units = Frame(tuple(UnitRow(code, code, "division", leader=f"L{code}") for code in "ABC"))
    people = Frame(tuple(PersonRow(f"L{code}", code, code) for code in "ABC"))
    assert proposed("criticism", facts(rows, units=units, people=people)) == {
        "criticism A": "criticised",
        "criticism C": "criticised",
        "accountability LA": "interview",
        "accountability LC": "interview",
    }


@pytest.mark.parametrize(("years", "step"), [(1, "interview"), (2, "admonition"), (3, "inquiry"), (4, "inquiry")])
def test_accountability_grows_with_every_cycle_in_a_row(years: int, step: str) -> None:
    rows = [unit("A", 50.0, 2025 - back) for back in range(years)] + [unit("A", 95.0, 2025 - years)]
    units = Frame((UnitRow("A", "A", "division", leader="L"),))
    found = proposed("criticism", facts(rows, units=units, people=Frame((PersonRow("L", "L", "A"),))))
    assert found["accountability L"] == step


def pool(**more: Any) -> dict[str, str]:
    rows = [person(f"P{at}", 99.0 - at, year) for at in range(10) for year in (2023, 2024, 2025)]
    since = {"P0": date(2020, 1, 1), "P1": date(2024, 6, 1)}
    held = Frame(tuple(AppointmentRow(code, "J", "U", start) for code, start in since.items()))
    return proposed("candidate_pool", facts(rows, appointments=held), **more)


def test_candidate_pool_asks_for_tenure_too() -> None:
    assert pool() == {"P0": "included"}
    assert pool(tenure=1.0) == {"P0": "included", "P1": "included"}
    assert pool(tenure=1.0, share=10.0) == {"P0": "included"}


@pytest.mark.parametrize(
    ("bad", "times", "included"), [(1, 2, True), (2, 2, False), (2, 1, True), (0, 3, True), (1, 3, False)]
)
def test_candidate_pool_counts_the_good_years(bad: int, times: int, included: bool) -> None:
    """`bad`: in how many of the years before this one somebody else was better."""
    rows = [person("P0", 70.0 if 2025 - year in range(1, bad + 1) else 95.0, year) for year in (2023, 2024, 2025)]
    rows += [person(f"P{at}", 80.0, year) for at in range(1, 5) for year in (2023, 2024, 2025)]
    held = Frame((AppointmentRow("P0", "J", "U", date(2015, 1, 1)),))
    assert bool(proposed("candidate_pool", facts(rows, appointments=held), times=times)) is included


def test_candidate_pool_bars_vetoes_of_any_year() -> None:
    rows = [
        person(f"P{at}", 99.0 - at, year, vetoes=int(at == 0 and year == 2023))
        for at in range(5)
        for year in (2023, 2024, 2025)
    ]
    held = Frame((AppointmentRow("P0", "J", "U", date(2015, 1, 1)),))
    assert proposed("candidate_pool", facts(rows, appointments=held)) == {}
    assert proposed("candidate_pool", facts(rows, appointments=held), bar_vetoes="false") == {"P0": "included"}


@pytest.mark.parametrize(
    ("since", "totals", "value"),
    [
        (2015, (85.0,), "due"),
        (2020, (85.0,), "possible"),
        (2020, (75.0,), None),
        (2023, (85.0,), None),
        (2023, (55.0,), None),
        (2023, (55.0, 50.0), "adjust"),
        (2015, (55.0, 50.0), "adjust"),
        (2023, (55.0, 70.0, 50.0), None),
    ],
)
def test_rotation(since: int, totals: tuple[float, ...], value: str | None) -> None:
    rows = [person("P0", total, 2025 - back) for back, total in enumerate(totals)]
    held = Frame((AppointmentRow("P0", "J", "U", date(since, 12, 1)),))
    known = facts(rows, appointments=held, posts=Frame((PostRow("J", "Clerk", "U"),)))
    assert proposed("rotation", known).get("P0") == value


def indicators(*rates: float) -> tuple[Indicators, ...]:
    codes = tuple(f"I{at}" for at in range(len(rates)))
    names = tuple(text(f"name {code}", f"指标 {code}") for code in codes)
    return (Indicators("unit", 1, ("A",), codes, names, np.array([rates])),)


def test_improvement_plan_for_low_indicators_and_for_low_totals() -> None:
    good = facts([unit("A", 90.0)], indicators=indicators(0.9, 0.59, np.nan, 0.2))
    (one,) = RULES["improvement_plan"].propose(good, RULES["improvement_plan"].Parameters(days=30))
    assert one.value == "indicators"
    assert "2 indicators below 60 %: I3 name I3 20 %; I1 name I1 59 %. Due 2026-01-30" in str(one.reason)
    assert "指标 I3 20%" in one.reason.in_language("zh_Hans")
    assert proposed("improvement_plan", facts([unit("A", 50.0)])) == {"A": "whole"}
    assert proposed("improvement_plan", facts([unit("A", 90.0)], indicators=indicators(0.6, 1.0))) == {}


@pytest.mark.parametrize(("total", "value"), [(95.0, "1.2"), (85.0, "1"), (70.0, "0"), (10.0, "0"), (None, None)])
def test_bonus_coefficient_by_total(total: float | None, value: str | None) -> None:
    assert proposed("bonus_coefficient", facts([person("P0", total)])).get("P0") == value


def test_bonus_coefficient_goes_by_the_grade_that_stands() -> None:
    grade = Frame((OutcomeRow("person", "P0", "annual_grade", "competent", "2025", END),))
    assert proposed("bonus_coefficient", facts([person("P0", 99.0)], outcomes=grade)) == {"P0": "1"}
    assert proposed("bonus_coefficient", facts([person("P0", 99.0)], outcomes=grade), competent=0.95) == {"P0": "0.95"}


@pytest.mark.parametrize(
    ("grades", "value"),
    [
        ("EEE", "merit"),
        ("EE", None),
        ("ECE", None),
        ("ECEEE", "merit"),
        ("II", "dismissal"),
        ("IEI", None),
        ("EEEI", None),
        ("IIII", "dismissal"),
    ],
)
def test_consecutive(grades: str, value: str | None) -> None:
    """`grades`: year by year, this year's last."""
    words = {"E": "excellent", "C": "competent", "I": "incompetent"}
    rows = tuple(
        OutcomeRow("person", "P0", "annual_grade", words[letter], str(2026 - back), date(2026 - back, 12, 31))
        for back, letter in enumerate(reversed(grades), 1)
    )
    assert proposed("consecutive", facts([person("P0", 99.0)], outcomes=Frame(rows))).get("P0") == value


def test_a_merit_is_counted_once() -> None:
    rows = [OutcomeRow("person", "P0", "annual_grade", "excellent", str(y), date(y, 12, 31)) for y in range(2021, 2026)]
    merit = OutcomeRow("person", "P0", "consecutive", "merit", "2023", date(2023, 12, 31))
    known = facts([person("P0", 99.0)], outcomes=Frame((*rows, merit)))
    assert proposed("consecutive", known) == {}
    assert proposed("consecutive", known, start_again=False) == {"P0": "merit"}
