"""Rankings against the cycle before, completeness, the roster, and everybody's tasks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.errors import NotFound
from models.operations.forms import FieldInput, return_form
from models.operations.reports import completeness, home, list_forms, ranking, roster
from models.operations.scoring import propose_run, publish_run
from models.result import Run
from tests.operations.factories import (
    FILLED,
    World,
    add_cycle,
    approve,
    fill_and_submit,
    form_of,
    full_cycle,
    open_it,
    targets,
)
from tests.operations.test_scoring import publish, score_it, step


def kinds(world: World, role: str, unit: str | None = None) -> list[str]:
    with world.as_role(role, unit) as session:
        return [task.kind for task in home(session).tasks]


def test_a_ranking_shows_the_change_against_the_cycle_before(world: World) -> None:
    full_cycle(world, "TAX")
    first = score_it(world)
    publish(world, first)
    with world.system() as session:
        version_id = session.get(Run, first).track.scheme_version_id
    cycle = add_cycle(world, version_id, "2027Q1", previous=world.ids["cycle"], start_on="2027-01-01", end_on="2027-03-31")
    open_it(world, cycle)
    targets(world)
    fill_and_submit(world, "BUDGET")
    approve(world, "BUDGET")
    with world.as_role("indicator") as session:
        found = ranking(session, score_it(world))
    assert [item.code for item in found.top] == ["TASKS", "DUTY"]
    assert found.previous_cycle == "2026Q4"
    rows = {row.code: row for row in found.rows}
    assert [(row.code, row.rank) for row in found.rows][:2] == [("BUDGET", 1), ("AUDITS", 2)]
    assert (rows["BUDGET"].previous_rank, rows["BUDGET"].change) == (2, 1)
    assert (rows["TAX"].previous_rank, rows["TAX"].change, rows["TAX"].previous_total) == (1, -1, 92.4)
    assert (rows["BUDGET"].grade, rows["BUDGET"].grade_name) == ("good", "良好")
    assert rows["BUDGET"].top == {"TASKS": pytest.approx(58.4), "DUTY": pytest.approx(34.0)}


def test_unpublished_rankings_are_for_those_who_work_on_them(world: World) -> None:
    full_cycle(world, "TAX")
    run_id = score_it(world)
    for role, unit in (("liaison", "TAX"), ("admin", None)):
        with world.as_role(role, unit) as session, pytest.raises(NotFound):
            ranking(session, run_id)
    publish(world, run_id)
    with world.as_role("liaison", "TAX") as session:
        assert len(ranking(session, run_id).rows) == 4


def test_who_has_handed_in_and_who_is_late(world: World) -> None:
    full_cycle(world, "TAX")
    fill_and_submit(world, "BUDGET")
    with world.as_role("liaison", "AUDITS") as session:
        from models.operations.forms import save_form

        form = form_of(session, "AUDITS", world.ids["track"])
        save_form(session, form.id, form.version, {"EXEC": FieldInput("90"), "COUNT": FieldInput("x")})
    world.clock.advance(timedelta(days=60))
    with world.as_role("indicator") as session:
        rows = {row.code: row for row in completeness(session, world.ids["cycle"])}
    assert {code: (row.state, row.late, row.filled, row.asked) for code, row in rows.items()} == {
        "TAX": ("approved", False, 4, 4),
        "BUDGET": ("submitted", False, 4, 4),
        "AUDITS": ("draft", True, 1, 4),
        "OFFICE": ("draft", True, 0, 4),
    }
    assert rows["AUDITS"].invalid == 1
    with world.as_role("liaison", "BUDGET", "subtree") as session:
        assert {row.code for row in list_forms(session)} == {"BUDGET", "OFFICE"}


def test_the_roster_is_of_a_day_with_the_unit_s_grade(world: World) -> None:
    full_cycle(world, "TAX")
    publish(world, score_it(world))
    world.put("post", code="J1", name="处长", unit="TAX", level="division_chief")
    for code, name in (("E1", "王芳"), ("E2", "李娜")):
        world.put("person", code=code, name=name, unit="TAX")
    world.put("appointment", person="E1", post="J1", start_on="2025-01-01", end_on="2026-10-31")
    world.put("appointment", person="E2", post="J1", start_on="2026-11-01")
    with world.as_role("personnel") as session:
        (row,) = roster(session)
        assert (row.unit, row.post, row.person, row.start_on, row.end_on) == ("税政处", "处长", "李娜", date(2026, 11, 1), None)
        assert (row.unit_grade, row.grade_cycle) == ("良好", "2026Q4 考核")
        assert [row.person for row in roster(session, date(2026, 1, 1))] == ["王芳"]
    with world.as_role("liaison", "BUDGET") as session:
        assert roster(session) == []


def test_everybody_finds_what_waits(world: World) -> None:
    full_cycle(world)
    with world.as_role("liaison", "TAX") as session:
        (task,) = home(session).tasks
        assert (task.kind, task.title, task.asked, task.overdue) == ("fill", "税政处", 4, False)
        assert task.due_at is not None
    fill_and_submit(world, "TAX")
    assert (kinds(world, "liaison", "TAX"), kinds(world, "leader", "TAX")) == ([], ["review"])
    with world.as_role("leader", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        return_form(session, form.id, form.version, "请补充")
    assert (kinds(world, "liaison", "TAX"), kinds(world, "leader", "TAX")) == (["correct"], [])
    fill_and_submit(world, "TAX", FILLED)
    approve(world, "TAX")
    assert kinds(world, "indicator") == []
    world.clock.advance(timedelta(days=30))
    assert kinds(world, "indicator") == ["score"]
    run_id = score_it(world)
    assert kinds(world, "indicator") == ["propose"]
    step(world, "indicator", propose_run, run_id)
    assert (kinds(world, "indicator"), kinds(world, "leadership")) == ([], ["publish"])
    step(world, "leadership", publish_run, run_id)
    assert kinds(world, "leadership") == []
    with world.as_role("leader", "TAX") as session:
        page = home(session)
        assert page.published[0].own is not None
        assert (page.published[0].own.rank, page.published[0].own.code) == (1, "TAX")
        assert page.cycles[0].states == {"approved": 1}


def test_a_deadline_near_is_marked(world: World) -> None:
    full_cycle(world)
    world.clock.advance(timedelta(days=14))
    with world.as_role("liaison", "TAX") as session:
        assert [task.due_soon for task in home(session).tasks] == [True]
    world.clock.advance(timedelta(days=14))
    with world.as_role("liaison", "TAX") as session:
        assert [task.overdue for task in home(session).tasks] == [True]
        assert home(session).cycles[0].late == 1
