"""How steady a run's ranking is: what becomes of ranks and grades when the weights are a little different."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.text import text
from models.errors import Invalid
from models.operations.context import registry_of
from models.operations.packing import optional
from models.operations.what_if import base_of, open_to_try
from plugins.engine.sensitivity import SETS, sensitivity
from plugins.registry import Registry

LEAST, MOST = 1, 50
"""Percent by which weights may vary."""
LARGEST_SEED = 999_999


@dataclass(frozen=True, slots=True)
class Steady:
    """A participant: `keeps_rank`, `keeps_grade`: shares of the weight sets; ranks as in `Sensitivity`."""

    code: str
    name: str
    name_en: str | None
    rank: int
    grade: str
    keeps_rank: float
    keeps_grade: float
    best: int
    worst: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Steadiness:
    """`rows`: everybody scored, best first; with how many weight sets, within ± `percent`, from which seed."""

    rows: tuple[Steady, ...]
    sets: int
    percent: int
    seed: int


def steadiness(session: Session, run_id: int, percent: int, seed: int, registry: Registry | None = None) -> Steadiness:
    """Try 1,000 random weight sets on a run.  Needs `track.score`; Invalid for a percent or seed out of bounds."""
    run = open_to_try(session, run_id)
    if not LEAST <= percent <= MOST or not 0 <= seed <= LARGEST_SEED:
        said = text(
            "Let the weights vary by {least} to {most} percent; the seed is at most {seed}.",
            "权重变动幅度应为 {least}% 至 {most}%，随机种子不超过 {seed}。",
            least=LEAST,
            most=MOST,
            seed=LARGEST_SEED,
        )
        raise Invalid(said, {"percent": said})
    base = base_of(session, run, registry_of(session, registry))
    found = sensitivity(base.engine.prepared, base.engine.found, spread=percent / 100, seed=seed)
    codes = base.engine.data.participants.codes
    rows = [
        Steady(
            code,
            *base.names[code],
            rank=int(found.rank[at]),
            grade=base.grade[at],
            keeps_rank=optional(found.keeps_rank[at]) or 0.0,
            keeps_grade=optional(found.keeps_grade[at]) or 0.0,
            best=int(found.best[at]),
            worst=int(found.worst[at]),
            low=int(found.low[at]),
            high=int(found.high[at]),
        )
        for at, code in enumerate(codes)
        if found.rank[at]
    ]
    return Steadiness(tuple(sorted(rows, key=lambda row: (row.rank, row.code))), SETS, percent, seed)
