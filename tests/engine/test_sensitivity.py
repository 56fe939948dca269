"""Many weight sets at once are the same as many runs, one after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plugins.engine import score
from plugins.engine.scheme import GradeBand, Scheme
from plugins.engine.sensitivity import Sensitivity, sensitivity, weight_sets
from plugins.engine.what_if import WhatIf
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, scheme

RNG = np.random.default_rng(3)
COUNT, SETS, SPREAD, SEED = 12, 60, 0.3, 11
BANDS = (
    GradeBand("top", min_score=50.0, quota=0.3, requires="D1 > 0.4"),
    GradeBand("mid", min_score=40.0),
    GradeBand("low"),
)
ITEMS = tuple(
    item(code, "goalpost", params={"lo": 0, "hi": 10}, weight=weight, parent=parent, missing="exclude")
    for code, weight, parent in (
        ("A", 30.0, "D1"),
        ("B", 20.0, "D1"),
        ("C", 30.0, "D2"),
        ("E", 15.0, "D2"),
        ("F", 5.0, None),
    )
)
DATA = data(
    {code: [None if RNG.random() < 0.1 else float(RNG.random() * 10) for _ in range(COUNT)] for code in "ABCEF"},
    adjustments=[(1, "PLUS", None, 2.0), (2, "VETO", 1.0, None)],
)
PLUS = item("PLUS", None, kind="bonus", weight=None)
VETO = item("VETO", None, kind="veto", weight=None, params={"max_grade": "mid", "max_score": 55})


def made(aggregate: str = "arithmetic", decimals: int | None = None, **settings: object) -> Scheme:
    items = tuple(replace(own, decimals=decimals) if own.code == "A" else own for own in ITEMS)
    parts = (dimension("D1"), dimension("D2", aggregate=aggregate), *items, PLUS, VETO)
    return scheme(*parts, grades=BANDS, **settings)


def looked(own: Scheme, registry: Registry, **more: float) -> Sensitivity:
    base = WhatIf(own, DATA, registry)
    return sensitivity(base.prepared, base.found, **({"spread": SPREAD, "seed": SEED, "sets": SETS} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("own", [
    made(), made("geometric"), made("min"), made(decimals=1), made(rank_method="dense"),
    made(rank_method="ordinal", tie_breakers=("D1",), quota_tie="include"),
])  # fmt: skip
def test_it_counts_what_runs_under_these_weights_would_give(own: Scheme, registry: Registry) -> None:
    found, now = looked(own, registry), score(own, DATA, registry)
    plan = WhatIf(own, DATA, registry).prepared.plan
    factors = np.random.default_rng(SEED).uniform(1 - SPREAD, 1 + SPREAD, (SETS, len(plan.codes)))
    weights = weight_sets(plan, factors)
    ranks, grades = [], []
    for at in range(SETS):
        items = tuple(
            replace(one, weight=float(weights[one.code][at])) if one.code in weights else one for one in own.items
        )
        run = score(replace(own, items=items), DATA, registry)
        ranks.append(run.rank)
        grades.append([mine == then for mine, then in zip(run.grade, now.grade, strict=True)])
    assert found.rank.tolist() == now.rank.tolist()
    assert found.keeps_rank.tolist() == pytest.approx(np.mean(np.array(ranks) == now.rank, axis=0).tolist())
    assert found.keeps_grade.tolist() == pytest.approx(np.mean(grades, axis=0).tolist())
    assert found.best.tolist() == np.min(ranks, axis=0).tolist()
    assert found.worst.tolist() == np.max(ranks, axis=0).tolist()
    assert (found.low >= found.best).all()
    assert (found.high <= found.worst).all()


def test_the_same_seed_gives_the_same_and_another_another(registry: Registry) -> None:
    first, again, other = looked(made(), registry), looked(made(), registry), looked(made(), registry, seed=12)
    assert first.keeps_rank.tolist() == again.keeps_rank.tolist()
    assert first.keeps_rank.tolist() != other.keeps_rank.tolist()


def test_no_spread_moves_nobody_and_more_moves_more(registry: Registry) -> None:
    assert set(looked(made(), registry, spread=0.0).keeps_rank.tolist()) == {1.0}
    small, large = (looked(made(), registry, spread=spread).keeps_rank.mean() for spread in (0.05, 0.8))
    assert large < small < 1


def test_dimensions_of_points_weigh_what_their_items_do(registry: Registry) -> None:
    plan = WhatIf(made(), DATA, registry).prepared.plan
    factors = np.random.default_rng(1).uniform(0.5, 1.5, (5, len(plan.codes)))
    weights = weight_sets(plan, factors)
    assert weights["D1"].tolist() == pytest.approx((weights["A"] + weights["B"]).tolist())


def test_the_unscored_have_no_shares(registry: Registry) -> None:
    blank = data({"A": [1.0, None], "B": [2.0, None], "C": [3.0, None], "E": [4.0, None], "F": [5.0, None]})
    base = WhatIf(made(), blank, registry)
    found = sensitivity(base.prepared, base.found, spread=0.1, seed=1, sets=10)
    assert (found.rank.tolist(), np.isnan(found.keeps_rank).tolist()) == ([1, 0], [False, True])
