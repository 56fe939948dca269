"""What changed from one run to the run that takes its place: totals, ranks, grades, and which inputs made them move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cycle import Participant
from models.operations.packing import optional, unpack_inputs
from models.result import Run, Score, Total
from plugins.engine.data import Data

NUMBERS = ("actual", "target", "baseline")

Value = float | str | bool | None
Standing = tuple[float | None, int | None, str]
"""Total, rank, grade."""


@dataclass(frozen=True, slots=True)
class InputChange:
    """An input that differs.  `kind`: actual, target, baseline, choice, not_applicable, adjustment (its marks as
    entered), linked, or rating, of which no values are told; `item`: an item's code, of `linked` the source."""

    kind: str
    item: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class ParticipantChange:
    """One participant whose standing or inputs differ."""

    participant_id: int
    code: str
    name: str
    name_en: str | None
    before: Standing
    after: Standing
    inputs: tuple[InputChange, ...]


@dataclass(frozen=True, slots=True)
class RunChanges:
    """`rows`: the participants within the actor's reach that differ, in the order of their new ranks; `same`: how
    many do not."""

    earlier: Run
    rows: tuple[ParticipantChange, ...]
    same: int


def run_changes(session: Session, run: Run) -> RunChanges | None:
    """What differs from the run that `run` supersedes, or would supersede if it were published; None without one.

    Standings of participants whose totals the actor sees in both runs, inputs of those whose scores the actor sees.
    """
    earlier = run.supersedes or _standing_run(session, run)
    if earlier is None:
        return None
    before, after = _standings(session, earlier), _standings(session, run)
    shared = sorted(before.keys() & after.keys(), key=lambda who: (after[who][1] is None, after[who][1] or 0, who))
    inputs = _inputs(session, earlier, run)
    rows = []
    people = session.scalars(select(Participant).where(Participant.track_id == run.track_id))
    names = {one.id: (one.code, one.name, one.name_en) for one in people}
    for who in shared:
        if who in names and (before[who] != after[who] or inputs.get(who)):
            rows.append(ParticipantChange(who, *names[who], before[who], after[who], inputs.get(who, ())))
    return RunChanges(earlier, tuple(rows), len(shared) - len(rows)) if shared else None


def _standing_run(session: Session, run: Run) -> Run | None:
    """The published run of the track that a run not yet published would supersede."""
    if run.is_trial or run.state not in {"draft", "proposed"}:
        return None
    query = select(Run).where(Run.track_id == run.track_id, Run.state == "published", Run.id < run.id)
    return session.scalars(query.order_by(Run.id.desc()).limit(1)).first()


def _standings(session: Session, run: Run) -> dict[int, Standing]:
    query = select(Total.participant_id, Total.total, Total.rank, Total.grade).where(Total.run_id == run.id)
    return {who: (total, rank, grade) for who, total, rank, grade in session.execute(query)}


def _inputs(session: Session, earlier: Run, run: Run) -> dict[int, tuple[InputChange, ...]]:
    """Participant → the inputs that differ; only of those whose scores the actor sees in this run."""
    if earlier.input_hash == run.input_hash:
        return {}
    query = select(Participant.code, Participant.id).join(Score, Score.participant_id == Participant.id)
    visible = dict(iter(session.execute(query.where(Score.run_id == run.id))))
    if not visible:
        return {}
    before, after = _data(session, earlier), _data(session, run)
    found: dict[int, list[InputChange]] = {}
    if before is not None and after is not None:
        for code, change in _compared(before, after):
            if code in visible:
                found.setdefault(visible[code], []).append(change)
    return {who: tuple(sorted(changes, key=lambda one: (one.item, one.kind))) for who, changes in found.items()}


def _data(session: Session, run: Run) -> Data | None:
    packed = session.scalar(select(Run.inputs).where(Run.id == run.id).execution_options(skip_scope=True))
    return unpack_inputs(packed)[0] if packed is not None else None


def _compared(before: Data, after: Data) -> Iterator[tuple[str, InputChange]]:
    """(participant's code, change) for every input that differs; by code, whatever the order of participants."""
    codes = after.participants.codes
    place = {code: at for at, code in enumerate(before.participants.codes)}
    order = np.array([place.get(code, -1) for code in codes], dtype=np.int64)
    for kind in NUMBERS:
        yield from _numbers(kind, getattr(before, kind), getattr(after, kind), codes, order)
    for kind, old, new in (
        ("choice", _texts(before), _texts(after)),
        ("not_applicable", _claims(before), _claims(after)),
        ("adjustment", _adjusted(before), _adjusted(after)),
        ("linked", _linked(before), _linked(after)),
    ):
        for code, item in sorted(old.keys() | new.keys()):
            if old.get((code, item)) != new.get((code, item)):
                yield code, InputChange(kind, item, old.get((code, item)), new.get((code, item)))
    rated, now = _ratings(before), _ratings(after)
    for code, item in sorted({key[:2] for key in (rated - now) + (now - rated)}):
        yield code, InputChange("rating", item, None, None)


def _numbers(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], codes: tuple[str, ...], order: Any
) -> Iterator[tuple[str, InputChange]]:
    blank = np.full(len(codes), np.nan)
    for item in sorted(old.keys() | new.keys()):
        were = np.where(order >= 0, old[item][order], np.nan) if item in old else blank
        are = new.get(item, blank)
        for at in np.flatnonzero(~((were == are) | (np.isnan(were) & np.isnan(are)))).tolist():
            yield codes[at], InputChange(kind, item, optional(were[at]), optional(are[at]))


def _texts(data: Data) -> dict[tuple[str, str], Value]:
    codes = data.participants.codes
    return {
        (codes[at], item): option for item, options in data.choices.items() for at, option in enumerate(options) if option
    }


def _claims(data: Data) -> dict[tuple[str, str], Value]:
    codes = data.participants.codes
    return {
        (codes[at], item): True for item, flags in data.not_applicable.items() for at in np.flatnonzero(flags).tolist()
    }


def _adjusted(data: Data) -> dict[tuple[str, str], Value]:
    """(participant, item) → what was entered for it, row after row, as text."""
    rows = data.adjustments
    found: dict[tuple[str, str], list[str]] = {}
    if rows is not None:
        for at, who in enumerate(rows.participant.tolist()):
            points, times = float(rows.points[at]), float(rows.occurrences[at])
            said = f"{points:g}" if points == points else f"× {times:g}" if times == times else "× 1"
            found.setdefault((data.participants.codes[who], rows.item[at]), []).append(said)
    return {key: ", ".join(sorted(said)) for key, said in found.items()}


def _linked(data: Data) -> dict[tuple[str, str], Value]:
    codes = data.participants.codes
    return {(codes[at], source): rate for (at, source), rate in data.linked.items()}


def _ratings(data: Data) -> Counter[tuple[str, str, str, str, float]]:
    rows = data.ratings
    if rows is None:
        return Counter()
    who = [data.participants.codes[at] for at in rows.participant.tolist()]
    return Counter(zip(who, rows.item, rows.rater, rows.group, rows.score.tolist(), strict=True))
