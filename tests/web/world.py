"""What the world of the web tests holds; every row of the hidden half carries a mark that pages are searched for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

ZONE = ZoneInfo("Asia/Shanghai")
MARK = "ZQ"
"""Begins the names of records; `ZQunit3` names the third unit."""

UNITS = (
    ("DEPT", "department", None),
    ("BUDGET", "division", "DEPT"),
    ("TREASURY", "division", "DEPT"),
    ("CITY", "city", None),
    ("COUNTY", "county", "CITY"),
)


def make_world(url: str) -> None:
    """Fill a migrated database."""
    from config.metadata import load_metadata
    from models.actor import SYSTEM
    from models.clock import Clock
    from models.db import Database

    database = Database(url, load_metadata(), Clock(ZONE), b"an audit key for tests only")
    with database.session(SYSTEM) as session:
        units = _units(session)
        people = _people(session, units)
        _sign_ins(session, units, people)
        _evaluation(session, units)
        _below_the_forms(session)
    database.dispose()


def _units(session: Session) -> dict[str, int]:
    from models.operations.records import save_record

    ids: dict[str, int] = {}
    for code, kind, parent in UNITS:
        values = {"code": code, "name": f"{MARK}unit-{code}", "name_en": f"{MARK}unit-{code}", "kind": kind}
        if parent:
            values["parent"] = parent
        ids[code] = save_record(session, "unit", None, values, None).id
    return ids


def _people(session: Session, units: dict[str, int]) -> dict[str, int]:
    from models.operations.records import save_record

    ids: dict[str, int] = {}
    for code, unit_id in units.items():
        post = {"code": f"P-{code}", "name": f"{MARK}post-{code}", "unit": unit_id}
        post_id = save_record(session, "post", None, post, None).id
        for number in (1, 2):
            name = f"{code}-{number}"
            values: dict[str, Any] = {
                "code": name,
                "name": f"{MARK}person-{name}",
                "unit": unit_id,
                "phone": f"010-{unit_id:04}{number}",
            }
            ids[name] = save_record(session, "person", None, values, None).id
        held = {
            "person": ids[f"{code}-1"],
            "post": post_id,
            "start_on": date(2025, 1, 1),
            "document": f"{MARK}appointment-{code}",
        }
        save_record(session, "appointment", None, held, None)
    return ids


def _sign_ins(session: Session, units: dict[str, int], people: dict[str, int]) -> None:
    from models.operations.accounts import create_account
    from tests.web.conftest import PASSWORD, ROLES
    from views.security.passwords import hash_password

    hashed = hash_password(PASSWORD)
    own = {"staff": people["BUDGET-1"], "liaison": people["BUDGET-2"]}
    for role, (scope, unit) in ROLES.items():
        values = {"username": role, "first_name": role.title(), "last_name": "Test", "email": f"{role}@example.org"}
        if role in own:
            values["person"] = own[role]
        grant: dict[str, Any] = {"role": role, "scope": scope}
        if unit:
            grant["unit"] = units[unit]
        create_account(session, values, hashed, [grant])


def _evaluation(session: Session, units: dict[str, int]) -> None:
    """A published scheme with a draft after it, an open cycle with forms for both divisions, a draft cycle."""
    from models.operations.cycles import add_participants, create_track, open_cycle
    from models.operations.records import save_record
    from models.operations.schemes import new_version, publish_version

    scheme = save_record(
        session, "scheme", None, {"code": "S1", "name": f"{MARK}scheme-S1", "applies_to": "unit"}, None
    )
    version = save_record(session, "scheme_version", None, {"scheme": scheme.id, "number": 1}, None)
    for position, (code, parent, kind, weight) in enumerate(ITEMS):
        values: dict[str, Any] = {
            "scheme_version": version.id,
            "position": position,
            "code": code,
            "kind": kind,
            "name": f"{MARK}item-{code}",
        }
        values |= {"parent": parent} if parent else {}
        if weight is not None:
            values["weight"] = weight
        if kind == "indicator":
            values |= {"method": "goalpost", "value_type": "percent", "params": "lo=0; hi=100", "direction": "higher"}
            values |= {"source": "Treasury", "standard": "As reported.", "unit_of_measure": "%"}
        save_record(session, "item", None, values, None)
    publish_version(session, version.id, version.version)
    new_version(session, scheme.id)
    for code, opened in (("C1", True), ("C2", False)):
        cycle = save_record(
            session,
            "cycle",
            None,
            {
                "code": code,
                "name": f"{MARK}cycle-{code}",
                "kind": "quarter",
                "start_on": date(2026, 1, 1),
                "end_on": date(2026, 12, 31),
                "opens_at": datetime(2020, 1, 1, tzinfo=ZONE),
                "due_at": datetime(2099, 1, 1, tzinfo=ZONE),
            },
            None,
        )
        track = create_track(session, cycle.id, version.id, name=f"{MARK}track-{code}")
        add_participants(session, track.id, unit_ids=[units["BUDGET"], units["TREASURY"]])
        if opened:
            session.refresh(cycle)
            open_cycle(session, cycle.id, cycle.version)


def _below_the_forms(session: Session) -> None:
    """Rows that name what was entered, said, rated and scored for each participant of the open cycle."""
    from sqlalchemy import select

    from models.cycle import Entry, Form, Participant, Rating, Remark, Track
    from models.db import begin_write
    from models.operations.records import save_record
    from models.operations.scoring import propose_run, publish_run, run_scoring
    from models.scheme import Item
    from plugins.registry import load_registry

    bonus = session.scalars(select(Item).where(Item.code == "B1")).first()
    track = session.scalars(select(Track).where(Track.name == f"{MARK}track-C1")).one()
    participants = session.scalars(select(Participant).where(Participant.track_id == track.id)).all()
    assert bonus is not None
    given = {"item": bonus.id, "points": 2}
    for participant in participants:
        reason = f"{MARK}adjustment-{participant.code}"
        save_record(session, "adjustment", None, given | {"participant": participant.id, "reason": reason}, None)
    begin_write(session)
    for form in session.scalars(select(Form)):
        code = form.participant.code
        owned = {"unit_id": form.unit_id, "person_id": None}
        for entry in session.scalars(select(Entry).where(Entry.form_id == form.id)):
            entry.actual, entry.note = 50.0 + form.id, f"{MARK}entry-{code}-{entry.item_id}"
            entry.approved_by = "leader"
        said = Remark(
            form_id=form.id, text=f"{MARK}remark-{code}", author="leader", at=session.info["clock"].now(), **owned
        )
        session.add(said)
    session.commit()
    for published in (True, False):
        run = run_scoring(session, track.id, load_registry())
        if published:
            run = propose_run(session, run.id, run.version)
            publish_run(session, run.id, run.version)
    begin_write(session)
    for participant in participants:  # after the runs: the scheme rates nothing
        mark = f"{MARK}rating-{participant.code}"
        owned = {"unit_id": participant.unit_id, "person_id": None}
        session.add(Rating(participant_id=participant.id, item_id=bonus.id, rater=mark, score=1.0, **owned))
    session.commit()


ITEMS = (
    ("A", None, "dimension", None),
    ("A1", "A", "indicator", 60.0),
    ("A2", "A", "indicator", 40.0),
    ("B1", None, "bonus", None),
)
