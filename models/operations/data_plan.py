"""What importing a data workbook into a track would change, worked out without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.cycle import Adjustment, Entry, Form, LinkedRate, Participant, Rating, Track
from models.operations.form_values import range_of_import
from models.operations.import_report import ImportReport, RowProblem
from models.operations.packing import optional
from models.scheme import Item
from plugins.engine.data import Data
from plugins.engine.scheme import Place

Key = tuple[str, str]
"""(participant code, item code)"""
NUMBERS = ("actual", "target", "baseline")


@dataclass(frozen=True, slots=True)
class Stored:
    """What the track holds already, by codes."""

    participants: dict[str, Participant]
    items: dict[str, Item]
    entries: dict[Key, Any]
    ratings: dict[tuple[str, str, str, str], Any]
    adjustments: Counter[tuple[Any, ...]]
    linked: dict[Key, Any]


@dataclass(slots=True)
class DataPlan:
    """Rows to write, by codes; ids are put in once the participants and forms exist.

    `entries`: key → (id or None, columns); `ratings`, `linked` the same; `adjustments`: only new ones.
    """

    report: ImportReport = field(default_factory=ImportReport)
    entries: dict[Key, tuple[int | None, dict[str, Any]]] = field(default_factory=dict)
    ratings: dict[tuple[str, str, str, str], tuple[int | None, float]] = field(default_factory=dict)
    adjustments: list[tuple[Any, ...]] = field(default_factory=list)
    linked: dict[Key, tuple[int | None, float]] = field(default_factory=dict)

    def count(self, row_id: int | None, same: bool) -> bool:
        """Count a row; True when it has to be written."""
        if same:
            self.report.same += 1
        elif row_id is None:
            self.report.added += 1
        else:
            self.report.changed += 1
        return not same


def read_stored_rows(session: Session, track: Track) -> Stored:
    """The track's rows as they are, past row scope: what exists must not be added again."""
    participants = {
        p.code: p
        for p in session.scalars(
            select(Participant).where(Participant.track_id == track.id).execution_options(skip_scope=True)
        )
    }
    items = {item.code: item for item in track.scheme_version.items}
    return Stored(
        participants,
        items,
        {(row.who, row.what): row for row in _entries(session, track.id)},
        {(row.who, row.what, row.rater, row.group): row for row in _ratings(session, track.id)},
        Counter(tuple(row) for row in _adjustments(session, track.id)),
        {(row.who, row.source): row for row in _linked(session, track.id)},
    )


def _entries(session: Session, track_id: int) -> Iterator[Any]:
    columns = (Entry.id, Entry.actual, Entry.target, Entry.baseline, Entry.choice, Entry.is_not_applicable)
    query = (
        select(Participant.code.label("who"), Item.code.label("what"), *columns, Entry.approved_at, Entry.raw)
        .select_from(Entry)
        .join(Form, Form.id == Entry.form_id)
        .join(Participant, Participant.id == Form.participant_id)
        .join(Item, Item.id == Entry.item_id)
        .where(Form.track_id == track_id)
    )
    yield from session.execute(query.execution_options(skip_scope=True))


def _ratings(session: Session, track_id: int) -> Iterator[Any]:
    query = (
        select(Participant.code.label("who"), Item.code.label("what"), Rating.id, Rating.rater, Rating.group)
        .add_columns(Rating.score)
        .select_from(Rating)
        .join(Participant, Participant.id == Rating.participant_id)
        .join(Item, Item.id == Rating.item_id)
        .where(Participant.track_id == track_id)
    )
    yield from session.execute(query.execution_options(skip_scope=True))


def _adjustments(session: Session, track_id: int) -> Iterator[Any]:
    query = (
        select(Participant.code, Item.code, Adjustment.occurrences, Adjustment.points, Adjustment.reason)
        .select_from(Adjustment)
        .join(Participant, Participant.id == Adjustment.participant_id)
        .join(Item, Item.id == Adjustment.item_id)
        .where(Participant.track_id == track_id, Adjustment.approved_at.is_not(None))
    )
    yield from session.execute(query.execution_options(skip_scope=True))


def _linked(session: Session, track_id: int) -> Iterator[Any]:
    query = (
        select(Participant.code.label("who"), LinkedRate.source, LinkedRate.id, LinkedRate.rate)
        .select_from(LinkedRate)
        .join(Participant, Participant.id == LinkedRate.participant_id)
        .where(Participant.track_id == track_id)
    )
    yield from session.execute(query.execution_options(skip_scope=True))


def plan_values(plan: DataPlan, stored: Stored, data: Data) -> None:
    """Entries: a blank cell leaves what is there; an actual value, option or claim counts as approved."""
    codes = data.participants.codes
    columns = {name: getattr(data, name) for name in NUMBERS}
    named = {*data.choices, *data.not_applicable, *(code for own in columns.values() for code in own)}
    for item_code in sorted(named & stored.items.keys()):
        item = stored.items[item_code]
        for at, who in enumerate(codes):
            given = _given(data, columns, item_code, at)
            if not given:
                continue
            plan.report.refuse(_out_of_range(item, given, who, at))
            _plan_entry(plan, stored.entries.get((who, item_code)), (who, item_code), given)


def _given(data: Data, columns: Mapping[str, Any], item: str, at: int) -> dict[str, Any]:
    """Column → what the workbook says of one cell; empty when it says nothing."""
    found: dict[str, Any] = {}
    for name, own in columns.items():
        value = optional(own[item][at]) if item in own else None
        if value is not None:
            found[name] = value
    if item in data.choices and data.choices[item][at]:
        found["choice"] = data.choices[item][at]
    claims = data.not_applicable.get(item)
    if claims is not None and bool(claims[at]):
        found["is_not_applicable"] = True
    return found


def _plan_entry(plan: DataPlan, before: Any, key: Key, given: dict[str, Any]) -> None:
    counts = bool({"actual", "choice", "is_not_applicable"} & given.keys())
    columns = {"target": before.target, "baseline": before.baseline} if before is not None else {}
    columns |= {name: given[name] for name in ("target", "baseline") if name in given}
    if counts:
        columns |= {
            "actual": given.get("actual"),
            "choice": given.get("choice"),
            "is_not_applicable": bool(given.get("is_not_applicable")),
        }
    same = before is not None and all(getattr(before, name) == value for name, value in columns.items())
    same = same and (not counts or (before.approved_at is not None and before.raw is None))
    if plan.count(before.id if before is not None else None, same):
        plan.entries[key] = (before.id if before is not None else None, columns)


def _out_of_range(item: Item, given: Mapping[str, Any], who: str, at: int) -> Iterator[RowProblem]:
    value = given.get("actual")
    problem: Text | None = range_of_import(item, value) if value is not None else None
    if problem is not None:
        yield RowProblem(at, item.code, value, problem, Place("actual", who, item.code, at))


def plan_panels(plan: DataPlan, stored: Stored, data: Data) -> None:
    """Ratings, adjustments and linked rates: those that are there already are left."""
    codes = data.participants.codes
    if data.ratings is not None:
        r = data.ratings
        for at, score in enumerate(r.score):
            key = (codes[int(r.participant[at])], r.item[at], r.rater[at], r.group[at])
            before = stored.ratings.get(key)
            if plan.count(before.id if before else None, before is not None and before.score == score):
                plan.ratings[key] = (before.id if before else None, float(score))
    if data.adjustments is not None:
        a = data.adjustments
        present = Counter(stored.adjustments)
        for at, item in enumerate(a.item):
            numbers = (optional(a.occurrences[at]), optional(a.points[at]))
            row = (codes[int(a.participant[at])], item, *numbers, a.reason[at])
            is_there = present[row] > 0
            present[row] -= is_there
            if plan.count(None, is_there):
                plan.adjustments.append(row)
    for (position, source), rate in sorted(data.linked.items()):
        own = (codes[position], source)
        there = stored.linked.get(own)
        if plan.count(there.id if there else None, there is not None and there.rate == rate):
            plan.linked[own] = (there.id if there else None, float(rate))


def longest_texts(data: Data) -> Iterator[RowProblem]:
    """Texts of the data that do not fit their columns."""
    limits = {"rater": (64, data.ratings.rater if data.ratings else ()), "from": (80, [s for _, s in data.linked])}
    sheets = {"rater": "ratings", "from": "linked"}
    for column, (length, values) in limits.items():
        for at, value in enumerate(values):
            if len(value) > length:
                said = text("At most {length} characters fit here.", "此处最多填写 {length} 个字符。", length=length)
                yield RowProblem(at, column, value, said, Place(sheets[column], None, column, at))
