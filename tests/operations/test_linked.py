"""`linked` items read what is published: the unit's score, and one's own in the cycles named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models.operations.cycles import add_participants, create_track
from models.operations.data import import_data
from models.operations.explanations import explain_score, load_results
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.result import Run
from plugins.engine.data import Data, Participants
from plugins.engine.scheme import Item, Scheme
from tests.operations.factories import COMMON, World, add_cycle, add_scheme, make_organization, open_it

UNITS = ("BUDGET", "TAX", "AUDITS")
ITEM = Item("X", None, "indicator", "完成率", 100.0, method="ratio", value_type="percent", unit="%", **COMMON)
QUARTER = Scheme(code="QUARTER", name="季度", items=(ITEM,))
YEAR = Scheme(
    code="YEAR",
    name="年度",
    items=(
        Item(
            "Q",
            None,
            "indicator",
            "季度平均",
            60.0,
            method="linked",
            unit="-",
            params={"from": "2026Q1, 2026Q2", "weights": "1, 3"},
            **COMMON,
        ),
        replace(ITEM, weight=40.0),
    ),
)


def linked(source: str, missing: str | None = None) -> Item:
    return Item(
        "L",
        None,
        "indicator",
        "单位得分",
        50.0,
        method="linked",
        unit="-",
        params={"from": source},
        missing=missing,
        **COMMON,
    )


@pytest.fixture
def department(world: World) -> World:
    return make_organization(world)


def enter(
    world: World, track_id: int, values: dict[str, float], *, linked_rates: dict[tuple[int, str], float] | None = None
) -> None:
    blank = ("",) * len(values)
    column = np.array(list(values.values()))
    data = Data(
        Participants(tuple(values), blank, blank, blank, blank),
        {"X": column},
        {"X": np.full(len(values), 100.0)},
        linked=linked_rates or {},
    )
    with world.as_role("indicator") as session:
        report = import_data(session, track_id, data, commit=True)
        assert report.committed, [str(problem.text) for problem in report.problems]


def published(world: World, track_id: int, *, trial: bool = False, reason: str | None = None) -> int:
    with world.as_role("indicator") as session:
        run = run_scoring(session, track_id, trial=trial)
        run_id = run.id
        if not trial:
            propose_run(session, run_id, run.version)
    if not trial:
        with world.as_role("leadership") as session:
            publish_run(session, run_id, session.get_one(Run, run_id).version, reason)
    return run_id


def quarter(world: World, version: int, code: str, values: dict[str, float]) -> int:
    open_it(world, add_cycle(world, version, code, UNITS))
    track = world.ids["track"]
    enter(world, track, values)
    published(world, track)
    return track


def rates(world: World, run_id: int, item: str) -> dict[str, float | None]:
    with world.as_role("indicator") as session:
        results = load_results(session, run_id)
        row = results.rates[results.item_codes.index(item)].tolist()
        return {
            code: None if rate != rate else round(rate, 9)
            for code, rate in zip(results.data.participants.codes, row, strict=True)
        }


def test_a_year_takes_in_its_quarters_by_their_weights(department: World) -> None:
    version = add_scheme(department, QUARTER)
    quarter(department, version, "2026Q1", {"BUDGET": 80.0, "TAX": 60.0, "AUDITS": 100.0})
    again = quarter(department, version, "2026Q2", {"BUDGET": 90.0, "TAX": 70.0, "AUDITS": 50.0})
    open_it(department, add_cycle(department, add_scheme(department, YEAR), "2026", UNITS))
    year = department.ids["track"]
    enter(department, year, dict.fromkeys(UNITS, 100.0))
    run = published(department, year)
    assert rates(department, run, "Q") == {"BUDGET": 0.875, "TAX": 0.675, "AUDITS": 0.625}
    with department.as_role("leadership") as session:
        who = next(
            line for line in explain_score(session, run, _participant(department, year, "TAX")) if line.code == "Q"
        )
        assert "2026Q1 0.60, 2026Q2 0.70" in who.text.in_language("en")
    enter(department, again, {"BUDGET": 50.0, "TAX": 70.0, "AUDITS": 50.0})
    assert rates(department, published(department, year, trial=True), "Q")["BUDGET"] == 0.875
    published(department, again, reason="appeal")
    assert rates(department, published(department, year, trial=True), "Q")["BUDGET"] == 0.575
    assert rates(department, run, "Q")["BUDGET"] == 0.875


def _participant(world: World, track_id: int, code: str) -> int:
    from sqlalchemy import select

    from models.cycle import Participant

    with world.system() as session:
        return int(
            session.scalars(
                select(Participant.id).where(Participant.track_id == track_id, Participant.code == code)
            ).one()
        )


@pytest.mark.parametrize(("source", "expected"), [("unit", 0.9), ("unit@2026Q1", 0.8)])
def test_a_person_takes_in_the_score_of_the_unit(department: World, source: str, expected: float) -> None:
    version = add_scheme(department, QUARTER)
    quarter(department, version, "2026Q1", {"BUDGET": 80.0, "TAX": 60.0, "AUDITS": 100.0})
    open_it_later = add_cycle(department, version, "2026Q2", UNITS)
    units = department.ids["track"]
    people = Scheme(
        code="PEOPLE", name="人员", applies_to="person", items=(linked(source, "exclude"), replace(ITEM, weight=50.0))
    )
    staff = add_scheme(department, people)
    person = department.put("person", code="P1", name="李明", unit=department.ids["BUDGET"], joined_on=date(2015, 7, 1))
    with department.as_role("comprehensive") as session:
        track = create_track(session, open_it_later, staff).id
        add_participants(session, track, person_ids=[person])
    open_it(department, open_it_later)
    enter(department, units, {"BUDGET": 90.0, "TAX": 70.0, "AUDITS": 50.0})
    enter(department, track, {"P1": 100.0})
    before = published(department, track, trial=True)
    assert rates(department, before, "L") == {"P1": None if source == "unit" else 0.8}
    published(department, units, trial=True)
    assert rates(department, published(department, track, trial=True), "L") == rates(department, before, "L")
    published(department, units)
    assert rates(department, published(department, track), "L") == {"P1": expected}


def test_what_was_entered_takes_the_place_of_what_is_published(department: World) -> None:
    version = add_scheme(department, QUARTER)
    quarter(department, version, "2026Q1", {"BUDGET": 80.0, "TAX": 60.0, "AUDITS": 100.0})
    quarter(department, version, "2026Q2", {"BUDGET": 80.0, "TAX": 60.0, "AUDITS": 100.0})
    open_it(department, add_cycle(department, add_scheme(department, YEAR), "2026", UNITS))
    year = department.ids["track"]
    enter(department, year, dict.fromkeys(UNITS, 100.0), linked_rates={(0, "2026Q1"): 0.4})
    assert rates(department, published(department, year), "Q") == {"BUDGET": 0.7, "TAX": 0.6, "AUDITS": 1.0}


def test_without_a_published_score_the_rate_is_missing_with_its_reason(department: World) -> None:
    version = add_scheme(department, QUARTER)
    quarter(department, version, "2026Q1", {"BUDGET": 80.0, "TAX": 60.0, "AUDITS": 100.0})
    open_it(department, add_cycle(department, add_scheme(department, YEAR), "2026", UNITS))
    year = department.ids["track"]
    enter(department, year, dict.fromkeys(UNITS, 100.0))
    run = published(department, year)
    assert rates(department, run, "Q")["BUDGET"] == 0.0
    with department.as_role("indicator") as session:
        reasons = load_results(session, run).reasons
        assert "no published score" in reasons["Q", 0].in_language("en")
