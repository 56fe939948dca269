"""5,000 participants × 200 indicators on 3 levels with 8 methods: within a few times what bare numpy takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from plugins.engine import score
from plugins.engine.data import Data, Participants
from plugins.engine.scheme import GradeBand, Item, Scheme, TableRow
from plugins.engine.what_if import WhatIf
from plugins.registry import Registry

PEOPLE, INDICATORS = 5_000, 200
TABLE = (TableRow(0, 0.0), TableRow(1, 0.8), TableRow(2, 1.0))
METHODS = [
    ("ratio", {}, ()), ("goalpost", {"lo": 0, "hi": 2}, ()), ("minmax", {}, ()), ("zscore", {}, ()), ("percentile", {}, ()),
    ("best_ratio", {}, ()), ("interpolate", {}, TABLE), ("formula", {"expression": "if(x > 1, 0.9 + 0.1 * (x - 1), x * 0.9)"}, ()),
]  # fmt: skip


def province() -> tuple[Scheme, Data]:
    items = []
    for at in range(INDICATORS):
        method, params, table = METHODS[at % 8]
        items.append(
            Item(
                f"I{at:03}",
                f"S{at // 10:02}",
                weight=10.0,
                method=method,
                params=params,
                table=table,
                missing="exclude",
            )
        )
    items += [Item(f"S{at:02}", f"D{at // 4}", "dimension", weight=25.0) for at in range(20)]
    items += [Item(f"D{at}", kind="dimension", weight=20.0) for at in range(5)]
    rng = np.random.default_rng(1)
    codes = tuple(f"P{at:05}" for at in range(PEOPLE))
    actual = {
        f"I{at:03}": np.where(rng.random(PEOPLE) < 0.02, np.nan, rng.random(PEOPLE) * 2) for at in range(INDICATORS)
    }
    target = {f"I{at:03}": rng.random(PEOPLE) + 0.5 for at in range(0, INDICATORS, 8)}
    blank = ("",) * PEOPLE
    people = Participants(codes, codes, tuple(f"g{at % 12}" for at in range(PEOPLE)), blank, blank)
    grades = (GradeBand("A", quota=0.2), GradeBand("B", min_score=50.0), GradeBand("C"))
    return Scheme("P", weighting="percent", items=tuple(items), grades=grades), Data(people, actual, target)


def bare(scheme: Scheme, data: Data) -> np.ndarray:
    """The same rates and sums with nothing around them: no checks, no reasons, no ranks, no grades."""
    groups = [np.arange(at, PEOPLE, 12) for at in range(12)]
    rates = np.empty((INDICATORS, PEOPLE))
    for at in range(INDICATORS):
        x, kind = data.actual[f"I{at:03}"], at % 8
        if kind == 0:
            rates[at] = x / data.target[f"I{at:03}"]
        elif kind == 1:
            rates[at] = x / 2
        elif kind == 6:
            rates[at] = np.interp(x, [0, 1, 2], [0, 0.8, 1])
        elif kind == 7:
            rates[at] = np.where(x > 1, 0.9 + 0.1 * (x - 1), x * 0.9)
        else:
            for own in groups:
                y = x[own]
                if kind == 2:
                    rates[at, own] = (y - np.nanmin(y)) / (np.nanmax(y) - np.nanmin(y))
                elif kind == 3:
                    rates[at, own] = 0.75 + 0.1 * (y - np.nanmean(y)) / np.nanstd(y)
                elif kind == 4:
                    rates[at, own] = np.argsort(np.argsort(y)) / (len(y) - 1)
                else:
                    rates[at, own] = y / np.nanmax(y)
    np.clip(rates, 0, 1, out=rates)
    there = ~np.isnan(rates)
    low = np.add.reduceat(np.where(there, rates, 0), np.arange(0, 200, 10)) / np.add.reduceat(
        there, np.arange(0, 200, 10), dtype=float
    )
    return np.add.reduceat(low, np.arange(0, 20, 4)).sum(axis=0) / 20


def seconds(run: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def test_a_province_is_scored_right(registry: Registry) -> None:
    scheme, data = province()
    results = score(scheme, data, registry)
    wanted = bare(scheme, data)
    assert results.before / 100 == pytest.approx(wanted, abs=0.02)


@pytest.mark.bench
def test_a_province_is_scored_in_no_time(registry: Registry) -> None:
    scheme, data = province()
    engine, plain = seconds(lambda: score(scheme, data, registry)), seconds(lambda: bare(scheme, data))
    assert engine < max(5 * plain, 0.5), (engine, plain)


@pytest.mark.bench
def test_a_what_if_of_a_province_answers_at_once(registry: Registry) -> None:
    scheme, data = province()
    engine = WhatIf(scheme, data, registry)
    heavier = replace(
        scheme, items=tuple(replace(item, weight=15.0 if item.code == "I007" else item.weight) for item in scheme.items)
    )
    assert seconds(lambda: engine.standing(heavier, {"I000": 1.2})) < 0.5
