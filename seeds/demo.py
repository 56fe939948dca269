"""The demo organization: a finance department a year into its evaluation, told through the platform's own verbs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from models.actor import SYSTEM
from models.cycle import Cycle
from models.db import Database
from models.operations.records import save_record
from models.operations.unit_of_work import unit_of_work
from models.organization import Person, Unit
from models.scheme import Scheme
from models.setting import Setting
from plugins.registry import Registry
from seeds.acting import Cast
from seeds.baseline import seed_baseline
from seeds.demo_cycle import open_quarter
from seeds.demo_forms import fill_forms
from seeds.demo_outcomes import apply_results
from seeds.demo_people import seed_people
from seeds.demo_results import conclude
from seeds.demo_scheme import seed_scheme
from seeds.demo_signins import SIGN_INS, add_admin, add_personnel, add_sign_ins, introduce_first, name_leaders
from seeds.demo_units import DEPARTMENT, seed_units
from seeds.province import province_scheme, seed_province
from seeds.timeline import Timeline

SCALES = ("demo", "province")
TRIAL_NAMES = ("admin", "personnel", *(one.role for one in SIGN_INS))
"""The sign-ins that the demo password opens."""
LAST_PUBLISHED = 3
"""The quarter whose results have had their consequences."""
SETTINGS = {
    "organization_name": "省财政厅",
    "announcement": "第四季度填报已经开始，请各处室单位联络员在截止日期前完成填报并提交审核。",
    "announcement_en": "Entries for the fourth quarter are open. Liaisons: please submit before the deadline.",
}


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the database holds.  `made`: False when it was all there before; `sign_ins`: those to try it with."""

    made: bool
    units: int
    people: int
    cycles: int
    sign_ins: tuple[str, ...] = TRIAL_NAMES


def seed_demo(
    database: Database, *, password: str, scale: str = "demo", registry: Registry | None = None
) -> DemoReport:
    """Make the demo organization in a migrated database.

    `password`: of the sign-ins to try it with.  `scale`: `demo`, or `province`, which adds a cycle of 5,000
    participants and 200 indicators for benchmarks.  Safe to repeat: either is made as a whole or not at all, and what
    is there, however it was changed since, is left alone.  Raises ValueError for another `scale`.
    """
    if scale not in SCALES:
        raise ValueError(f"there is no demo of scale {scale}")
    timeline = Timeline(database.clock.now(), database.clock.zone)
    with database.session(SYSTEM) as session:
        seed_baseline(session, database.metadata)
        made = _tell(session, timeline, password, registry)
        if scale == "province":
            made |= _enlarge(session, timeline, registry)
        return DemoReport(made, _count(session, Unit), _count(session, Person), _count(session, Cycle))


def _count(session: Session, model: type[Unit] | type[Person] | type[Cycle]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


@unit_of_work
def _tell(session: Session, timeline: Timeline, password: str, registry: Registry | None) -> bool:
    """The whole story in one transaction; False when it was told before."""
    if session.scalar(select(Unit.id).where(Unit.code == DEPARTMENT)):
        return False
    cast = Cast(session, timeline.zone)
    units = _organization(cast, timeline, generate_password_hash(password))
    version_id = seed_scheme(cast, timeline, registry)
    previous: int | None = None
    for quarter in timeline.quarters():
        opened = open_quarter(cast, quarter, units, version_id, previous, registry)
        fill_forms(cast, opened)
        if quarter.over:
            conclude(cast, opened, registry)
        if quarter.number == LAST_PUBLISHED:
            apply_results(cast, opened, registry)
        previous = opened.cycle_id
    with cast.acting("admin", timeline.quarters()[-1].opens_at):
        _announce(session)
    return True


@unit_of_work
def _enlarge(session: Session, timeline: Timeline, registry: Registry | None) -> bool:
    """The province, in a transaction of its own; False when it is there."""
    if session.scalar(select(Scheme.id).where(Scheme.code == province_scheme().code)):
        return False
    counties = session.scalars(select(Unit).where(Unit.kind == "county").order_by(Unit.code))
    seed_province(Cast(session, timeline.zone), timeline, {unit.code: unit for unit in counties}, registry)
    return True


def _organization(cast: Cast, timeline: Timeline, password_hash: str) -> dict[str, int]:
    """Units by the administrator, people by the personnel office, then everybody's sign-ins; unit code → id."""
    start, session = timeline.set_up, cast.session
    since = start.date()
    with cast.acting(SYSTEM, start):
        add_admin(session, password_hash, since)
    with cast.acting("admin", start.replace(hour=10)):
        units = seed_units(session)
        add_personnel(session, password_hash, since)
    with cast.acting("personnel", start.replace(hour=14)):
        staff = seed_people(session, units, since)
    with cast.acting("admin", start.replace(hour=16)):
        introduce_first(session, staff)
        add_sign_ins(session, units, staff, password_hash, since)
        name_leaders(session, units, staff)
    return units


def _announce(session: Session) -> None:
    for code, value in SETTINGS.items():
        setting = session.scalars(select(Setting).where(Setting.code == code)).one()
        save_record(session, "setting", setting.id, {"value": value}, setting.version)
