"""Sensitivity: how often each participant keeps its rank and grade when the weights vary, as a plot and a table."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.access import require
from models.errors import Invalid
from models.operations.context import find
from models.operations.steadiness import Steadiness, Steady, steadiness
from models.result import Run
from views.context import platform, session
from views.pages.access import guarded
from views.records.query import whole
from views.shell.i18n import say
from views.shell.naming import pick_name

blueprint = guarded("sensitivity")
PERCENT, SEED = 10, 1
SHOWN, DRAWN = 500, 60
ROW, TOP, LEFT, RIGHT, WIDTH = 22, 26, 180, 14, 500


@dataclass(frozen=True, slots=True)
class Bar:
    """A participant in the plot: where its line begins and ends, and where its rank is, in units of the drawing."""

    name: str
    y: int
    low: float
    high: float
    now: float
    row: Steady


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of `width` × `height`; `ticks`: (rank, x)."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, float], ...]
    width: int
    height: int


@blueprint.get("/runs/<int:run_id>/sensitivity")
def show(run_id: int) -> ResponseReturnValue:
    """The page; `percent` and `seed` in the address."""
    run = find(session(), Run, run_id)
    require(session(), "track", "score", run.track)
    percent = whole(request.args.get("percent", ""), PERCENT)
    seed = whole(request.args.get("seed", ""), SEED)
    try:
        found = steadiness(session(), run.id, percent, seed, platform().registry)
    except Invalid as refused:
        return _page(run, percent, seed, None, say(refused.text)), refused.status
    return _page(run, percent, seed, found)


def _page(run: Run, percent: int, seed: int, found: Steadiness | None, message: str = "") -> str:
    return render_template(
        "pages/sensitivity.html",
        run=run,
        percent=percent,
        seed=seed,
        found=found,
        rows=found.rows[:SHOWN] if found else (),
        plot=draw(found.rows[:DRAWN]) if found else None,
        message=message,
    )


def draw(rows: tuple[Steady, ...]) -> Plot:
    """A line from the 5th to the 95th percentile of each rank, a dot where it is now."""
    last = max((row.high for row in rows), default=1)
    step = (WIDTH - LEFT - RIGHT) / max(last - 1, 1)

    def at(rank: int) -> float:
        return round(LEFT + (rank - 1) * step, 1)

    bars = tuple(
        Bar(
            pick_name(row.name, row.name_en), TOP + ROW * place + ROW // 2, at(row.low), at(row.high), at(row.rank), row
        )
        for place, row in enumerate(rows)
    )
    every = max(1, -(-last // 10))
    ticks = tuple((rank, at(rank)) for rank in range(1, last + 1) if rank == 1 or rank % every == 0)
    return Plot(bars, ticks, WIDTH, TOP + ROW * len(rows) + ROW)
