"""A what-if gives the numbers that a run under the changed scheme would give, whatever was changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from plugins.engine import BlockedRun, InvalidScheme, score
from plugins.engine.data import Data
from plugins.engine.scheme import GradeBand, RaterGroup, Scheme
from plugins.engine.what_if import WhatIf
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, scheme

SCHEME = scheme(
    dimension("D1"), dimension("D2", aggregate="geometric"),
    item("A", "ratio", parent="D1", weight=30.0), item("B", parent="D1", weight=20.0),
    item("C", "minmax", parent="D2", weight=30.0, missing="mean"), item("E", "rating", parent="D2", weight=20.0),
    raters=(RaterGroup("G"),), rank_method="ordinal", tie_breakers=("A",),
    grades=(GradeBand("top", min_score=60.0, quota=0.3, requires="A > 0.5"), GradeBand("rest")),
)  # fmt: skip
RNG = np.random.default_rng(7)
COUNT = 9
DATA = data(
    {code: [None if RNG.random() < 0.15 else float(RNG.random() * 10) for _ in range(COUNT)] for code in "ABC"},
    groups=("g", "h", "g") * 3,
    target={"A": [8.0] * COUNT},
    ratings=[(at, "E", f"r{number}", "G", 60.0 + at + number) for at in range(COUNT) for number in range(3)],
    adjustments=[(0, "PLUS", None, 3.0)],
)


def altered(**by_code: dict[str, Any]) -> Scheme:
    items = tuple(replace(own, **by_code.get(own.code, {})) for own in SCHEME.items)
    return replace(SCHEME, items=items)


@pytest.fixture
def what_if(registry: Registry) -> WhatIf:
    return WhatIf(SCHEME, DATA, registry)


@pytest.mark.parametrize(
    ("changed", "targets"),
    [
        (SCHEME, {}),
        (altered(A={"weight": 50.0}), {}),
        (altered(B={"params": {"each": 3}}), {}),
        (altered(C={"method": "percentile"}, A={"weight": 1.0}), {}),
        (altered(E={"params": {"trim": 1}}), {}),
        (SCHEME, {"A": 4.0}),
        (altered(D1={"aggregate": "harmonic"}), {"A": 11.0}),
        (replace(SCHEME, missing="exclude"), {}),
        (replace(SCHEME, full_marks=200.0, raters=(RaterGroup("G", min_raters=9),)), {}),
    ],
)
def test_it_is_what_a_run_gives(what_if: WhatIf, registry: Registry, changed: Scheme, targets: dict[str, float]) -> None:
    own = {code: np.full(COUNT, value) for code, value in targets.items()}
    given: Data = replace(DATA, target={**DATA.target, **own})
    expected, found = score(changed, given, registry), what_if.standing(changed, targets)
    assert np.array_equal(found.total, expected.total, equal_nan=True)
    assert found.rank.tolist() == expected.rank.tolist()
    assert found.group_rank.tolist() == expected.group_rank.tolist()
    assert found.grade == expected.grade


def test_one_try_leaves_no_trace_in_the_next(what_if: WhatIf) -> None:
    before = what_if.standing(SCHEME, {})
    assert what_if.standing(altered(A={"weight": 90.0}), {"A": 1.0}).total.tolist() != before.total.tolist()
    assert what_if.standing(SCHEME, {}).total.tolist() == before.total.tolist()


def test_what_cannot_be_computed_says_so(what_if: WhatIf) -> None:
    with pytest.raises(InvalidScheme):
        what_if.standing(altered(A={"method": "nothing of the kind"}), {})
    with pytest.raises(InvalidScheme):
        what_if.standing(altered(A={"weight": -1.0}), {})
    with pytest.raises(BlockedRun):
        what_if.standing(altered(A={"missing": "block"}), {})
