"""Seeding again changes nothing, whatever was changed since and whenever it is done."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from config.metadata import load_metadata
from config.site import SITE_SETTINGS
from models.access import load_actor
from models.account import Account
from models.actor import SYSTEM
from models.base import metadata
from models.cycle import Form
from models.db import Database
from models.operations.forms import FieldInput, save_form
from models.operations.records import save_record
from models.organization import Unit
from models.setting import Setting
from seeds import seed_baseline, seed_demo
from tests.seeds.conftest import MORNING, opened
from tests.support.settings import DEMO_PASSWORD


def content(database: Database) -> dict[str, tuple[Any, ...]]:
    """How many rows each table holds, and how far their versions have come."""
    found = {}
    with database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            version = func.sum(table.c.version) if "version" in table.c else func.count()
            found[table.name] = tuple(connection.execute(select(func.count(), version).select_from(table)).one())
    return found


def test_seeding_again_changes_nothing(own_demo: Database) -> None:
    before = content(own_demo)
    report = seed_demo(own_demo, password="another-Password-1")
    assert not report.made
    assert (report.units, report.cycles) == (219, 4)
    assert content(own_demo) == before
    with own_demo.session(SYSTEM) as session:
        admin = session.scalars(select(Account).where(Account.username == "admin")).one()
        assert check_password_hash(admin.password, DEMO_PASSWORD)


def test_what_people_changed_since_stays(own_demo: Database) -> None:
    with own_demo.session(SYSTEM) as session:
        liaison = load_actor(session, "liaison", source="screen", on=MORNING.date())
        unit = session.scalars(select(Unit).where(Unit.code == "130105")).one()
        save_record(session, "unit", unit.id, {"name": "改名区"}, unit.version)
    with own_demo.session(liaison) as session:
        form = session.scalars(select(Form).where(Form.state == "draft").order_by(Form.id.desc())).first()
        assert form is not None
        save_form(session, form.id, form.version, {"E4": FieldInput(actual="2")})
    before = content(own_demo)
    seed_demo(own_demo, password=DEMO_PASSWORD)
    assert content(own_demo) == before


def test_another_year_adds_no_second_story(own_demo: Database) -> None:
    before = content(own_demo)
    later = opened(own_demo.url, MORNING + timedelta(days=400))
    assert not seed_demo(later, password=DEMO_PASSWORD).made
    later.dispose()
    assert content(own_demo) == before


@pytest.mark.parametrize("scale", ["", "tiny", "Province"])
def test_an_unknown_scale_is_refused_before_anything_is_written(scale: str, database_url: str) -> None:
    database = opened(database_url)
    with pytest.raises(ValueError, match="scale"):
        seed_demo(database, password=DEMO_PASSWORD, scale=scale)
    with database.session(SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Setting)) == 0
    database.dispose()


def settings(session: Session) -> dict[str, str]:
    return {row.code: row.value for row in session.scalars(select(Setting))}


def test_the_baseline_holds_every_setting_and_keeps_what_was_changed(database_url: str) -> None:
    database = opened(database_url)
    with database.session(SYSTEM) as session:
        assert seed_baseline(session, load_metadata()) == len(SITE_SETTINGS)
        assert settings(session) == {setting.code: setting.default for setting in SITE_SETTINGS}
        row = session.scalars(select(Setting).where(Setting.code == "due_soon_days")).one()
        save_record(session, "setting", row.id, {"value": "3"}, row.version)
        assert seed_baseline(session, load_metadata()) == 0
        assert settings(session)["due_soon_days"] == "3"
    database.dispose()


@pytest.mark.bench
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_demo_is_made_within_twenty_seconds(database_url: str) -> None:
    database = opened(database_url)
    began = time.perf_counter()
    seed_demo(database, password=DEMO_PASSWORD)
    assert time.perf_counter() - began <= 20
    database.dispose()
