"""`harmonic`: Σw/Σ(w/r), 0 if any r ≤ 0 (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugins.aggregates.weighted import TINY, any_not_positive, terms, weighted_sum
from plugins.contract import Aggregate, Bools, Floats, Text, figure, rate_figure, text


class Harmonic(Aggregate):
    """Weighted harmonic mean."""

    code = "harmonic"
    labels = text("Weighted harmonic mean", "加权调和平均")
    version = "1.0"

    def combine(self, rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools]) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            total, base = weighted_sum(rates, weights, present, lambda rate: 1.0 / rate)
            return np.where(any_not_positive(rates, present), 0.0, base / total)

    def explain(self, rates: Sequence[float], weights: Sequence[float]) -> Text:
        base = sum(weights)
        if min(rates) < TINY:
            return text("a rate is 0 or less, so the harmonic mean is 0.00", "有得分率不大于 0，调和平均为 0.00")
        value = base / sum(w / r for w, r in zip(weights, rates, strict=True))
        return text(
            "{base} / ({terms}) = {rate}",
            "{base} / ({terms}) = {rate}",
            terms=terms(rates, weights, "{w}/{r}"),
            base=figure(base),
            rate=rate_figure(value),
        )
