"""A department with one sign-in a role, a published scheme and two cycles, made with the platform's own verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.metadata import load_metadata
from models import migrate
from models.access import load_actor
from models.account import Account, Grant
from models.actor import SYSTEM
from models.clock import Clock, FixedClock
from models.cycle import Cycle, Form, Track
from models.db import Database, begin_write
from models.operations.cycles import add_participants, create_track, open_cycle
from models.operations.form_values import FieldInput
from models.operations.forms import approve_form, save_form, submit_form
from models.operations.schemes import publish_version
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.organization import Appointment, Person, Post, Unit
from models.scheme import GradeBand, Item, Scheme, SchemeVersion
from plugins.registry import load_registry
from tests.support.settings import environment_for
from views.security.passwords import hash_password

PASSWORD = "Plumb-line-2024"
NOW = datetime(2026, 1, 6, 2, 0, tzinfo=UTC)
"""10:00 in the department, two days before entries of the fourth quarter end."""

DIVISIONS = (
    ("BUDGET", "预算处", "Budget Division"),
    ("TREASURY", "国库支付局", "Treasury Payment Bureau"),
    ("ASSETS", "资产管理处", "Asset Management Division"),
    ("CENTER", "信息中心", "Information Center"),
)
GENERAL = ("admin", "comprehensive", "indicator", "personnel", "leadership", "supervision")
ROLES = (*GENERAL, "liaison", "leader", "staff")
"""Every role that has pages to see; the sign-in is called like the role."""

ITEMS: tuple[dict[str, Any], ...] = (
    {
        "code": "B",
        "kind": "dimension",
        "name": "履行职责",
        "name_en": "Performance of duties",
        "weight": 60.0,
        "aggregate": "arithmetic",
    },
    {
        "code": "B1",
        "parent": "B",
        "name": "预算执行率",
        "name_en": "Budget execution rate",
        "weight": 30.0,
        "method": "interpolate",
        "value_type": "percent",
        "direction": "higher",
        "max_value": 120.0,
        "table_rows": [[70, 0], [90, 0.9], [95, 1]],
        "standard": "达到 95% 得满分，低于 70% 不得分。",
    },
    {
        "code": "B2",
        "parent": "B",
        "name": "答复及时率",
        "name_en": "Replies in time",
        "weight": 30.0,
        "method": "ratio",
        "value_type": "percent",
        "direction": "higher",
        "standard": "五个工作日内答复的比例。",
    },
    {
        "code": "C",
        "kind": "dimension",
        "name": "机构建设",
        "name_en": "Institution building",
        "weight": 40.0,
        "aggregate": "arithmetic",
    },
    {
        "code": "C1",
        "parent": "C",
        "name": "制度修订数",
        "name_en": "Rules revised",
        "weight": 20.0,
        "method": "ratio",
        "value_type": "count",
        "unit_of_measure": "项",
        "direction": "higher",
    },
    {
        "code": "C2",
        "parent": "C",
        "name": "信息公开等级",
        "name_en": "Disclosure level",
        "weight": 20.0,
        "method": "choice",
        "value_type": "choice",
        "table_rows": [["优", 1], ["良", 0.8], ["差", 0]],
    },
)
VALUES = {"BUDGET": ("94.8", "98", "4", "优"), "TREASURY": ("96", "100", "5", "优"), "ASSETS": ("82", "71", "3", "良")}
"""What the divisions entered in the third quarter; the centre entered nothing."""
TARGETS = {"B1": 95.0, "B2": 100.0, "C1": 5.0}
CODES = ("B1", "B2", "C1", "C2")


@cache
def metadata() -> Any:
    return load_metadata()


def opened(url: str, clock: Clock | None = None) -> Database:
    """The database as the platform of these tests opens it."""
    key = environment_for(url)["PLUMBLINE_AUDIT_KEY"].encode()
    return Database(url, metadata(), clock or FixedClock(NOW), key)


def acting(database: Database, username: str) -> Session:
    """A session in which the sign-in `username` acts."""
    with database.session(SYSTEM) as session:
        actor = load_actor(session, username, source="screen", on=database.clock.today())
    return database.session(actor)


def fill(url: str) -> None:
    """Everything above, the third quarter published, the fourth open with forms to fill in."""
    migrate.upgrade(url)
    clock = FixedClock(NOW - timedelta(days=100))
    database = opened(url, clock)
    with database.session(SYSTEM) as session:
        begin_write(session)
        _organization(session)
        _scheme(session)
        session.commit()
    _publish_scheme(database)
    _third_quarter(database)
    clock.moment = NOW - timedelta(days=3)
    _fourth_quarter(database)
    database.dispose()


def _organization(session: Session) -> None:
    root = Unit(code="FINANCE", name="省财政厅", name_en="Department of Finance", kind="department")
    units = {
        code: Unit(code=code, name=name, name_en=name_en, kind="division", parent=root)
        for code, name, name_en in DIVISIONS
    }
    session.add_all([root, *units.values()])
    session.flush()
    budget = units["BUDGET"]
    post = Post(code="BUDGET-01", name="预算编审岗", name_en="Budget review", unit=budget)
    person = Person(code="P0001", name="李明", unit=budget, joined_on=date(2015, 7, 1))
    session.add_all([post, person])
    session.flush()
    session.add(Appointment(person=person, post=post, unit_id=budget.id, start_on=date(2020, 1, 1)))
    password = hash_password(PASSWORD)
    for role in ROLES:
        scope, unit = ("all", None) if role in GENERAL else ("self", None) if role == "staff" else ("unit", budget)
        account = Account(
            username=role,
            first_name="Bo",
            last_name=role.capitalize(),
            email=f"{role}@example.org",
            active=True,
            password=password,
            person_id=person.id if role == "staff" else None,
        )
        session.add(account)
        session.flush()
        session.add(Grant(user=account, role=role, scope=scope, unit=unit))
    session.flush()


def _scheme(session: Session) -> None:
    scheme = Scheme(code="DIVISIONS", name="处室考核方案", applies_to="unit")
    version = SchemeVersion(scheme=scheme, number=1)
    session.add_all([scheme, version])
    session.flush()
    session.add_all(Item(scheme_version=version, position=at, **_complete(item)) for at, item in enumerate(ITEMS))
    bands = (("A", "优秀", 90.0, 0.4), ("B", "良好", 75.0, None), ("C", "合格", 0.0, None))
    session.add_all(
        GradeBand(scheme_version=version, position=at, code=code, name=name, min_score=least, quota=quota)
        for at, (code, name, least, quota) in enumerate(bands)
    )
    session.flush()


def _complete(item: dict[str, Any]) -> dict[str, Any]:
    """An indicator with everything that publishing asks for."""
    if item.get("kind"):
        return item
    return {"source": "预算处", "standard": "按计划完成。", "unit_of_measure": "%", **item}


def _publish_scheme(database: Database) -> None:
    with acting(database, "indicator") as session:
        version = session.scalars(select(SchemeVersion)).one()
        publish_version(session, version.id, version.version, load_registry(None))


def _cycle(database: Database, code: str, name: str, name_en: str, start: date, previous: str | None) -> int:
    """An open cycle with every division in it."""
    now = database.clock.now()
    with acting(database, "comprehensive") as session:
        from models.operations.records import save_record

        values = {
            "code": code,
            "name": name,
            "name_en": name_en,
            "kind": "quarter",
            "start_on": start,
            "end_on": start + timedelta(days=91),
            "opens_at": now - timedelta(hours=1),
            "due_at": now + timedelta(days=5),
            "previous": previous,
        }
        cycle = save_record(session, "cycle", None, values, None)
        version = session.scalars(select(SchemeVersion)).one()
        track = create_track(session, cycle.id, version.id, name="处室", name_en="Divisions")
        add_participants(session, track.id, unit_kinds=["division"])
        open_cycle(session, cycle.id, session.get_one(Cycle, cycle.id).version)
        return int(cycle.id)


def _third_quarter(database: Database) -> None:
    cycle_id = _cycle(database, "2025Q3", "2025年第三季度", "Q3 2025", date(2025, 7, 1), None)
    for code, typed in VALUES.items():
        enter(database, cycle_id, code, dict(zip(CODES, typed, strict=True)))
    with acting(database, "indicator") as session:
        track = session.scalars(select(Track).where(Track.cycle_id == cycle_id)).one()
        run = run_scoring(session, track.id)
        run_id = propose_run(session, run.id, run.version).id
    with acting(database, "leadership") as session:
        publish_run(session, run_id, version_of(session, run_id))


def version_of(session: Session, run_id: int) -> int:
    """The version that a run has now."""
    from models.result import Run

    return int(session.scalars(select(Run.version).where(Run.id == run_id)).one())


def enter(database: Database, cycle_id: int, code: str, typed: dict[str, str]) -> None:
    """A division's form filled in, submitted and approved, by whoever may do everything."""
    with database.session(SYSTEM) as session:
        form = form_of(session, cycle_id, code)
        _set_targets(session, form)
        saved = save_form(session, form.id, form.version, {item: FieldInput(value) for item, value in typed.items()})
        submitted = submit_form(session, form.id, saved.version)
        approve_form(session, form.id, submitted.version)


def _set_targets(session: Session, form: Form) -> None:
    begin_write(session)
    for entry in form.entries:
        entry.target = TARGETS.get(entry.item.code)
    session.commit()


def form_of(session: Session, cycle_id: int, code: str) -> Form:
    """A division's form in a cycle."""
    from models.cycle import Participant

    query = (
        select(Form)
        .join(Participant, Participant.id == Form.participant_id)
        .join(Track, Track.id == Form.track_id)
        .where(Track.cycle_id == cycle_id, Participant.code == code)
    )
    return session.scalars(query).one()


def _fourth_quarter(database: Database) -> None:
    cycle_id = _cycle(database, "2025Q4", "2025年第四季度", "Q4 2025", date(2025, 10, 1), "2025Q3")
    enter(database, cycle_id, "TREASURY", dict(zip(CODES, VALUES["TREASURY"], strict=True)))


Fill = Callable[[str], None]
HERE = Path(__file__).parent
