"""The last quarter that is over has its consequences, in the personnel office's hands."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cycle import Cycle
from models.outcome import CycleRule, Outcome
from models.result import Run


def test_the_rules_of_the_third_quarter_led_to_outcomes(session: Session) -> None:
    (cycle_id,) = set(session.scalars(select(CycleRule.cycle_id)))
    assert session.get_one(Cycle, cycle_id).code.endswith("Q3")
    rules = list(session.scalars(select(CycleRule).order_by(CycleRule.position)))
    assert [rule.rule for rule in rules] == ["commendation", "criticism", "improvement_plan"]
    assert {rule.applied_by for rule in rules} == {"personnel"}
    outcomes = list(session.scalars(select(Outcome)))
    by_kind = {kind: [one for one in outcomes if one.kind == kind] for kind in {one.kind for one in outcomes}}
    assert set(by_kind) == {"commendation", "criticism", "accountability", "improvement_plan"}
    assert {one.state for one in by_kind["commendation"]} == {"approved"}
    assert {one.state for one in outcomes if one.kind != "commendation"} == {"proposed"}
    published = set(session.scalars(select(Run.id).where(Run.state == "published")))
    assert all(one.runs and set(one.runs) <= published for one in outcomes)
    assert {one.person.unit.code for one in by_kind["accountability"]} == {one.code for one in by_kind["criticism"]}
