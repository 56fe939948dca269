"""The home page: what waits for the person who is signed in, and what was published last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from config.site import BY_CODE
from models.access import criteria, may
from models.cycle import Cycle, Form, Track
from models.operations.completeness import FormRow, list_forms
from models.operations.context import actor_of, clock_of, metadata_of, now_of
from models.result import Run, Total
from models.scheme import SchemeVersion
from models.setting import Setting

Kind = Literal["fill", "correct", "review", "score", "propose", "publish", "open_cycle", "publish_version"]
PUBLISHED_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits.  `record_id` is of `entity`: a form, track, run, cycle or scheme version.

    `title`, `title_en`: what it is about; `detail`: its cycle or track; `count`: how many things are in it.
    """

    kind: Kind
    entity: str
    record_id: int
    title: str
    title_en: str | None
    detail: str
    detail_en: str | None
    due_at: datetime | None = None
    overdue: bool = False
    due_soon: bool = False
    filled: int = 0
    asked: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How one unit stands in a published ranking."""

    participant_id: int
    code: str
    name: str
    name_en: str | None
    rank: int | None
    total: float | None
    grade: str


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """A published result, newest first; `own`: the standing of the actor's own unit, None when it took no part."""

    run_id: int
    cycle: str
    cycle_en: str | None
    track: str
    track_en: str | None
    published_at: datetime | None
    participants: int
    own: Standing | None
    best: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class OpenCycle:
    """A cycle in progress and how far its forms are, as far as the actor sees them."""

    cycle_id: int
    name: str
    name_en: str | None
    due_at: datetime | None
    days_left: int | None
    states: dict[str, int]
    late: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows."""

    tasks: tuple[Task, ...]
    published: tuple[PublishedRun, ...]
    cycles: tuple[OpenCycle, ...]
    today: date


def home(session: Session) -> HomePage:
    """Tasks by what the actor may do (most urgent first), published results, and cycles in progress."""
    forms = list_forms(session)
    tasks = [
        *_form_tasks(session, forms),
        *_run_tasks(session),
        *_cycle_tasks(session),
        *_version_tasks(session),
    ]
    far = datetime.max.replace(tzinfo=clock_of(session).zone)
    tasks.sort(key=lambda task: (not task.overdue, task.due_at or far))
    return HomePage(
        tasks=tuple(tasks),
        published=tuple(_published(session)),
        cycles=tuple(_open_cycles(session, forms)),
        today=clock_of(session).today(),
    )


def _due_soon_days(session: Session) -> int:
    stored = session.scalar(select(Setting.value).where(Setting.code == "due_soon_days"))
    setting = BY_CODE["due_soon_days"]
    value = setting.read(stored) if stored and setting.refusal(stored) is None else setting.read(setting.default)
    return int(value)


def _reachable(session: Session, model: type[Any], action: str) -> set[int] | None:
    """Ids of the rows on which the actor may do `action`; None = all of them."""
    within = criteria(actor_of(session), metadata_of(session), model, action)
    return None if within is None else set(session.scalars(select(model.id).where(within)))


def _form_tasks(session: Session, forms: list[FormRow]) -> Iterator[Task]:
    """Forms to fill in, to correct and to review."""
    now, soon = now_of(session), timedelta(days=_due_soon_days(session))
    fill = _reachable(session, Form, "fill") if _may(session, "form", "fill") else set()
    review = _reachable(session, Form, "approve") if _may(session, "form", "approve") else set()
    name = actor_of(session).username
    for row in forms:
        to_fill = row.state in ("draft", "returned") and (fill is None or row.form_id in fill)
        to_review = row.state == "submitted" and (review is None or row.form_id in review)
        if to_fill and (row.opens_at is None or now >= row.opens_at):
            kind: Kind = "correct" if row.state == "returned" else "fill"
        elif to_review and row.submitted_by != name:
            kind = "review"
        else:
            continue
        near = row.due_at is not None and timedelta(0) <= row.due_at - now <= soon
        yield Task(
            kind=kind,
            entity="form",
            record_id=row.form_id,
            title=row.name,
            title_en=row.name_en,
            detail=row.cycle,
            detail_en=row.cycle_en,
            due_at=row.due_at,
            overdue=row.late,
            due_soon=near and not row.late,
            filled=row.filled,
            asked=row.asked,
        )


def _may(session: Session, entity: str, action: str) -> bool:
    return may(actor_of(session), metadata_of(session), entity, action)


def _run_tasks(session: Session) -> Iterator[Task]:
    """Tracks to score after their window, runs to propose and to publish."""
    if _may(session, "track", "score"):
        yield from _tracks_to_score(session)
    for action, state in (("propose", "draft"), ("publish", "proposed")):
        if not _may(session, "run", action):
            continue
        within = criteria(actor_of(session), metadata_of(session), Run, action)
        for run in _newest_runs(session):
            if run.state == state and (within is None or session.scalar(select(Run.id).where(Run.id == run.id, within))):
                kind: Kind = "propose" if action == "propose" else "publish"
                yield _task(kind, "run", run.id, run.track)


def _task(kind: Kind, entity: str, record_id: int, track: Track, due_at: datetime | None = None, count: int = 0) -> Task:
    cycle = track.cycle
    return Task(
        kind, entity, record_id, track.name, track.name_en, cycle.name, cycle.name_en, due_at=due_at, count=count
    )


def _newest_runs(session: Session) -> list[Run]:
    """The newest run of each track that is no trial."""
    query = (
        select(Run)
        .where(Run.is_trial.is_(False), Run.state.in_(("draft", "proposed", "published")))
        .options(joinedload(Run.track).joinedload(Track.cycle))
        .order_by(Run.id)
    )
    return list({run.track_id: run for run in session.scalars(query)}.values())


def _tracks_to_score(session: Session) -> Iterator[Task]:
    """Tracks of open cycles whose window is over and that have no run since."""
    within = criteria(actor_of(session), metadata_of(session), Track, "score")
    query = (
        select(Track)
        .join(Track.cycle)
        .where(Cycle.state == "open", Cycle.due_at < now_of(session))
        .options(contains_eager(Track.cycle))
    )
    if within is not None:
        query = query.where(within)
    scored = {run.track_id: run.started_at for run in _newest_runs(session)}
    for track in session.scalars(query):
        due = track.cycle.due_at
        if track.id not in scored or (due is not None and scored[track.id] < due):
            yield _task("score", "track", track.id, track)


def _cycle_tasks(session: Session) -> Iterator[Task]:
    """Draft cycles that can be opened by the actor."""
    if not _may(session, "cycle", "open"):
        return
    for cycle in session.scalars(select(Cycle).where(Cycle.state == "draft").order_by(Cycle.start_on)):
        yield Task("open_cycle", "cycle", cycle.id, cycle.name, cycle.name_en, "", None, due_at=cycle.opens_at)


def _version_tasks(session: Session) -> Iterator[Task]:
    """Draft scheme versions that the actor may publish."""
    if not _may(session, "scheme_version", "publish"):
        return
    query = select(SchemeVersion).where(SchemeVersion.state == "draft").options(joinedload(SchemeVersion.scheme))
    within = criteria(actor_of(session), metadata_of(session), SchemeVersion, "publish")
    if within is not None:
        query = query.where(within)
    for version in session.scalars(query.order_by(SchemeVersion.id)):
        scheme = version.scheme
        yield Task("publish_version", "scheme_version", version.id, scheme.name, None, f"v{version.number}", None)


def _published(session: Session) -> Iterator[PublishedRun]:
    query = (
        select(Run)
        .join(Run.track)
        .join(Track.cycle)
        .where(Run.state == "published", Run.is_trial.is_(False))
        .options(contains_eager(Run.track).contains_eager(Track.cycle))
        .order_by(Cycle.end_on.desc(), Run.id.desc())
    )
    for run in session.scalars(query.limit(PUBLISHED_SHOWN)):
        totals = session.scalars(
            select(Total).where(Total.run_id == run.id).options(joinedload(Total.participant)).order_by(Total.rank)
        ).all()
        standings = [_standing(total) for total in totals if total.participant is not None]
        own = next((s for s, t in zip(standings, totals, strict=False) if t.unit_id == actor_of(session).unit_id), None)
        cycle, track = run.track.cycle, run.track
        ranked = tuple(standing for standing in standings if standing.rank is not None)
        yield PublishedRun(
            run.id,
            cycle.name,
            cycle.name_en,
            track.name,
            track.name_en,
            run.published_at,
            len(standings),
            own,
            ranked[:PUBLISHED_SHOWN],
        )


def _standing(total: Total) -> Standing:
    who = total.participant
    return Standing(who.id, who.code, who.name, who.name_en, total.rank, total.total, total.grade)


def _open_cycles(session: Session, forms: list[FormRow]) -> Iterator[OpenCycle]:
    today, zone = clock_of(session).today(), clock_of(session).zone
    for cycle in session.scalars(select(Cycle).where(Cycle.state == "open").order_by(Cycle.start_on.desc())):
        own = [row for row in forms if row.cycle_id == cycle.id]
        states: dict[str, int] = {}
        for row in own:
            states[row.state] = states.get(row.state, 0) + 1
        days = (cycle.due_at.astimezone(zone).date() - today).days if cycle.due_at is not None else None
        late = sum(row.late for row in own)
        yield OpenCycle(cycle.id, cycle.name, cycle.name_en, cycle.due_at, days, states, late)
