"""`arithmetic`: Σwr/Σw, the default (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugins.aggregates.weighted import terms, weighted_sum
from plugins.contract import Aggregate, Bools, Floats, Text, figure, rate_figure, text


class Arithmetic(Aggregate):
    """Weighted arithmetic mean."""

    code = "arithmetic"
    labels = text("Weighted mean", "加权算术平均")
    version = "1.0"

    def combine(self, rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools]) -> Floats:
        total, base = weighted_sum(rates, weights, present, lambda rate: rate)
        with np.errstate(invalid="ignore"):
            return total / base

    def explain(self, rates: Sequence[float], weights: Sequence[float]) -> Text:
        base = sum(weights)
        value = sum(w * r for w, r in zip(weights, rates, strict=True)) / base
        return text(
            "({terms}) / {base} = {rate}",
            "({terms}) / {base} = {rate}",
            terms=terms(rates, weights, "{w} × {r}"),
            base=figure(base),
            rate=rate_figure(value),
        )
