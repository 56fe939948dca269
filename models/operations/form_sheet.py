"""A form as a person sees it: sections by top dimension, each line with its target, last period, standard and remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text
from models.access import covers
from models.cycle import Entry, Form, Remark
from models.operations.context import actor_of, metadata_of
from models.operations.earlier import Earlier, earlier_values
from models.operations.form_values import Reading, options_of, range_of, read_stored, shown_value
from models.operations.forms import FILLABLE, attention, lines_of, load_form, window_problem
from models.operations.score_so_far import LineScore, ScoreSoFar, score_so_far
from models.scheme import Item
from plugins.registry import Registry


@dataclass(frozen=True, slots=True)
class Said:
    """A remark of a reviewer."""

    round: int
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FormLine:
    """One indicator of a form.  `value` as it stands in the input (text as typed when invalid); numbers beside it."""

    item_id: int
    code: str
    name: str
    name_en: str | None
    value_type: str
    unit_of_measure: str
    direction: str
    source: str
    standard: str
    evidence: str
    method: str
    weight: float | None
    minimum: float | None
    maximum: float | None
    options: tuple[str, ...]
    target: float | None
    target_shown: str
    baseline: float | None
    previous: float | None
    previous_shown: str
    value: str
    actual: float | None
    choice: str | None
    not_applicable: bool
    note: str
    error: Text | None
    remarks: tuple[Said, ...]
    entered_by: str | None
    entered_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    score: LineScore | None

    @property
    def is_filled(self) -> bool:
        """Whether the line holds a valid value or a claim."""
        return self.error is None and (self.value != "" or self.not_applicable)


@dataclass(frozen=True, slots=True)
class FormSection:
    """The lines below one top dimension; `code` is '' for indicators that stand at the top themselves."""

    code: str
    name: str
    name_en: str | None
    weight: float | None
    lines: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True)
class FormSheet:
    """Everything a form's page or workbook shows.

    `closed`: why it cannot be filled in now (None: it can, as far as state and window go); `may`: the verbs the
    actor can take now (fill, submit, approve, return); `attention`: item code → what keeps it from being submitted.
    """

    form_id: int
    version: int
    state: str
    cycle_id: int
    cycle: str
    cycle_en: str | None
    track_id: int
    track: str
    track_en: str | None
    participant_id: int
    participant_code: str
    participant: str
    participant_en: str | None
    opens_at: datetime | None
    due_at: datetime | None
    saved_at: datetime | None
    submitted_at: datetime | None
    submitted_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    closed: Text | None
    may: frozenset[str]
    sections: tuple[FormSection, ...]
    remarks: tuple[Said, ...]
    attention: Mapping[str, Text]
    filled: int
    asked: int
    score: ScoreSoFar | None
    round: int = field(default=0)

    def lines(self) -> list[FormLine]:
        """All lines in order."""
        return [line for section in self.sections for line in section.lines]


def form_sheet(session: Session, form_id: int, registry: Registry | None = None) -> FormSheet:
    """The form within the actor's reach; NotFound otherwise."""
    form = load_form(session, form_id)
    track, participant, cycle = form.track, form.participant, form.track.cycle
    earlier = earlier_values(session, cycle, track.scheme_version.scheme_id, [participant.code])
    general, by_item = _remarks(session, form.id)
    score = score_so_far(session, form, registry)
    scores = score.lines if score is not None else {}
    entries = {entry.item_id: entry for entry in form.entries}
    lines = [
        _line(item, entries.get(item.id), earlier.get((participant.code, item.code)), by_item, scores)
        for item in lines_of(form)
    ]
    closed = window_problem(session, form)
    return FormSheet(
        form_id=form.id,
        version=form.version,
        state=form.state,
        cycle_id=cycle.id,
        cycle=cycle.name,
        cycle_en=cycle.name_en,
        track_id=track.id,
        track=track.name,
        track_en=track.name_en,
        participant_id=participant.id,
        participant_code=participant.code,
        participant=participant.name,
        participant_en=participant.name_en,
        opens_at=cycle.opens_at,
        due_at=cycle.due_at,
        saved_at=form.saved_at,
        submitted_at=form.submitted_at,
        submitted_by=form.submitted_by,
        decided_at=form.decided_at,
        decided_by=form.decided_by,
        closed=closed,
        may=possible_steps(session, form, closed),
        sections=_sections(track.scheme_version.items, lines),
        remarks=general,
        attention=attention(form),
        filled=sum(line.is_filled for line in lines),
        asked=len(lines),
        score=score,
        round=form.returned_times,
    )


def possible_steps(session: Session, form: Form, closed: Text | None) -> frozenset[str]:
    """The verbs that the actor holds on this form and that its state allows now."""
    actor, metadata = actor_of(session), metadata_of(session)
    steps: set[str] = set()
    if form.state in FILLABLE and closed is None:
        steps = {"fill", "submit"}
    elif form.state == "submitted":
        steps = {"approve", "return"} if form.submitted_by != actor.username else {"return"}
    return frozenset(step for step in steps if covers(session, actor, metadata, form, step))


def _remarks(session: Session, form_id: int) -> tuple[tuple[Said, ...], dict[int, tuple[Said, ...]]]:
    """Remarks on the form as a whole, and by item id; the newest first."""
    query = select(Remark).where(Remark.form_id == form_id).order_by(Remark.id.desc())
    general: list[Said] = []
    by_item: dict[int, tuple[Said, ...]] = {}
    for remark in session.scalars(query):
        said = Said(remark.round, remark.text, remark.author, remark.at)
        if remark.item_id is None:
            general.append(said)
        else:
            by_item[remark.item_id] = (*by_item.get(remark.item_id, ()), said)
    return tuple(general), by_item


def _line(
    item: Item,
    entry: Entry | None,
    earlier: Earlier | None,
    remarks: Mapping[int, tuple[Said, ...]],
    scores: Mapping[str, LineScore],
) -> FormLine:
    reading = read_stored(item, entry) if entry is not None else Reading()
    low, high = range_of(item)
    target = entry.target if entry is not None else None
    before = earlier or Earlier(None, None, None, None)
    return FormLine(
        item_id=item.id,
        code=item.code,
        name=item.name,
        name_en=item.name_en,
        value_type=item.value_type or "number",
        unit_of_measure=item.unit_of_measure or "",
        direction=item.direction or "",
        source=item.source or "",
        standard=item.standard or "",
        evidence=item.evidence or "",
        method=item.method or "",
        weight=item.weight,
        minimum=low,
        maximum=high,
        options=options_of(item) if item.value_type == "choice" else (),
        target=target,
        target_shown=shown_value(item, target, None),
        baseline=entry.baseline if entry is not None else None,
        previous=before.actual,
        previous_shown=shown_value(item, before.actual, before.choice),
        value=reading.raw if reading.raw is not None else shown_value(item, reading.actual, reading.choice),
        actual=reading.actual,
        choice=reading.choice,
        not_applicable=reading.is_not_applicable,
        note=reading.note or "",
        error=reading.error,
        remarks=remarks.get(item.id, ()),
        entered_by=entry.entered_by if entry is not None else None,
        entered_at=entry.entered_at if entry is not None else None,
        approved_by=entry.approved_by if entry is not None else None,
        approved_at=entry.approved_at if entry is not None else None,
        score=scores.get(item.code),
    )


def _sections(items: Sequence[Item], lines: Sequence[FormLine]) -> tuple[FormSection, ...]:
    """Lines grouped by the dimension just below the root, in the order of the scheme."""
    by_code = {item.code: item for item in items}
    roots = [item for item in items if not item.parent and item.kind == "dimension"]
    weighted_tops = [item for item in items if not item.parent and item.kind in ("dimension", "indicator")]
    root = roots[0].code if len(weighted_tops) == 1 and roots else None
    grouped: dict[str, list[FormLine]] = {}
    for line in lines:
        grouped.setdefault(_top(by_code, line.code, root), []).append(line)
    return tuple(_section(by_code.get(code), code, group) for code, group in grouped.items())


def _top(by_code: Mapping[str, Item], code: str, root: str | None) -> str:
    """The code of the top dimension above an item; '' for an indicator that stands at the top itself."""
    at, seen = by_code[code], {code}
    while at.parent and at.parent != root and at.parent in by_code and at.parent not in seen:
        at = by_code[at.parent]
        seen.add(at.code)
    return at.code if at.kind == "dimension" else ""


def _section(top: Item | None, code: str, lines: Sequence[FormLine]) -> FormSection:
    if top is None:
        return FormSection(code, "", None, None, tuple(lines))
    return FormSection(code, top.name or top.code, top.name_en, top.weight, tuple(lines))
