"""Bonus, deduction and veto (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plugins.arrays import Floats, Ints
from plugins.engine.compiled import CompiledScheme, bound
from plugins.engine.data import Adjustments
from plugins.engine.prepared import Prepared
from plugins.engine.scheme import Item
from plugins.numbers import round_half_away


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`points`, `occurrences`: adjustment item → [n]; `bonus`, `deduction`: marks after caps; `vetoes`: how many hold;
    `best_band`: index of the best grade still possible (0 = any); `max_score`: highest total possible, +inf = any."""

    points: Mapping[str, Floats]
    occurrences: Mapping[str, Floats]
    bonus: Floats
    deduction: Floats
    vetoes: Ints
    best_band: Ints
    max_score: Floats


def adjust(prepared: Prepared) -> Adjusted:
    """Everything the adjustment rows come to, in the order of item codes."""
    plan, count = prepared.plan, prepared.count
    rows = prepared.data.adjustments
    bands = {band.code: at for at, band in enumerate(plan.scheme.grades)}
    points: dict[str, Floats] = {}
    occurrences: dict[str, Floats] = {}
    sums = {"bonus": np.zeros(count), "deduction": np.zeros(count)}
    vetoes, best_band = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    max_score = np.full(count, np.inf)
    for item in plan.tree.adjustments:
        worth, times = _rows_of(plan, item, rows, count)
        occurrences[item.code] = times
        points[item.code] = worth
        if item.kind == "veto":
            veto = plan.vetoes[item.code]
            holds = times >= 1
            vetoes += holds
            worst = bands.get(veto.max_grade or "", 0)
            best_band = np.where(holds, np.maximum(best_band, worst), best_band)
            if veto.max_score is not None:
                max_score = np.where(holds, np.minimum(max_score, veto.max_score), max_score)
        else:
            sums[item.kind] += worth
    return Adjusted(points, occurrences, sums["bonus"], sums["deduction"], vetoes, best_band, max_score)


def _rows_of(plan: CompiledScheme, item: Item, rows: Adjustments | None, count: int) -> tuple[Floats, Floats]:
    """Marks and occurrences of one item, a number a participant.

    A row is worth its points, else occurrences × `each`; blank occurrences are 1; the sum is capped by `cap`.
    """
    own = np.array([], dtype=np.int64) if rows is None else np.flatnonzero([code == item.code for code in rows.item])
    if rows is None or not len(own):
        return np.zeros(count), np.zeros(count)
    times = np.where(np.isnan(rows.occurrences[own]), 1.0, rows.occurrences[own])
    params = plan.adjustments.get(item.code)
    each = 0.0 if params is None or params.each is None else params.each
    worth = np.where(np.isnan(rows.points[own]), times * each, rows.points[own])
    who = rows.participant[own]
    by_size = np.lexsort((times, worth, who))
    total_times = np.bincount(who[by_size], times[by_size], count).astype(np.float64)
    if item.kind == "veto":
        return np.zeros(count), total_times
    total = np.minimum(np.bincount(who[by_size], worth[by_size], count), bound(item.cap, np.inf, np.inf))
    return (total if item.decimals is None else round_half_away(total, item.decimals)), total_times
