"""What people look at: rankings, who has handed in, the staff roster.  Rows only; how they are shown is for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from config.text import Text
from models.cycle import Cycle, Participant, Track
from models.operations.completeness import FormRow, completeness, list_forms
from models.operations.context import find, today_of
from models.operations.home import HomePage, Task, home
from models.operations.outcomes import approved_outcomes
from models.operations.run_results import sentence
from models.operations.scheme_shape import scheme_from_version
from models.operations.scheme_tree import top_codes
from models.organization import Appointment, Person, Post, Unit
from models.result import Run, Total
from models.scheme import SchemeVersion

__all__ = [
    "FormRow",
    "HomePage",
    "Ranking",
    "RankingRow",
    "RosterRow",
    "Task",
    "completeness",
    "home",
    "list_forms",
    "ranking",
    "roster",
]


@dataclass(frozen=True, slots=True)
class RankingRow:
    """A participant in a ranking.  `change`: places gained (+) or lost (−) against the cycle before, None = unknown."""

    participant_id: int
    code: str
    name: str
    name_en: str | None
    group: str
    rank: int | None
    group_rank: int | None
    total: float | None
    grade: str
    grade_name: str
    before: float | None
    bonus: float
    deduction: float
    vetoes: int
    top: Mapping[str, float | None]
    previous_rank: int | None
    previous_total: float | None
    change: int | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class TopItem:
    """A top-level item, a column of the ranking."""

    code: str
    name: str
    name_en: str | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A run's ranking: the rows within the actor's reach, best first, those without a total last."""

    run_id: int
    state: str
    is_trial: bool
    number: int
    version: int
    cycle: str
    cycle_en: str | None
    track_id: int
    track: str
    track_en: str | None
    scheme: str
    scheme_version: int
    decimals: int
    full_marks: float
    top: tuple[TopItem, ...]
    grades: tuple[tuple[str, str], ...]
    rows: tuple[RankingRow, ...]
    previous_cycle: str | None
    input_hash: str
    published_at: datetime | None


def ranking(session: Session, run_id: int) -> Ranking:
    """The ranking of a run, with each participant's change of rank against the last published run of the cycle before."""
    run = find(session, Run, run_id)
    track, version = run.track, run.track.scheme_version
    totals = session.scalars(
        select(Total).where(Total.run_id == run.id).options(joinedload(Total.participant).load_only(*_NAMES))
    ).all()
    before = previous_run(session, track)
    earlier = _ranks(session, before) if before is not None else {}
    grades = {band.code: band.name or band.code for band in version.grade_bands}
    rows = [_row(total, grades, earlier) for total in totals if total.participant is not None]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.code))
    cycle = track.cycle
    return Ranking(
        run_id=run.id,
        state=run.state,
        is_trial=run.is_trial,
        number=run.number,
        version=run.version,
        cycle=cycle.name,
        cycle_en=cycle.name_en,
        track_id=track.id,
        track=track.name,
        track_en=track.name_en,
        scheme=version.scheme.code,
        scheme_version=version.number,
        decimals=version.decimals,
        full_marks=version.full_marks,
        top=_top_items(version),
        grades=tuple(grades.items()),
        rows=tuple(rows),
        previous_cycle=before.track.cycle.code if before is not None else None,
        input_hash=run.input_hash,
        published_at=run.published_at,
    )


_NAMES = (Participant.code, Participant.name, Participant.name_en, Participant.group)


def _top_items(version: SchemeVersion) -> tuple[TopItem, ...]:
    by_code = {item.code: item for item in version.items}
    tops = [by_code[code] for code in top_codes(scheme_from_version(version))]
    return tuple(TopItem(item.code, item.name or item.code, item.name_en, item.weight) for item in tops)


def previous_run(session: Session, track: Track) -> Run | None:
    """The published run of the same scheme in the cycle before; None when there is none."""
    if track.cycle.previous_id is None:
        return None
    query = (
        select(Run)
        .join(Track, Track.id == Run.track_id)
        .join(SchemeVersion, SchemeVersion.id == Track.scheme_version_id)
        .where(
            Track.cycle_id == track.cycle.previous_id,
            SchemeVersion.scheme_id == track.scheme_version.scheme_id,
            Run.state == "published",
        )
        .order_by(Run.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def _ranks(session: Session, run: Run) -> dict[str, tuple[int | None, float | None]]:
    query = (
        select(Participant.code, Total.rank, Total.total)
        .join(Participant, Participant.id == Total.participant_id)
        .where(Total.run_id == run.id)
    )
    return {code: (rank, total) for code, rank, total in session.execute(query)}


def _row(
    total: Total, grades: Mapping[str, str], earlier: Mapping[str, tuple[int | None, float | None]]
) -> RankingRow:
    participant = total.participant
    rank, points = earlier.get(participant.code, (None, None))
    change = rank - total.rank if rank is not None and total.rank is not None else None
    return RankingRow(
        participant_id=participant.id,
        code=participant.code,
        name=participant.name,
        name_en=participant.name_en,
        group=participant.group,
        rank=total.rank,
        group_rank=total.group_rank,
        total=total.total,
        grade=total.grade,
        grade_name=grades.get(total.grade, total.grade),
        before=total.before,
        bonus=total.bonus,
        deduction=total.deduction,
        vetoes=total.vetoes,
        top=dict(total.top),
        previous_rank=rank,
        previous_total=points,
        change=change,
        reason=sentence(total.reason) if total.reason else None,
    )


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A person in a post.  `unit_grade`: the grade of the person's unit in the last published cycle; `outcomes`: what
    was approved for the person in the last cycle that led to something, as (kind, value) in words."""

    unit_code: str
    unit: str
    unit_en: str | None
    post_code: str
    post: str
    post_en: str | None
    level: str | None
    person_code: str
    person: str
    gender: str | None
    start_on: date
    end_on: date | None
    is_primary: bool
    unit_grade: str
    unit_grade_en: str | None
    grade_cycle: str
    grade_cycle_en: str | None
    outcomes: tuple[tuple[Text, Text], ...] = ()


def roster(session: Session, on: date | None = None) -> list[RosterRow]:
    """Who holds which post on a day (today when none is given), within the actor's reach, in the order of units.

    The grade is the unit's: of the published run with the latest period that graded it.
    """
    day = on or today_of(session)
    grades, outcomes = _unit_grades(session), approved_outcomes(session, day)
    query = (
        select(Appointment, Person, Post, Unit)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.start_on <= day, Appointment.end_on.is_(None) | (Appointment.end_on >= day))
        .order_by(Unit.position, Unit.code, Post.code, Person.name_sort, Appointment.start_on)
    )
    rows = []
    for held, person, post, unit in session.execute(query):
        graded = grades.get(unit.id, NOT_GRADED)
        rows.append(
            RosterRow(
                unit_code=unit.code,
                unit=unit.name,
                unit_en=unit.name_en,
                post_code=post.code,
                post=post.name,
                post_en=post.name_en,
                level=post.level,
                person_code=person.code,
                person=person.name,
                gender=person.gender,
                start_on=held.start_on,
                end_on=held.end_on,
                is_primary=held.is_primary,
                unit_grade=graded.grade,
                unit_grade_en=graded.grade_en,
                grade_cycle=graded.cycle,
                grade_cycle_en=graded.cycle_en,
                outcomes=outcomes.get(person.id, ()),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Graded:
    grade: str
    grade_en: str | None
    cycle: str
    cycle_en: str | None


NOT_GRADED = _Graded("", None, "", None)


def _unit_grades(session: Session) -> dict[int, _Graded]:
    """Unit id → its grade in the latest published cycle that graded it."""
    query = (
        select(Total.unit_id, Total.grade, Cycle.name, Cycle.name_en, Track.scheme_version_id)
        .join(Run, Run.id == Total.run_id)
        .join(Track, Track.id == Run.track_id)
        .join(Cycle, Cycle.id == Track.cycle_id)
        .where(Run.state == "published", Total.person_id.is_(None), Total.grade != "")
        .order_by(Cycle.end_on, Run.id)
    )
    found: dict[int, _Graded] = {}
    names: dict[int, dict[str, tuple[str, str | None]]] = {}
    for unit_id, grade, cycle, cycle_en, version_id in session.execute(query):
        if version_id not in names:
            bands = find(session, SchemeVersion, version_id).grade_bands
            names[version_id] = {band.code: (band.name or band.code, band.name_en) for band in bands}
        found[unit_id] = _Graded(*names[version_id].get(grade, (grade, None)), cycle, cycle_en)
    return found
