"""Results application: rules bound to a cycle, applied, applied again, reviewed, approved; who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.errors import Frozen, Invalid, NotAllowed, NotFound, Stale, WrongState
from models.operations.calibration import calibration
from models.operations.form_values import FieldInput
from models.operations.outcomes import (
    approve_outcome,
    approve_outcomes,
    change_outcome,
    fingerprint,
    proposed_outcomes,
    reject_outcome,
)
from models.operations.records import save_record
from models.operations.rule_application import Application, apply_rules
from models.operations.rule_binding import bind_rule, bound_rules, unbind_rule
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.organization import Unit
from models.outcome import CycleRule, Outcome
from models.result import Run
from tests.operations.factories import World, approve, fill_and_submit, full_cycle

POOR = {
    "EXEC": FieldInput("20"),
    "COUNT": FieldInput("0"),
    "LEVEL": FieldInput(choice="C"),
    "DONE": FieldInput(choice="no"),
}


def published(world: World, *, reason: str | None = None, publish: bool = True, trial: bool = False) -> int:
    """A run of the cycle's track, published as the groups and leadership do."""
    with world.as_role("indicator") as session:
        run = run_scoring(session, world.ids["track"], trial=trial)
        if trial:
            return int(run.id)
        propose_run(session, run.id, run.version)
        run_id = int(run.id)
    if publish:
        with world.as_role("leadership") as session:
            publish_run(session, run_id, session.get(Run, run_id).version, reason)
    return run_id


def scored(world: World, *, publish: bool = True) -> World:
    """Budget and tax did well, the audits did poorly; the budget division and the audits have a leader each."""
    full_cycle(world, "BUDGET", "TAX")
    fill_and_submit(world, "AUDITS", POOR)
    approve(world, "AUDITS")
    for unit in ("BUDGET", "AUDITS"):
        world.ids[f"L-{unit}"] = world.put("person", code=f"L-{unit}", name="负责人", unit=world.ids[unit])
        with world.system() as session:
            row = session.get(Unit, world.ids[unit])
            save_record(session, "unit", row.id, {"leader": world.ids[f"L-{unit}"]}, row.version)
    published(world, publish=publish)
    return world


def bind(world: World, rule: str, **params: Any) -> int:
    with world.as_role("personnel") as session:
        return int(bind_rule(session, world.ids["cycle"], rule, params).id)


def apply(world: World, **who: Any) -> Application:
    with world.as_role("personnel", **who) as session:
        return apply_rules(session, world.ids["cycle"])


def outcomes(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    with world.system() as session:
        rows = session.scalars(select(Outcome).where(Outcome.cycle_id == world.ids["cycle"]))
        return {(row.code, row.kind): (row.value, row.state) for row in rows}


def one(session: Any, code: str, kind: str = "criticism") -> Outcome:
    found: Outcome = session.scalars(select(Outcome).where(Outcome.code == code, Outcome.kind == kind)).one()
    return found


def test_published_results_become_outcomes_with_reason_clause_and_runs(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    done = apply(world)
    assert (len(done.added), len(done.changed), len(done.gone)) == (3, 0, 0)
    assert outcomes(world) == {
        ("AUDITS", "criticism"): ("criticised", "proposed"),
        ("OFFICE", "criticism"): ("criticised", "proposed"),
        ("L-AUDITS", "accountability"): ("interview", "proposed"),
    }
    with world.system() as session:
        row = one(session, "AUDITS")
        assert row.reason["en"].startswith("Total ")
        assert row.reason["zh_Hans"].startswith("总分 ")
        assert "60" in row.reason["en"]
        assert (row.title["zh_Hans"], row.value_title["zh_Hans"]) == ("通报批评", "予以批评")
        assert row.cites["zh_Hans"] == "绩效结果应用办法：通报批评"
        assert (row.rule, row.rule_version, row.proposed_by) == ("criticism", "1.0", "personnel")
        assert row.runs == [session.scalars(select(Run.id).where(Run.state == "published")).one()]
        assert one(session, "L-AUDITS", "accountability").person_id == world.ids["L-AUDITS"]


def test_applying_again_changes_nothing(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    bind(world, "improvement_plan")
    first, before = apply(world), outcomes(world)
    again = apply(world)
    assert (again.added, again.changed, again.gone, again.standing) == ([], [], [], [])
    assert again.same == len(first.added) == len(before)
    assert outcomes(world) == before
    with world.system() as session:
        assert session.scalars(select(CycleRule)).first().changes["counts"] == {
            "added": 0, "changed": 0, "gone": 0, "standing": 0, "same": 3,
        }  # fmt: skip


def test_applying_with_other_parameters_says_what_was_added_changed_and_is_gone(world: World) -> None:
    scored(world)
    binding_id = bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        binding = session.get(CycleRule, binding_id)
        bind_rule(
            session, world.ids["cycle"], "criticism", {"below": "95", "admonish_after": "1"}, clause="第九条",
            binding_id=binding_id, version=binding.version,
        )  # fmt: skip
    done = apply(world)
    assert {change.code for change in done.added} == {"BUDGET", "TAX", "L-BUDGET"}
    assert {change.code for change in done.changed} == {"AUDITS", "OFFICE", "L-AUDITS"}
    (leader,) = [change for change in done.changed if change.code == "L-AUDITS"]
    assert (leader.before["en"], leader.after["en"]) == ("admonitory interview", "admonition")
    with world.system() as session:
        assert one(session, "TAX").cites == {"en": "第九条", "zh_Hans": "第九条"}
    with world.as_role("personnel") as session:
        binding = session.get(CycleRule, binding_id)
        bind_rule(
            session, world.ids["cycle"], "criticism", {"below": "0"}, binding_id=binding_id, version=binding.version
        )
    done = apply(world)
    assert len(done.gone) == 6
    assert outcomes(world) == {}


def test_an_approved_outcome_stands_and_is_told_apart(world: World) -> None:
    scored(world)
    binding_id = bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        row = approve_outcome(session, one(session, "AUDITS").id, one(session, "AUDITS").version)
        assert (row.state, row.decided_by) == ("approved", "personnel")
        binding = session.get(CycleRule, binding_id)
        bind_rule(
            session, world.ids["cycle"], "criticism", {"below": "0"}, binding_id=binding_id, version=binding.version
        )
    done = apply(world)
    assert [change.code for change in done.standing] == ["AUDITS"]
    assert outcomes(world) == {("AUDITS", "criticism"): ("criticised", "approved")}
    with world.system() as session:
        row = one(session, "AUDITS")
        row.value = "reminded"
        with pytest.raises(Frozen):
            session.flush()
    with world.as_role("personnel") as session:
        row = one(session, "AUDITS")
        with pytest.raises(WrongState):
            change_outcome(session, row.id, row.version, "reminded", "x")
    with world.as_role("personnel") as session:
        binding = session.get(CycleRule, binding_id)
        with pytest.raises(WrongState):
            unbind_rule(session, world.ids["cycle"], binding_id, binding.version)


def test_a_change_by_hand_keeps_its_reason_through_the_next_application(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        row = one(session, "AUDITS")
        changed = change_outcome(session, row.id, row.version, "reminded", "首次发生")
        assert (changed.value, changed.proposed, changed.changed) == ("reminded", "criticised", "reminded")
        assert (changed.value_title["zh_Hans"], changed.changed_by) == ("予以提醒", "personnel")
    assert apply(world).changed == []
    assert outcomes(world)["AUDITS", "criticism"] == ("reminded", "proposed")


@pytest.mark.parametrize(("value", "reason"), [("reminded", " "), ("no_such", "why"), ("", "why")])
def test_a_change_wants_a_value_of_the_rule_and_a_reason(world: World, value: str, reason: str) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        row = one(session, "AUDITS")
        with pytest.raises(Invalid):
            change_outcome(session, row.id, row.version, value, reason)
    assert outcomes(world)["AUDITS", "criticism"] == ("criticised", "proposed")


def test_what_was_rejected_comes_back_only_with_another_value(world: World) -> None:
    scored(world)
    binding_id = bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        row = one(session, "L-AUDITS", "accountability")
        with pytest.raises(Invalid):
            reject_outcome(session, row.id, row.version, "")
    with world.as_role("personnel") as session:
        row = one(session, "L-AUDITS", "accountability")
        assert reject_outcome(session, row.id, row.version, "刚刚到任").decision_note == "刚刚到任"
    assert apply(world).changed == []
    assert outcomes(world)["L-AUDITS", "accountability"][1] == "rejected"
    with world.as_role("personnel") as session:
        binding = session.get(CycleRule, binding_id)
        bind_rule(
            session, world.ids["cycle"], "criticism", {"inquire_after": "1"}, binding_id=binding_id,
            version=binding.version,
        )  # fmt: skip
    apply(world)
    assert outcomes(world)["L-AUDITS", "accountability"] == ("inquiry", "proposed")


def test_approving_all_is_refused_when_something_changed_since_it_was_looked_at(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        seen = fingerprint(proposed_outcomes(session, world.ids["cycle"]))
        row = one(session, "AUDITS")
        stale = row.version
        change_outcome(session, row.id, row.version, "reminded", "首次发生")
    with world.as_role("personnel") as session, pytest.raises(WrongState):
        approve_outcomes(session, world.ids["cycle"], seen=seen)
    with world.as_role("personnel") as session, pytest.raises(Stale):
        approve_outcomes(session, world.ids["cycle"], {one(session, "AUDITS").id: stale})
    assert {state for _, state in outcomes(world).values()} == {"proposed"}
    with world.as_role("personnel") as session:
        seen = fingerprint(proposed_outcomes(session, world.ids["cycle"]))
        assert approve_outcomes(session, world.ids["cycle"], seen=seen) == 3
    assert {state for _, state in outcomes(world).values()} == {"approved"}


def test_a_quota_is_never_exceeded_by_hand(world: World) -> None:
    scored(world)
    bind(world, "annual_grade", subjects="unit", quota_by="all", quota="30", excellent_from="80", competent_from="70")
    apply(world)
    grades = {code: value for (code, _), (value, _) in outcomes(world).items()}
    assert list(grades.values()).count("excellent") <= 1
    with world.as_role("personnel") as session:
        for code in ("BUDGET", "TAX"):
            row = one(session, code, "annual_grade")
            if row.value != "excellent":
                change_outcome(session, row.id, row.version, "excellent", "成绩并列")
        (table,) = calibration(session, world.ids["cycle"])
        (line,) = table.lines
        assert line.places == {"excellent": 1}
        assert (line.count, line.after["excellent"], line.over) == (4, 2, ("excellent",))
        assert line.before["excellent"] == list(grades.values()).count("excellent")
        assert next(iter(table.values)) == "excellent"
    with world.as_role("personnel") as session, pytest.raises(WrongState, match="quota"):
        approve_outcomes(session, world.ids["cycle"])
    assert {state for _, state in outcomes(world).values()} == {"proposed"}
    with world.as_role("personnel") as session:
        row = one(session, "TAX", "annual_grade")
        change_outcome(session, row.id, row.version, "competent", "名额所限")
        assert approve_outcomes(session, world.ids["cycle"]) == 4


def test_later_rules_see_what_earlier_ones_propose(world: World) -> None:
    scored(world)
    bind(world, "annual_grade", subjects="unit", quota_by="all", quota="100", excellent_from="80", competent_from="70")
    bind(world, "bonus_coefficient", subjects="unit", excellent_from="200", competent_from="150", basically_from="150")
    apply(world)
    found = outcomes(world)
    assert found["BUDGET", "annual_grade"][0] == "excellent"
    assert found["BUDGET", "bonus_coefficient"][0] == "1.2"
    assert found["AUDITS", "bonus_coefficient"][0] == "0"


def test_low_indicators_of_the_stored_scores_start_a_plan(world: World) -> None:
    scored(world)
    bind(world, "improvement_plan", total_below="0")
    apply(world)
    with world.system() as session:
        reason = one(session, "AUDITS", "improvement_plan").reason
        assert "DONE 制度建设 0 %" in reason["en"]
        assert "EXEC 预算执行率" in reason["zh_Hans"]


def test_results_that_are_not_published_count_for_nothing(world: World) -> None:
    scored(world, publish=False)
    bind(world, "criticism")
    with pytest.raises(WrongState):
        apply(world)
    published(world, trial=True)
    with pytest.raises(WrongState):
        apply(world)
    assert outcomes(world) == {}


def test_a_correction_that_is_published_shows_and_stops_the_approval_until_then(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    published(world, reason="更正")
    with world.as_role("personnel") as session, pytest.raises(WrongState, match="published anew"):
        approve_outcomes(session, world.ids["cycle"])
    assert len(apply(world).changed) == 3
    with world.as_role("personnel") as session:
        assert approve_outcomes(session, world.ids["cycle"]) == 3


def test_nothing_is_bound_that_makes_no_sense(world: World) -> None:
    scored(world)
    with world.as_role("personnel") as session:
        for rule, params, field in (
            ("no_such", {}, "rule"),
            ("criticism", {"below": "low"}, "below"),
            ("criticism", {"strange": "1"}, "strange"),
            ("annual_grade", {"subjects": "unit"}, "params"),
        ):
            with pytest.raises(Invalid) as refused:
                bind_rule(session, world.ids["cycle"], rule, params)
            assert field in refused.value.fields
        assert list(bound_rules(session, world.ids["cycle"])) == []


def test_unbinding_takes_the_proposals_along(world: World) -> None:
    scored(world)
    binding_id = bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        unbind_rule(session, world.ids["cycle"], binding_id, session.get(CycleRule, binding_id).version)
    assert outcomes(world) == {}
    with pytest.raises(WrongState):
        apply(world)


@pytest.mark.parametrize(
    "role", ["admin", "comprehensive", "indicator", "leadership", "supervision", "liaison", "leader"]
)
def test_only_the_personnel_office_acts(world: World, role: str) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    unit = "AUDITS" if role in ("liaison", "leader") else None
    with world.as_role(role, unit) as session, pytest.raises((NotAllowed, NotFound)):
        bind_rule(session, world.ids["cycle"], "criticism")
    with world.as_role(role, unit) as session, pytest.raises((NotAllowed, NotFound)):
        apply_rules(session, world.ids["cycle"])
    with world.as_role(role, unit) as session, pytest.raises(NotAllowed):
        approve_outcomes(session, world.ids["cycle"])
    assert {state for _, state in outcomes(world).values()} == {"proposed"}


def seen_by(world: World, role: str, unit: str | None = None, **more: Any) -> set[str]:
    with world.as_role(role, unit, **more) as session:
        return set(session.scalars(select(Outcome.code)))


def test_who_sees_outcomes_before_and_after_they_are_approved(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    every = {"AUDITS", "OFFICE", "L-AUDITS"}
    person = {"person_id": world.ids["L-AUDITS"]}
    for role in ("personnel", "comprehensive", "leadership", "supervision"):
        assert seen_by(world, role) == every
    for role in ("admin", "indicator"):
        assert seen_by(world, role) == set()
    assert seen_by(world, "leader", "AUDITS") == seen_by(world, "staff", **person) == set()
    with world.as_role("personnel") as session:
        approve_outcomes(session, world.ids["cycle"])
    assert seen_by(world, "leader", "AUDITS") == {"AUDITS", "L-AUDITS"}
    assert seen_by(world, "leader", "TAX") == set()
    assert seen_by(world, "staff", **person) == {"L-AUDITS"}
    assert seen_by(world, "liaison", "AUDITS") == set()


def test_a_personnel_office_of_a_part_proposes_for_that_part(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    done = apply(world, unit="AUDITS", scope="subtree")
    assert {change.code for change in done.added} == {"AUDITS", "L-AUDITS"}
    assert len(apply(world).added) == 1
    assert apply(world, unit="TAX", scope="subtree").gone == []
    assert len(outcomes(world)) == 3


def test_every_step_is_in_the_audit_trail(world: World) -> None:
    scored(world)
    bind(world, "criticism")
    apply(world)
    with world.as_role("personnel") as session:
        row = one(session, "AUDITS")
        change_outcome(session, row.id, row.version, "reminded", "首次发生")
        approve_outcomes(session, world.ids["cycle"])
    with world.system() as session:
        found = set(session.scalars(select(AuditEntry.action)))
    assert {"cycle.bind", "outcome.propose", "outcome.change", "outcome.approve"} <= found
