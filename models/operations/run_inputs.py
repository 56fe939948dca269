"""Everything that a run reads, in one go: participants, approved values, ratings, adjustments and linked rates.

Reads past row scope on purpose: a run over part of its participants would be a different run.  Who may start one is
decided by the verb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cycle import Adjustment, Entry, Form, LinkedRate, Participant, Rating
from models.operations.packing import Arrays, floats
from models.operations.published_rates import published_rates, without_entered
from models.scheme import Item
from plugins.engine.data import Adjustments, Data, Floats, Participants, Ratings
from plugins.engine.scheme import Scheme

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a participant's rows are."""

    participant_id: int
    unit_id: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class RunInputs:
    """A run's data; `owners` by position; who entered and approved each value, for the explanations."""

    data: Data
    owners: tuple[Owner, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who entered and approved which value and when: matrices [items, participants] in the order of `items`.

    `entered_by`, `approved_by` point into `names` (-1 = nobody); times are seconds since 1970, NaN = never.
    """

    items: tuple[str, ...]
    names: tuple[str, ...]
    entered_by: Any
    entered_at: Any
    approved_by: Any
    approved_at: Any

    def texts(self) -> dict[str, Any]:
        """The part that is packed as texts."""
        return {"items": list(self.items), "names": list(self.names)}

    def arrays(self) -> Arrays:
        """The part that is packed as arrays."""
        return {
            "entered_by": self.entered_by,
            "entered_at": self.entered_at,
            "approved_by": self.approved_by,
            "approved_at": self.approved_at,
        }

    @classmethod
    def of(cls, texts: dict[str, Any], arrays: Arrays) -> Provenance:
        """What `texts` and `arrays` were."""
        return cls(tuple(texts["items"]), tuple(texts["names"]), **arrays)

    def of_cell(self, item: str, position: int) -> tuple[str | None, datetime | None, str | None, datetime | None]:
        """(entered by, at, approved by, at) of one value."""
        if item not in self.items:
            return None, None, None, None
        at = (self.items.index(item), position)
        return (
            self._name(self.entered_by[at]),
            _moment(self.entered_at[at]),
            self._name(self.approved_by[at]),
            _moment(self.approved_at[at]),
        )

    def _name(self, index: Any) -> str | None:
        return None if index == NOBODY else self.names[int(index)]


def _moment(seconds: Any) -> datetime | None:
    return None if np.isnan(seconds) else datetime.fromtimestamp(float(seconds), UTC)


def read_inputs(session: Session, track_id: int, scheme: Scheme) -> RunInputs:
    """The inputs of a run of this track, participants in the order they were added."""
    people = _rows(session, select(Participant).where(Participant.track_id == track_id).order_by(Participant.id))
    participants = [row[0] for row in people]
    position = {participant.id: at for at, participant in enumerate(participants)}
    cells, provenance = _read_cells(session, track_id, scheme, position)
    data = Data(
        participants=Participants(
            codes=tuple(p.code for p in participants),
            names=tuple(p.name for p in participants),
            groups=tuple(p.group for p in participants),
            parents=tuple(p.parent_code for p in participants),
            parent_grades=tuple(p.parent_grade for p in participants),
        ),
        **cells,
        ratings=_read_ratings(session, track_id, position),
        adjustments=_read_adjustments(session, track_id, position),
        linked=without_entered(
            published_rates(session, track_id, scheme, participants), _read_linked(session, track_id, position)
        ),
    )
    return RunInputs(data, tuple(Owner(p.id, p.unit_id, p.person_id) for p in participants), provenance)


def _rows(session: Session, query: Any) -> Sequence[Any]:
    return session.execute(query.execution_options(skip_scope=True)).all()


@dataclass(slots=True)
class _Cells:
    """Matrices being filled, by item code; only those that hold anything reach the engine."""

    count: int
    numbers: dict[str, dict[str, Floats]]
    choices: dict[str, list[str]]
    claims: dict[str, Any]

    def put(self, kind: str, item: str, at: int, value: float | None) -> None:
        if value is None:
            return
        column = self.numbers[kind].get(item)
        if column is None:
            column = self.numbers[kind][item] = np.full(self.count, np.nan)
        column[at] = value


class _Names:
    """Numbers sign-in names in the order they are met."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}

    def of(self, name: str | None) -> int:
        return NOBODY if name is None else self.index.setdefault(name, len(self.index))


def _read_cells(
    session: Session, track_id: int, scheme: Scheme, position: dict[int, int]
) -> tuple[dict[str, Any], Provenance]:
    items = tuple(item.code for item in scheme.items if item.kind == "indicator")
    row_of = {code: at for at, code in enumerate(items)}
    cells = _Cells(len(position), {"actual": {}, "target": {}, "baseline": {}}, {}, {})
    names, shape = _Names(), (len(items), len(position))
    entered_by, approved_by = np.full(shape, NOBODY, np.int32), np.full(shape, NOBODY, np.int32)
    entered_at, approved_at = np.full(shape, np.nan), np.full(shape, np.nan)
    for row in _rows(session, _entries(track_id)):
        participant_id, code, actual, target, baseline, choice, claim, by, when, approver, approved = row
        at = position[participant_id]
        cells.put("target", code, at, target)
        cells.put("baseline", code, at, baseline)
        if approved is None:
            continue
        cells.put("actual", code, at, actual)
        if choice is not None:
            cells.choices.setdefault(code, [""] * cells.count)[at] = choice
        if claim:
            cells.claims.setdefault(code, np.zeros(cells.count, dtype=bool))[at] = True
        cell = (row_of[code], at)
        entered_by[cell], approved_by[cell] = names.of(by), names.of(approver)
        entered_at[cell] = when.timestamp() if when is not None else np.nan
        approved_at[cell] = approved.timestamp()
    provenance = Provenance(items, tuple(names.index), entered_by, entered_at, approved_by, approved_at)
    choices = {code: tuple(options) for code, options in cells.choices.items()}
    return {**cells.numbers, "choices": choices, "not_applicable": cells.claims}, provenance


def _entries(track_id: int) -> Any:
    return (
        select(
            Form.participant_id,
            Item.code,
            Entry.actual,
            Entry.target,
            Entry.baseline,
            Entry.choice,
            Entry.is_not_applicable,
            Entry.entered_by,
            Entry.entered_at,
            Entry.approved_by,
            Entry.approved_at,
        )
        .select_from(Entry)
        .join(Form, Form.id == Entry.form_id)
        .join(Item, Item.id == Entry.item_id)
        .where(Form.track_id == track_id, Item.kind == "indicator")
        .order_by(Entry.id)
    )


def _read_ratings(session: Session, track_id: int, position: dict[int, int]) -> Ratings | None:
    query = (
        select(Rating.participant_id, Item.code, Rating.rater, Rating.group, Rating.score)
        .select_from(Rating)
        .join(Item, Item.id == Rating.item_id)
        .join(Participant, Participant.id == Rating.participant_id)
        .where(Participant.track_id == track_id)
        .order_by(Rating.id)
    )
    rows = _rows(session, query)
    if not rows:
        return None
    ids, items, raters, groups, scores = zip(*rows, strict=True)
    return Ratings(_positions(ids, position), items, raters, groups, floats(scores))


def _read_adjustments(session: Session, track_id: int, position: dict[int, int]) -> Adjustments | None:
    query = (
        select(
            Adjustment.participant_id, Item.code, Adjustment.occurrences, Adjustment.points, Adjustment.reason
        )
        .select_from(Adjustment)
        .join(Item, Item.id == Adjustment.item_id)
        .join(Participant, Participant.id == Adjustment.participant_id)
        .where(Participant.track_id == track_id, Adjustment.approved_at.is_not(None))
        .order_by(Adjustment.id)
    )
    rows = _rows(session, query)
    if not rows:
        return None
    ids, items, occurrences, points, reasons = zip(*rows, strict=True)
    return Adjustments(_positions(ids, position), items, floats(occurrences), floats(points), reasons)


def _read_linked(session: Session, track_id: int, position: dict[int, int]) -> dict[tuple[int, str], float]:
    query = (
        select(LinkedRate.participant_id, LinkedRate.source, LinkedRate.rate)
        .join(Participant, Participant.id == LinkedRate.participant_id)
        .where(Participant.track_id == track_id)
        .order_by(LinkedRate.id)
    )
    return {(position[who], source): rate for who, source, rate in _rows(session, query)}


def _positions(ids: Sequence[int], position: dict[int, int]) -> Any:
    return np.array([position[participant_id] for participant_id in ids], dtype=np.int64)
