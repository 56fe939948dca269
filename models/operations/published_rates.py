"""The published scores that `linked` items take in: of the participant's unit, and of the participant in other cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cycle import Cycle, Participant, Track
from models.result import Run, Total
from models.scheme import SchemeVersion
from plugins.engine.scheme import Scheme
from plugins.methods.linked import LinkedParameters
from plugins.numbers import key_of
from plugins.parameters import parse_parameters

METHOD = "linked"
UNIT, AT = "unit", "@"
"""`unit`: the unit's score in the same cycle; `unit@2025Q3`: in that cycle; anything else is a cycle's code, in which
the participant's own score is meant."""

Whose = tuple[int, int | None]
"""Unit and person, None for a score of the unit itself."""
Rates = dict[tuple[str, Whose], float]


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    cycle: str
    of_unit: bool


def published_rates(
    session: Session, track_id: int, scheme: Scheme, participants: Sequence[Participant]
) -> dict[tuple[int, str], float]:
    """(position of the participant, source) → total ÷ full marks of the published run; nothing where there is none.

    Of several tracks in a cycle the one by the same scheme counts, else the one published last; trials never do.  Reads
    past row scope, like a run.
    """
    names = _names(scheme)
    if not names:
        return {}
    own_cycle = select(Cycle.code).join(Track, Track.cycle_id == Cycle.id).where(Track.id == track_id)
    here = session.scalars(own_cycle.execution_options(skip_scope=True)).one()
    sources = [_source(name, here) for name in names]
    rates = _rates(session, track_id, {source.cycle for source in sources})
    found: dict[tuple[int, str], float] = {}
    for source in sources:
        for at, participant in enumerate(participants):
            person = None if source.of_unit else participant.person_id
            rate = rates.get((source.cycle, (participant.unit_id, person)))
            if rate is None and person is not None:  # someone who has moved to another unit since
                rate = rates.get((source.cycle, (0, person)))
            if rate is not None:
                found[at, source.name] = rate
    return found


def _names(scheme: Scheme) -> list[str]:
    """The sources that the scheme's items name, each once."""
    names: dict[str, None] = {}
    for item in scheme.items:
        params = parse_parameters(LinkedParameters, item.params) if item.method == METHOD else None
        if isinstance(params, LinkedParameters):
            names |= dict.fromkeys(params.sources)
    return list(names)


def _source(name: str, here: str) -> _Source:
    head, at, cycle = name.partition(AT)
    if head.strip().lower() == UNIT:
        return _Source(name, cycle.strip() if at else here, True)
    return _Source(name, name, False)


def _rates(session: Session, track_id: int, cycles: set[str]) -> Rates:
    scheme_of = (
        select(SchemeVersion.scheme_id)
        .join(Track, Track.scheme_version_id == SchemeVersion.id)
        .where(Track.id == track_id)
    )
    own = session.scalar(scheme_of.execution_options(skip_scope=True))
    query = (
        select(
            Cycle.code, Total.unit_id, Total.person_id, Total.total, SchemeVersion.full_marks, SchemeVersion.scheme_id
        )
        .select_from(Total)
        .join(Run, Run.id == Total.run_id)
        .join(Track, Track.id == Run.track_id)
        .join(Cycle, Cycle.id == Track.cycle_id)
        .join(SchemeVersion, SchemeVersion.id == Track.scheme_version_id)
        .where(Run.state == "published", Run.is_trial.is_(False), Track.id != track_id)
        .order_by(Run.published_at, Run.id, Total.id)
    )
    rows = [row for row in session.execute(query.execution_options(skip_scope=True)) if key_of(row[0]) in cycles]
    found: Rates = {}
    for code, unit, person, total, full, _ in sorted(rows, key=lambda row: row[5] == own):
        if total is None:
            continue
        for whose in ((unit, person), *(((0, person),) if person is not None else ())):
            found[key_of(code), whose] = total / full
    return found


def without_entered(
    published: Mapping[tuple[int, str], float], entered: Mapping[tuple[int, str], float]
) -> dict[tuple[int, str], float]:
    """Both together; what was entered for a source takes the place of what is published."""
    known = {(at, key_of(source)) for at, source in entered}
    kept = {(at, source): rate for (at, source), rate in published.items() if (at, key_of(source)) not in known}
    return {**kept, **entered}
