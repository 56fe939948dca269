"""Who has handed in: the forms of a cycle or track with their state, lateness and how much is filled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from models.cycle import Cycle, Entry, Form, Participant, Track
from models.operations.context import now_of
from models.operations.form_values import entered_items
from models.operations.values import is_blank
from models.scheme import Item

UNDECIDED = ("draft", "returned")


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in a list.  `late`: not handed in although the window is over; `filled` of `asked` lines say something."""

    form_id: int
    version: int
    track_id: int
    track: str
    track_en: str | None
    cycle_id: int
    cycle: str
    cycle_en: str | None
    participant_id: int
    code: str
    name: str
    name_en: str | None
    group: str
    unit_id: int
    state: str
    late: bool
    filled: int
    invalid: int
    asked: int
    opens_at: datetime | None
    due_at: datetime | None
    saved_at: datetime | None
    submitted_at: datetime | None
    submitted_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    returned_times: int


def list_forms(session: Session, *, cycle_id: int | None = None, track_id: int | None = None) -> list[FormRow]:
    """The forms within the actor's reach, of a cycle, a track or all open cycles; in the order of participants."""
    query = (
        select(Form)
        .join(Form.participant)
        .join(Form.track)
        .join(Track.cycle)
        .options(contains_eager(Form.participant), contains_eager(Form.track).contains_eager(Track.cycle))
        .order_by(Cycle.start_on.desc(), Track.id, Participant.group, Participant.code)
    )
    if track_id is not None:
        query = query.where(Form.track_id == track_id)
    if cycle_id is not None:
        query = query.where(Track.cycle_id == cycle_id)
    if track_id is None and cycle_id is None:
        query = query.where(Cycle.state == "open")
    forms = session.scalars(query).all()
    filled, invalid = _counts(session, [form.id for form in forms])
    asked = _asked(session, {form.track.scheme_version_id for form in forms})
    now = now_of(session)
    return [_row(form, now, filled[form.id], invalid[form.id], asked) for form in forms]


def completeness(session: Session, cycle_id: int) -> list[FormRow]:
    """Every form of a cycle within the actor's reach."""
    return list_forms(session, cycle_id=cycle_id)


def _counts(session: Session, form_ids: list[int]) -> tuple[Counter[int], Counter[int]]:
    """(lines that say something valid, lines whose text is no valid value), by form."""
    says = Entry.actual.is_not(None) | Entry.choice.is_not(None) | Entry.is_not_applicable
    found: list[Counter[int]] = []
    for condition in (says & Entry.raw.is_(None), Entry.raw.is_not(None)):
        counter: Counter[int] = Counter()
        for start in range(0, len(form_ids), 500):
            query = (
                select(Entry.form_id, func.count())
                .where(Entry.form_id.in_(form_ids[start : start + 500]), condition)
                .group_by(Entry.form_id)
            )
            counter.update(dict(session.execute(query).all()))
        found.append(counter)
    return found[0], found[1]


def _asked(session: Session, version_ids: set[int]) -> dict[int, list[Item]]:
    items: dict[int, list[Item]] = {}
    for item in session.scalars(select(Item).where(Item.scheme_version_id.in_(version_ids), Item.kind == "indicator")):
        items.setdefault(item.scheme_version_id, []).append(item)
    return items


def _row(form: Form, now: datetime, filled: int, invalid: int, asked: dict[int, list[Item]]) -> FormRow:
    participant, track, cycle = form.participant, form.track, form.track.cycle
    overdue = cycle.due_at is not None and now > cycle.due_at
    lines = entered_items(asked.get(track.scheme_version_id, []), participant.code)
    return FormRow(
        form_id=form.id,
        version=form.version,
        track_id=track.id,
        track=track.name,
        track_en=track.name_en,
        cycle_id=cycle.id,
        cycle=cycle.name,
        cycle_en=cycle.name_en,
        participant_id=participant.id,
        code=participant.code,
        name=participant.name,
        name_en=participant.name_en,
        group=participant.group,
        unit_id=form.unit_id,
        state=form.state,
        late=overdue and form.state in UNDECIDED,
        filled=filled,
        invalid=invalid,
        asked=len(lines),
        opens_at=cycle.opens_at,
        due_at=cycle.due_at,
        saved_at=form.saved_at,
        submitted_at=form.submitted_at,
        submitted_by=form.submitted_by,
        decided_at=form.decided_at,
        decided_by=form.decided_by,
        returned_times=form.returned_times,
    )


def has_note(row: FormRow) -> bool:
    """Whether anything of the form was saved yet."""
    return not is_blank(row.saved_at)
