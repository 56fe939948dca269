"""A quarter is set up: the cycle with its track and participants, opened, its targets entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.cycle import Cycle, Track
from models.operations.cycles import open_cycle
from models.operations.data import import_data
from models.operations.participants import add_participants, create_track
from models.operations.records import save_record
from plugins.engine.data import Data, Participants
from plugins.registry import Registry
from seeds.acting import Cast
from seeds.demo_units import divisions
from seeds.demo_values import baselines, targets
from seeds.timeline import Quarter

NAMES = {1: ("一", "First"), 2: ("二", "Second"), 3: ("三", "Third"), 4: ("四", "Fourth")}


@dataclass(frozen=True, slots=True)
class OpenQuarter:
    """A quarter whose cycle is open."""

    quarter: Quarter
    cycle_id: int
    track_id: int


def open_quarter(
    cast: Cast,
    quarter: Quarter,
    units: Mapping[str, int],
    version_id: int,
    previous_id: int | None,
    registry: Registry | None,
) -> OpenQuarter:
    """Create the cycle with every division as a participant, by the comprehensive group, and open it."""
    with cast.acting("comprehensive", quarter.opens_at - timedelta(days=5, hours=-1)) as session:
        cycle: Cycle = save_record(session, "cycle", None, _cycle(quarter, previous_id), None)
        track = create_track(session, cycle.id, version_id, name="处室单位", name_en="Divisions")
        for group in dict.fromkeys(row["group"] for row in divisions()):
            ids = [units[row["code"]] for row in divisions() if row["group"] == group]
            add_participants(session, track.id, unit_ids=ids, group=group)
    with cast.acting("comprehensive", quarter.opens_at - timedelta(minutes=30)) as session:
        open_cycle(session, cycle.id, cycle.version)
    with cast.acting("indicator", quarter.opens_at + timedelta(minutes=40)):
        _set_targets(cast, track, quarter, first=previous_id is None, registry=registry)
    return OpenQuarter(quarter, cycle.id, track.id)


def _cycle(quarter: Quarter, previous_id: int | None) -> dict[str, Any]:
    chinese, english = NAMES[quarter.number]
    return {
        "code": quarter.code,
        "name": f"{quarter.year}年第{chinese}季度考核",
        "name_en": f"{english} quarter of {quarter.year}",
        "kind": "quarter",
        "start_on": quarter.start_on,
        "end_on": quarter.end_on,
        "opens_at": quarter.opens_at,
        "due_at": quarter.due_at,
        "previous": previous_id,
    }


def _set_targets(cast: Cast, track: Track, quarter: Quarter, *, first: bool, registry: Registry | None) -> None:
    """All targets and last year's figures at first; later only targets that differ, for the others are carried over."""
    codes = [row["code"] for row in divisions()]
    before = {} if first else targets(quarter.number - 1)
    changed = {code: value for code, value in targets(quarter.number).items() if before.get(code) != value}
    target = {code: np.full(len(codes), value) for code, value in changed.items()}
    baseline: dict[str, NDArray[np.float64]] = {}
    if first:
        figures = [baselines(code) for code in codes]
        baseline = {item: np.array([one[item] for one in figures]) for item in figures[0]}
    data = Data(participants_of(codes), target=target, baseline=baseline)
    report = import_data(cast.session, track.id, data, commit=True, registry=registry)
    if not report.is_clean:
        raise report.error()


def participants_of(codes: list[str]) -> Participants:
    """Participants named by their codes alone; whatever else is known of them stays."""
    blank = ("",) * len(codes)
    return Participants(tuple(codes), blank, blank, blank, blank)
