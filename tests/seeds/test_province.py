"""The province for benchmarks: as large as it says, complete, and there once however often it is asked for."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models.access import load_actor
from models.actor import SYSTEM
from models.cycle import Cycle, Entry, Form, Participant
from models.db import Database
from models.operations.scoring import run_scoring
from models.organization import Unit
from models.result import Total
from plugins.engine import check_scheme
from plugins.registry import build_registry
from seeds import province, seed_demo
from tests.seeds.conftest import MORNING
from tests.support.settings import DEMO_PASSWORD

FEW = 60


def test_its_scheme_has_200_indicators_and_could_be_published() -> None:
    scheme = province.province_scheme()
    assert sum(item.kind == "indicator" for item in scheme.items) == 200
    assert [str(finding.text) for finding in check_scheme(scheme, build_registry(), publish=True)] == []


def enlarged(demo: Database, offices: int) -> None:
    """Add the province and look at it."""
    assert seed_demo(demo, password=DEMO_PASSWORD, scale="province").made
    with demo.session(SYSTEM) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.code == "2026Y")).one()
        assert cycle.state == "open"
        (track,) = cycle.tracks
        counted = {
            model: session.scalar(select(func.count()).select_from(model).where(model.track_id == track.id))
            for model in (Participant, Form)
        }
        assert set(counted.values()) == {offices}
        entries = select(func.count()).select_from(Entry).join(Form).where(Form.track_id == track.id)
        assert session.scalar(entries) == offices * 200
        assert session.scalar(entries.where(Entry.approved_at.is_(None))) == 0
        assert session.scalar(select(func.count()).select_from(Unit)) == 219 + offices
        track_id = track.id
        actor = load_actor(session, "indicator", source="command", on=MORNING.date())
    assert not seed_demo(demo, password=DEMO_PASSWORD, scale="province").made
    with demo.session(actor) as session:
        run = run_scoring(session, track_id)
        marks = session.scalars(select(Total.total).where(Total.run_id == run.id)).all()
    assert len(marks) == offices
    assert len(set(marks)) > offices / 2
    assert all(mark is not None and 40 < mark < 100 for mark in marks)


def test_a_small_province_is_whole(own_demo: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(province, "OFFICES", FEW)
    enlarged(own_demo, FEW)


@pytest.mark.soak
def test_the_province_is_as_large_as_it_says(own_demo: Database) -> None:
    enlarged(own_demo, 5000)
