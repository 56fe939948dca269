"""Before a run: what looks odd in a track's inputs, and what was answered to it.  Nothing here stands in a run's way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.access import require
from models.cycle import Track
from models.errors import Invalid, NotFound
from models.guard import verb
from models.operations.context import actor_of, find, now_of
from models.operations.earlier import earlier_values
from models.operations.packing import floats
from models.operations.run_inputs import read_inputs
from models.operations.scheme_shape import scheme_of_track
from models.operations.unit_of_work import unit_of_work
from models.warning_answer import WarningAnswer
from plugins.arrays import Floats
from plugins.engine.plausibility import oddities

LONGEST_ANSWER = 1000


@dataclass(frozen=True, slots=True)
class RunWarning:
    """Something odd and its newest answer, if any.  `kind`, `item`, `participant`: see `Odd`."""

    key: str
    kind: str
    item: str
    participant: str
    text: Text
    answer: WarningAnswer | None


def list_warnings(session: Session, track_id: int) -> list[RunWarning]:
    """What looks odd in the approved inputs of a track, unanswered first.

    Needs `track.score`: the sentences may name raters, and reach past row scope as a run does.
    """
    track = find(session, Track, track_id)
    require(session, "track", "score", track)
    scheme = scheme_of_track(track)
    data = read_inputs(session, track.id, scheme).data
    ranges = {item.code: (item.min_value, item.max_value) for item in track.scheme_version.items}
    found = oddities(scheme, data, _before(session, track, data.participants.codes), ranges)
    query = select(WarningAnswer).where(WarningAnswer.track_id == track.id).order_by(WarningAnswer.id)
    answers = {answer.key: answer for answer in session.scalars(query)}
    warnings = []
    for odd in found:
        key = _key(odd.facts)
        warnings.append(RunWarning(key, odd.kind, odd.item, odd.participant, odd.text, answers.get(key)))
    return sorted(warnings, key=lambda warning: warning.answer is not None)


def _key(facts: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def _before(session: Session, track: Track, codes: tuple[str, ...]) -> dict[str, Floats]:
    """Last period's approved values, by item, in the order of `codes`."""
    place = {code: at for at, code in enumerate(codes)}
    found: dict[str, Floats] = {}
    values = earlier_values(session, track.cycle, track.scheme_version.scheme_id, codes, past_scope=True)
    for (who, item), earlier in values.items():
        if earlier.actual is not None and who in place:
            column = found.setdefault(item, np.full(len(codes), np.nan))
            column[place[who]] = floats([earlier.actual])[0]
    return found


@unit_of_work
def answer_warning(session: Session, track_id: int, key: str, answer: str) -> WarningAnswer:
    """Answer a warning that stands.  Raises Invalid without words, NotFound when its numbers have changed since."""
    track = find(session, Track, track_id)
    said = answer.strip()
    if not said or len(said) > LONGEST_ANSWER:
        wrong = text("Write an answer of 1 to {most} characters.", "请填写 1 至 {most} 字的答复。", most=LONGEST_ANSWER)
        raise Invalid(wrong, {"answer": wrong})
    if not any(warning.key == key for warning in list_warnings(session, track.id)):
        raise NotFound(
            text("This warning no longer stands; its numbers have changed.", "该提示已不存在，相关数值已有变化。")
        )
    with verb(session, "track.answer", track, writes={"warning_answer"}):
        row = WarningAnswer(
            track_id=track.id, key=key, answer=said, answered_by=actor_of(session).username, answered_at=now_of(session)
        )
        session.add(row)
        session.flush()
    return row
