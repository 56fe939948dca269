"""A draft scheme tried on what was last published: the same inputs, computed under the draft.  Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.access import require
from models.cycle import Participant, Track
from models.errors import NotFound, Refused
from models.operations.context import find, registry_of
from models.operations.packing import optional, unpack_inputs
from models.operations.scheme_shape import scheme_from_version
from models.operations.what_if import Move
from models.result import Run, Total
from models.scheme import SchemeVersion
from plugins.engine import EngineError, check_data, score
from plugins.engine.data import Data
from plugins.engine.results import Results
from plugins.engine.scheme import Scheme
from plugins.registry import Registry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class VersionTrial:
    """How everybody would stand.  `moves`: participants in their new order, the first of them; counts are of all.

    `run`: the published run whose inputs were taken; `without`: codes of indicators that it has no values for.
    """

    run: Run
    moves: tuple[Move, ...]
    participants: int
    moved: int
    regraded: int
    without: tuple[str, ...]


def last_published(session: Session, scheme_id: int) -> Run | None:
    """The run published last of any version of a scheme; None when there is none within reach."""
    query = (
        select(Run)
        .join(Track, Track.id == Run.track_id)
        .join(SchemeVersion, SchemeVersion.id == Track.scheme_version_id)
        .where(SchemeVersion.scheme_id == scheme_id, Run.state == "published", Run.is_trial.is_(False))
        .order_by(Run.published_at.desc(), Run.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def try_version(
    session: Session, version_id: int, registry: Registry | None = None, *, most: int = 500
) -> VersionTrial:
    """Compute the inputs of the scheme's last published run under a version; items are matched by their codes.

    Needs `track.score`, as it looks at all participants like a run.  Raises NotFound without such a run, Refused with
    every reason why the version cannot be computed on that data.
    """
    version = find(session, SchemeVersion, version_id)
    run = last_published(session, version.scheme_id)
    if run is None:
        raise NotFound(text("Nothing of this scheme has been published yet.", "该方案尚无已发布的结果。"))
    require(session, "track", "score", run.track)
    packed = session.scalar(select(Run.inputs).where(Run.id == run.id).execution_options(skip_scope=True))
    if packed is None:
        raise NotFound(text("The inputs of this run were not kept.", "本批次未保存输入数据。"))
    scheme = scheme_from_version(version)
    if scheme.cycle_end is None:
        scheme = replace(scheme, cycle_end=run.track.cycle.end_on)
    data = matched(unpack_inputs(packed)[0], scheme)
    return _compared(session, run, _scored(scheme, data, registry_of(session, registry)), data, most)


def matched(data: Data, scheme: Scheme) -> Data:
    """The data of the items that the scheme still has, by code and what they are."""
    indicators = {item.code for item in scheme.items if item.kind == "indicator"}
    adjusting = {item.code for item in scheme.items if item.kind in {"bonus", "deduction", "veto"}}
    ratings, rows = data.ratings, data.adjustments
    if ratings is not None:
        at = [i for i, code in enumerate(ratings.item) if code in indicators]
        ratings = replace(
            ratings, participant=ratings.participant[at], score=ratings.score[at],
            **{name: tuple(getattr(ratings, name)[i] for i in at) for name in ("item", "rater", "group")},
        )  # fmt: skip
    if rows is not None:
        at = [i for i, code in enumerate(rows.item) if code in adjusting]
        rows = replace(
            rows, participant=rows.participant[at], occurrences=rows.occurrences[at], points=rows.points[at],
            item=tuple(rows.item[i] for i in at), reason=tuple(rows.reason[i] for i in at),
        )  # fmt: skip
    return replace(
        data,
        ratings=ratings,
        adjustments=rows,
        actual=_of(data.actual, indicators),
        target=_of(data.target, indicators),
        baseline=_of(data.baseline, indicators),
        choices=_of(data.choices, indicators),
        not_applicable=_of(data.not_applicable, indicators),
    )


def _of(columns: Mapping[str, T], codes: set[str]) -> dict[str, T]:
    return {code: column for code, column in columns.items() if code in codes}


def _scored(scheme: Scheme, data: Data, registry: Registry) -> Results:
    try:
        results = score(scheme, data, registry)
        errors = [found for found in check_data(scheme, data, registry) if found.level == "error"]
    except EngineError as stopped:
        errors = list(stopped.findings)
    if errors:
        message = text(
            "This cannot be computed: {count} things need attention.",
            "无法计算：有 {count} 处需要处理。",
            count=len(errors),
        )
        raise Refused(message, errors)
    return results


def _compared(session: Session, run: Run, results: Results, data: Data, most: int) -> VersionTrial:
    query = (
        select(Participant.code, Participant.name, Participant.name_en, Total.total, Total.rank, Total.grade)
        .join(Total, Total.participant_id == Participant.id)
        .where(Total.run_id == run.id)
    )
    was = {row.code: row for row in session.execute(query.execution_options(skip_scope=True))}
    codes = data.participants.codes
    moves = []
    for at, code in enumerate(codes):
        before, rank = was[code], int(results.rank[at]) or None
        moves.append(
            Move(
                code, before.name, before.name_en, optional(results.total[at]), rank, results.grade[at],
                before.total, before.rank or None, before.grade or "",
            )
        )  # fmt: skip
    order = sorted(moves, key=lambda move: (move.rank or len(codes) + 1, move.code))
    return VersionTrial(
        run,
        tuple(order[:most]),
        len(codes),
        sum(move.rank != move.was_rank for move in moves),
        sum(move.grade != move.was_grade for move in moves),
        _without(results.scheme, data),
    )


def _without(scheme: Scheme, data: Data) -> tuple[str, ...]:
    """Indicators that nobody has any value for."""
    rated = set(data.ratings.item) if data.ratings is not None else set()
    known = rated | set(data.choices) | {code for code, column in data.actual.items() if not np.isnan(column).all()}
    return tuple(
        item.code
        for item in scheme.items
        if item.kind == "indicator" and item.code not in known and item.method != "linked"
    )
