"""Runs: reproducible, proposed and published by those who may, explained from what they stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.cycle import Cycle
from models.errors import Frozen, Invalid, NotAllowed, NotFound, Refused, Stale, WrongState
from models.operations.cycles import close_cycle
from models.operations.explanations import explain_score, load_results
from models.operations.records import save_record
from models.operations.scoring import newest_run, propose_run, publish_run, run_scoring
from models.result import Run, Score, Total
from models.scheme import Item as StoredItem
from plugins.engine.scheme import Item
from plugins.registry import build_registry
from tests.operations.factories import (
    SCHEME,
    World,
    add_cycle,
    add_scheme,
    approve,
    fill_and_submit,
    form_of,
    full_cycle,
    make_organization,
    open_it,
)


def score_it(world: World, *, trial: bool = False) -> int:
    with world.as_role("indicator") as session:
        return int(run_scoring(session, world.ids["track"], trial=trial).id)


def step(world: World, role: str, verb: object, run_id: int, *more: object) -> None:
    with world.as_role(role) as session:
        run = session.scalars(select(Run).where(Run.id == run_id)).one()
        verb(session, run_id, run.version, *more)  # type: ignore[operator]


def publish(world: World, run_id: int, *reason: str) -> None:
    step(world, "indicator", propose_run, run_id)
    step(world, "leadership", publish_run, run_id, *reason)


def test_only_approved_values_count(world: World) -> None:
    full_cycle(world, "TAX")
    fill_and_submit(world, "BUDGET")
    score_it(world)
    with world.system() as session:
        totals = {total.participant.code: total.total for total in session.scalars(select(Total))}
    assert totals == {"TAX": 92.4, "BUDGET": 0.0, "AUDITS": 0.0, "OFFICE": 0.0}


def test_the_same_inputs_give_the_same_bytes(world: World) -> None:
    full_cycle(world, "TAX", "BUDGET")
    first, second = score_it(world), score_it(world)
    with world.system() as session:
        runs = [session.get(Run, number) for number in (first, second)]
        assert runs[0].number + 1 == runs[1].number
        assert runs[0].input_hash == runs[1].input_hash
        assert runs[0].result_hash == runs[1].result_hash
        assert runs[0].inputs == runs[1].inputs
        stored = [
            session.scalars(select(Score.packed).where(Score.run_id == number).order_by(Score.participant_id)).all()
            for number in (first, second)
        ]
        assert stored[0] == stored[1]
    approve_more(world)
    with world.system() as session:
        third = session.get(Run, score_it(world))
        assert third.input_hash != session.get(Run, first).input_hash


def approve_more(world: World) -> None:
    fill_and_submit(world, "AUDITS")
    approve(world, "AUDITS")


def test_a_run_explains_itself_after_entries_changed(world: World) -> None:
    full_cycle(world, "TAX")
    run_id = score_it(world)
    publish(world, run_id)
    with world.system() as session:
        form = form_of(session, "TAX", world.ids["track"])
        participant = form.participant_id
        for entry in form.entries:
            entry.actual, entry.approved_by = 1.0, "somebody"
        session.commit()
    with world.as_role("leader", "TAX") as session:
        lines = {line.code: line for line in explain_score(session, run_id, participant)}
    line = lines["EXEC"]
    assert (line.actual, line.target, line.rate, line.points) == (91.2, 95.0, 91.2 / 95.0, 40.0 * (91.2 / 95.0))
    assert (line.entered_by, line.approved_by) == ("liaison", "leader")
    assert line.approved_at == world.clock.now()
    assert "91.2 / 95 = 0.96" in str(line.text)
    assert "91.2 / 95 = 0.96" in line.text.in_language("zh")
    assert (lines["TASKS"].depth, line.depth, lines["LEVEL"].choice) == (0, 1, "B")
    assert list(lines)[:3] == ["TASKS", "EXEC", "COUNT"]
    assert lines["PRAISE"].points == 0.0


def test_an_explanation_says_when_its_plugin_has_changed(world: World) -> None:
    full_cycle(world, "TAX")
    run_id = score_it(world)
    newer = build_registry()
    newer.methods["ratio"].version = "99"  # type: ignore[misc]  # this registry's own object
    with world.as_role("indicator") as session:
        participant = form_of(session, "TAX", world.ids["track"]).participant_id
        lines = {line.code: line for line in explain_score(session, run_id, participant, newer)}
    assert "described by version 99" in str(lines["EXEC"].text)
    assert "version 99" not in str(lines["COUNT"].text)
    assert lines["EXEC"].points == 40.0 * (91.2 / 95.0)


def test_explanations_are_for_the_participant_s_own_line(world: World) -> None:
    full_cycle(world, "TAX")
    run_id = score_it(world)
    with world.system() as session:
        participant = form_of(session, "TAX", world.ids["track"]).participant_id
    with world.as_role("leader", "TAX") as session, pytest.raises((NotFound, NotAllowed)):
        explain_score(session, run_id, participant)
    publish(world, run_id)
    with world.as_role("leader", "TAX") as session:
        assert explain_score(session, run_id, participant)
        with pytest.raises(NotAllowed):
            load_results(session, run_id)
    for role, unit in (("leader", "BUDGET"), ("admin", None)):
        with world.as_role(role, unit) as session, pytest.raises((NotFound, NotAllowed)):
            explain_score(session, run_id, participant)
    with world.as_role("supervision") as session:
        assert load_results(session, run_id).data.participants.codes


def test_publishing_and_superseding_with_a_reason(world: World) -> None:
    full_cycle(world, "TAX")
    first = score_it(world)
    publish(world, first)
    approve_more(world)
    second = score_it(world)
    step(world, "indicator", propose_run, second)
    with world.as_role("leadership") as session:
        run = session.get(Run, second)
        with pytest.raises(Invalid) as caught:
            publish_run(session, second, run.version, " ")
        assert set(caught.value.fields) == {"reason"}
    step(world, "leadership", publish_run, second, "更正监督处数据")
    with world.system() as session:
        old, new = session.get(Run, first), session.get(Run, second)
        assert (old.state, new.state, new.supersedes_id, new.reason) == ("superseded", "published", first, "更正监督处数据")
        shown = session.scalars(select(Total.run_id).where(Total.is_published.is_(True)).distinct()).all()
        assert shown == [second]
        assert newest_run(session, world.ids["track"], "published").id == second
        actions = set(session.scalars(select(AuditEntry.action)))
        assert {"track.score", "run.propose", "run.publish"} <= actions


def test_published_runs_never_change(world: World) -> None:
    full_cycle(world, "TAX")
    run_id = score_it(world)
    publish(world, run_id)
    with world.system() as session:
        total = session.scalars(select(Total).where(Total.run_id == run_id)).first()
        assert total is not None
        total.total = 100.0
        with pytest.raises(Frozen):
            session.commit()
    for verb, role in ((propose_run, "indicator"), (publish_run, "leadership")):
        with pytest.raises(WrongState):
            step(world, role, verb, run_id)


def test_each_step_belongs_to_somebody(world: World) -> None:
    full_cycle(world, "TAX")
    for role in ("comprehensive", "leadership", "admin", "regional"):
        with world.as_role(role) as session, pytest.raises(NotAllowed):
            run_scoring(session, world.ids["track"])
    run_id = score_it(world)
    with pytest.raises(NotAllowed):
        step(world, "leadership", propose_run, run_id)
    with pytest.raises(WrongState):
        step(world, "leadership", publish_run, run_id)
    step(world, "indicator", propose_run, run_id)
    with pytest.raises(NotAllowed):
        step(world, "indicator", publish_run, run_id)
    with world.as_role("leadership") as session, pytest.raises(Stale):
        publish_run(session, run_id, 99)


def test_trials_never_reach_results(world: World) -> None:
    make_organization(world)
    cycle_id = add_cycle(world, add_scheme(world))
    with world.as_role("indicator") as session, pytest.raises(WrongState):
        run_scoring(session, world.ids["track"])
    trial = score_it(world, trial=True)
    with pytest.raises(WrongState):
        step(world, "indicator", propose_run, trial)
    with world.as_role("comprehensive") as session:
        cycle = session.get(Cycle, cycle_id)
        save_record(session, "cycle", cycle_id, {"is_trial": True}, cycle.version)
    open_it(world, cycle_id)
    run_id = score_it(world)
    with world.system() as session:
        assert session.get(Run, run_id).is_trial
    with pytest.raises(WrongState):
        step(world, "indicator", propose_run, run_id)


def test_a_closed_cycle_is_not_scored_but_what_was_proposed_is_published(world: World) -> None:
    full_cycle(world, "TAX")
    run_id = score_it(world)
    with world.as_role("comprehensive") as session:
        cycle = session.get(Cycle, world.ids["cycle"])
        close_cycle(session, cycle.id, cycle.version)
    with world.as_role("indicator") as session, pytest.raises(WrongState):
        run_scoring(session, world.ids["track"])
    publish(world, run_id)


def test_a_missing_value_that_blocks_is_listed(world: World) -> None:
    make_organization(world)
    items = tuple(replace(item, missing="block") if item.code == "EXEC" else item for item in SCHEME.items)
    open_it(world, add_cycle(world, add_scheme(world, replace(SCHEME, items=items))))
    with world.as_role("indicator") as session:
        with pytest.raises(Refused) as caught:
            run_scoring(session, world.ids["track"])
        assert {(found.place.key, found.place.column) for found in caught.value.findings} == {
            (code, "EXEC") for code in ("BUDGET", "TAX", "AUDITS", "OFFICE")
        }
        assert session.scalars(select(Run)).all() == []


def test_adjustments_and_deadlines_flow_into_a_run(world: World) -> None:
    full_cycle(world, "TAX")
    world.clock.advance(timedelta(hours=1))
    with world.system() as session:
        participant = form_of(session, "TAX", world.ids["track"]).participant_id
        item = session.scalars(select(StoredItem.id).where(StoredItem.code == "PRAISE")).one()
    with world.as_role("indicator") as session:
        given = {"participant": participant, "item": item, "occurrences": "2", "reason": "省级表彰"}
        saved = save_record(session, "adjustment", None, given, None)
        assert saved.approved_by == "indicator"
        with pytest.raises(Invalid) as caught:
            save_record(session, "adjustment", None, {**given, "points": 3, "reason": "又"}, None)
        assert set(caught.value.fields) == {"points"}
    run_id = score_it(world)
    with world.system() as session:
        query = select(Total).where(Total.run_id == run_id, Total.participant_id == participant)
        total = session.scalars(query).one()
        assert (total.bonus, total.total) == (4.0, 96.4)
        results = load_results(session, run_id)
        assert np.nansum(results.adjustment_points["PRAISE"]) == 4.0


def test_the_item_of_another_scheme_is_no_adjustment(world: World) -> None:
    full_cycle(world)
    other = replace(SCHEME, code="OTHER", items=(*SCHEME.items[:-1], Item("ELSE", None, "bonus", "其他")))
    add_scheme(world, other)
    with world.system() as session:
        participant = form_of(session, "TAX", world.ids["track"]).participant_id
    with world.as_role("indicator") as session:
        for reference, field in (("OTHER/1/ELSE", "item"), ("DIV/1/EXEC", "item")):
            with pytest.raises(Invalid) as caught:
                save_record(session, "adjustment", None, {"participant": participant, "item": reference, "reason": "x"}, None)
            assert set(caught.value.fields) == {field}
