"""`geometric`: exp(Σw·ln r/Σw), 0 if any r ≤ 0 (scoring.md 1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plugins.aggregates.weighted import TINY, any_not_positive, terms, weighted_sum
from plugins.contract import Aggregate, Bools, Floats, Text, figure, rate_figure, text


class Geometric(Aggregate):
    """Weighted geometric mean."""

    code = "geometric"
    labels = text("Weighted geometric mean", "加权几何平均")
    version = "1.0"

    def combine(self, rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools]) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            total, base = weighted_sum(rates, weights, present, np.log)
            return np.where(any_not_positive(rates, present), 0.0, np.exp(total / base))

    def explain(self, rates: Sequence[float], weights: Sequence[float]) -> Text:
        base = sum(weights)
        if min(rates) < TINY:
            return text("a rate is 0 or less, so the geometric mean is 0.00", "有得分率不大于 0，几何平均为 0.00")
        value = math.exp(sum(w * math.log(r) for w, r in zip(weights, rates, strict=True)) / base)
        return text(
            "({terms}) ^ (1/{base}) = {rate}",
            "({terms}) ^ (1/{base}) = {rate}",
            terms=terms(rates, weights, "{r}^{w}", " × "),
            base=figure(base),
            rate=rate_figure(value),
        )
