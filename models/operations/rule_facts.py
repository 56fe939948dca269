"""What results rules read, gathered past row scope: published totals with their history, people, posts, appointments.

Only published runs of cycles that are no trial count.  A quota needs everybody, so what a rule reads does not depend on
who applies it; what its outcomes may be written for does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from config.text import Text
from models.cycle import Cycle, Participant, Track
from models.operations.run_results import MATRIX_ROWS
from models.organization import Appointment, Person, Post, Unit
from models.outcome import Outcome
from models.result import Run, Score, Total
from models.scheme import GradeBand, Item, SchemeVersion
from plugins.outcomes import (
    AppointmentRow,
    CycleFacts,
    Facts,
    Frame,
    Indicators,
    OutcomeRow,
    PersonRow,
    PostRow,
    ResultRow,
    UnitRow,
)

LOOKS_BACK = 20
"""How many years of results and outcomes a rule is given."""


def read_facts(session: Session, cycle: Cycle) -> Facts:
    """Everything that a rule may look at when it is applied to `cycle`."""
    since = date(max(cycle.end_on.year - LOOKS_BACK, 1), 1, 1)
    return Facts(
        cycle=CycleFacts(cycle.code, cycle.kind, cycle.start_on, cycle.end_on),
        results=Frame(tuple(_results(session, cycle, since))),
        indicators=tuple(_indicators(session, cycle)),
        units=Frame(tuple(_units(session))),
        people=Frame(tuple(_people(session))),
        posts=Frame(tuple(_posts(session))),
        appointments=Frame(tuple(_appointments(session))),
        outcomes=Frame(tuple(_outcomes(session, cycle, since))),
    )


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(query.execution_options(skip_scope=True)).all()


def _results(session: Session, cycle: Cycle, since: date) -> Iterator[ResultRow]:
    own = aliased(Unit)
    query = (
        select(
            Total.total, Total.rank, Total.grade, Total.vetoes, Run.id.label("run"), Cycle.id.label("cycle_id"),
            Cycle.code.label("cycle"), Cycle.kind, Cycle.end_on, SchemeVersion.id.label("version"),
            SchemeVersion.scheme_id, SchemeVersion.full_marks, own.code.label("unit"), Person.code.label("person"),
            Participant.group,
        )
        .select_from(Total)
        .join(Run, Run.id == Total.run_id)
        .join(Track, Track.id == Run.track_id)
        .join(Cycle, Cycle.id == Track.cycle_id)
        .join(SchemeVersion, SchemeVersion.id == Track.scheme_version_id)
        .join(Participant, Participant.id == Total.participant_id)
        .join(own, own.id == Total.unit_id)
        .outerjoin(Person, Person.id == Total.person_id)
        .where(
            Run.state == "published", Run.is_trial.is_(False), Cycle.is_trial.is_(False), Cycle.end_on <= cycle.end_on,
            Cycle.end_on >= since,
        )
        .order_by(Cycle.end_on, Run.id, Total.id)
    )  # fmt: skip
    places = _grade_places(session)
    for row in _read(session, query):
        grades = places.get(row.version, {})
        yield ResultRow(
            subject="person" if row.person else "unit",
            code=row.person or row.unit,
            unit=row.unit,
            cycle=row.cycle,
            kind=row.kind,
            end_on=row.end_on,
            track=str(row.scheme_id),
            total=row.total,
            rank=row.rank,
            run=row.run,
            full_marks=row.full_marks or 100.0,
            grade=row.grade,
            grade_place=grades.get(row.grade),
            grades=len(grades),
            vetoes=row.vetoes,
            group=row.group,
            current=row.cycle_id == cycle.id,
        )


def _grade_places(session: Session) -> dict[int, dict[str, int]]:
    """Scheme version id → grade → its place, the best first."""
    query = select(GradeBand.scheme_version_id, GradeBand.code).order_by(
        GradeBand.scheme_version_id, GradeBand.position, GradeBand.id
    )
    found: dict[int, dict[str, int]] = {}
    for version_id, code in _read(session, query):
        grades = found.setdefault(version_id, {})
        grades.setdefault(code, len(grades))
    return found


def _indicators(session: Session, cycle: Cycle) -> Iterator[Indicators]:
    """The rates of the cycle's published runs, one table a run and kind of subject."""
    runs = (
        select(Run.id, Run.item_codes, Track.scheme_version_id)
        .join(Track, Track.id == Run.track_id)
        .where(Track.cycle_id == cycle.id, Run.state == "published", Run.is_trial.is_(False))
        .order_by(Run.id)
    )
    for run_id, codes, version_id in _read(session, runs):
        named = _indicator_names(session, version_id)
        wanted = [at for at, code in enumerate(codes) if code in named]
        for subject, whose, packed in _scores(session, run_id):
            yield Indicators(
                subject,
                run_id,
                whose,
                tuple(codes[at] for at in wanted),
                tuple(named[codes[at]] for at in wanted),
                np.array([np.frombuffer(one).reshape(MATRIX_ROWS, len(codes))[0][wanted] for one in packed]),
            )


def _indicator_names(session: Session, version_id: int) -> dict[str, Text]:
    query = select(Item.code, Item.name, Item.name_en).where(
        Item.scheme_version_id == version_id, Item.kind == "indicator"
    )
    return {code: Text(english or name or code, name or code) for code, name, english in _read(session, query)}


def _scores(session: Session, run_id: int) -> Iterator[tuple[str, tuple[str, ...], list[bytes]]]:
    """Kind of subject, the codes of those of a run, and their packed scores."""
    query = (
        select(Unit.code, Person.code, Score.packed)
        .select_from(Score)
        .join(Unit, Unit.id == Score.unit_id)
        .outerjoin(Person, Person.id == Score.person_id)
        .where(Score.run_id == run_id)
        .order_by(Score.id)
    )
    rows = _read(session, query)
    for subject in ("unit", "person"):
        own = [row for row in rows if (row[1] is not None) == (subject == "person")]
        if own:
            yield subject, tuple(row[1] or row[0] for row in own), [row[2] for row in own]


def _units(session: Session) -> Iterator[UnitRow]:
    parent = aliased(Unit)
    query = (
        select(Unit.code, Unit.name, Unit.kind, parent.code, Person.code)
        .outerjoin(parent, parent.id == Unit.parent_id)
        .outerjoin(Person, Person.id == Unit.leader_id)
        .order_by(Unit.id)
    )
    for code, name, kind, above, leader in _read(session, query):
        yield UnitRow(code, name, kind, above or "", leader or "")


def _people(session: Session) -> Iterator[PersonRow]:
    query = select(Person.code, Person.name, Unit.code, Person.joined_on, Person.left_on)
    for row in _read(session, query.join(Unit, Unit.id == Person.unit_id).order_by(Person.id)):
        yield PersonRow(*row)


def _posts(session: Session) -> Iterator[PostRow]:
    query = select(Post.code, Post.name, Unit.code, func.coalesce(Post.level, ""))
    for row in _read(session, query.join(Unit, Unit.id == Post.unit_id).order_by(Post.id)):
        yield PostRow(*row)


def _appointments(session: Session) -> Iterator[AppointmentRow]:
    query = (
        select(Person.code, Post.code, Unit.code, Appointment.start_on, Appointment.end_on, Appointment.is_primary)
        .select_from(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .order_by(Appointment.id)
    )
    for row in _read(session, query):
        yield AppointmentRow(*row)


def _outcomes(session: Session, cycle: Cycle, since: date) -> Iterator[OutcomeRow]:
    """The outcomes approved in other cycles until the end of this one; its own follow as its rules are applied."""
    query = (
        select(Outcome.subject, Outcome.code, Outcome.kind, Outcome.value, Cycle.code, Cycle.end_on, Outcome.runs)
        .join(Cycle, Cycle.id == Outcome.cycle_id)
        .where(Outcome.state == "approved", Cycle.id != cycle.id, Cycle.end_on <= cycle.end_on, Cycle.end_on >= since)
        .order_by(Cycle.end_on, Outcome.id)
    )
    for subject, code, kind, value, of, end_on, runs in _read(session, query):
        yield OutcomeRow(subject, code, kind, value, of, end_on, tuple(runs))
