"""Cycles: opened with every reason, the organization of the day pinned, forms made once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from models.cycle import Cycle, Entry, Form, Participant, Track
from models.errors import Frozen, Invalid, NotAllowed, NotFound, Refused, Stale, WrongState
from models.operations.cycles import add_participants, close_cycle, open_cycle
from models.operations.data import import_data
from models.operations.records import save_record
from plugins.engine.data import Data, Participants
from plugins.engine.scheme import Item
from tests.operations.factories import (
    COMMON,
    SCHEME,
    World,
    add_cycle,
    add_scheme,
    fill_and_submit,
    form_of,
    full_cycle,
    make_organization,
    open_it,
)


def test_a_cycle_that_is_not_ready_says_everything_that_is_missing(world: World) -> None:
    make_organization(world)
    version_id = add_scheme(world, publish=False)
    cycle_id = add_cycle(world, version_id, units=None, opens_at=None, due_at=None)
    with world.as_role("comprehensive") as session:
        with pytest.raises(Refused) as caught:
            open_cycle(session, cycle_id, session.get(Cycle, cycle_id).version)
        assert {found.place.column for found in caught.value.findings} == {
            "opens_at", "due_at", "scheme_version", "participants",
        }  # fmt: skip
        bare = save_record(
            session, "cycle", None, {"code": "E", "name": "空", "start_on": "2026-01-01", "end_on": "2026-03-31"}, None
        )
        with pytest.raises(Refused) as caught:
            open_cycle(session, bare.id, bare.version)
        assert "tracks" in {found.place.column for found in caught.value.findings}
        assert session.get(Cycle, cycle_id).state == "draft"


def test_opening_makes_a_form_for_everyone_and_a_line_for_every_indicator(world: World) -> None:
    make_organization(world)
    own = Item("OWN", "DUTY", name="个性指标", weight=20.0, method="ratio", value_type="number", unit="-", **COMMON)
    items = tuple(item for item in SCHEME.items if item.code != "DONE")
    scheme = replace(SCHEME, items=(*items, replace(own, participant=None)))
    cycle_id = add_cycle(world, add_scheme(world, scheme))
    open_it(world, cycle_id)
    with world.system() as session:
        assert session.scalar(select(func.count()).select_from(Form)) == 4
        assert session.scalar(select(func.count()).select_from(Entry)) == 16
        cycle = session.get(Cycle, cycle_id)
        assert (cycle.state, cycle.structure_on) == ("open", date(2026, 11, 23))
    with world.as_role("comprehensive") as session, pytest.raises(WrongState):
        open_cycle(session, cycle_id, session.get(Cycle, cycle_id).version)


def test_opening_pins_the_names_of_its_day(world: World) -> None:
    make_organization(world)
    cycle_id = add_cycle(world, add_scheme(world), structure_on="2027-01-10", due_at="2027-02-01 18:00")
    with world.as_role("admin") as session:
        save_record(session, "unit", world.ids["TAX"], {"name": "税收处"}, 1, effective_on=date(2027, 1, 1))
        save_record(session, "unit", world.ids["OFFICE"], {"name": "后来的名称"}, 1, effective_on=date(2027, 6, 1))
    open_it(world, cycle_id)
    with world.system() as session:
        names = dict(session.execute(select(Participant.code, Participant.name)).all())
        assert (names["TAX"], names["OFFICE"]) == ("税收处", "综合科")


def test_closed_units_do_not_join(world: World) -> None:
    make_organization(world)
    with world.as_role("admin") as session:
        save_record(session, "unit", world.ids["TAX"], {"closed_on": "2026-11-01"}, 1)
    cycle_id = add_cycle(world, add_scheme(world))
    with world.as_role("comprehensive") as session:
        assert set(session.scalars(select(Participant.code))) == {"BUDGET", "AUDITS", "OFFICE"}
        with pytest.raises(Invalid):
            add_participants(session, world.ids["track"], unit_ids=[world.ids["TAX"]])
    open_it(world, cycle_id)
    with world.as_role("comprehensive") as session, pytest.raises(WrongState):
        add_participants(session, world.ids["track"], unit_ids=[world.ids["HARBOUR"]])


def test_targets_are_carried_from_the_cycle_before_unless_given(world: World) -> None:
    full_cycle(world, "BUDGET")
    first = world.ids["cycle"]
    version_id = _version_of(world)
    cycle_id = add_cycle(world, version_id, "2027Q1", previous=first, start_on="2027-01-01", end_on="2027-03-31")
    blank = ("",) * 1
    data = Data(Participants(("TAX",), blank, blank, blank, blank), target={"EXEC": np.array([50.0])})
    with world.as_role("indicator") as session:
        assert import_data(session, world.ids["track"], data, commit=True).committed
    open_it(world, cycle_id)
    with world.system() as session:
        found = {}
        for code in ("BUDGET", "TAX"):
            form = form_of(session, code, world.ids["track"])
            found[code] = next(entry.target for entry in form.entries if entry.item.code == "EXEC")
        assert found == {"BUDGET": 95.0, "TAX": 50.0}


def _version_of(world: World) -> int:
    with world.system() as session:
        return int(session.get(Track, world.ids["track"]).scheme_version_id)


def test_a_closed_cycle_is_still(world: World) -> None:
    full_cycle(world)
    fill_and_submit(world, "TAX")
    with world.as_role("comprehensive") as session:
        cycle = session.get(Cycle, world.ids["cycle"])
        with pytest.raises(Stale):
            close_cycle(session, cycle.id, cycle.version + 1)
        close_cycle(session, cycle.id, cycle.version)
        with pytest.raises(WrongState):
            close_cycle(session, cycle.id, session.get(Cycle, cycle.id).version)
    with world.system() as session:
        form = form_of(session, "TAX", world.ids["track"])
        form.state = "draft"
        with pytest.raises(Frozen):
            session.commit()


def test_only_the_comprehensive_group_opens_and_closes(world: World) -> None:
    make_organization(world)
    cycle_id = add_cycle(world, add_scheme(world))
    for role in ("indicator", "leadership", "supervision", "admin"):
        with world.as_role(role) as session, pytest.raises((NotAllowed, NotFound)):
            open_cycle(session, cycle_id, 1)


def test_the_window_can_be_extended_while_the_cycle_is_open(world: World) -> None:
    full_cycle(world)
    world.clock.advance(timedelta(days=30))
    with world.as_role("comprehensive") as session:
        cycle = session.get(Cycle, world.ids["cycle"])
        save_record(session, "cycle", cycle.id, {"due_at": "2026-12-31 18:00"}, cycle.version)
    fill_and_submit(world, "TAX")
