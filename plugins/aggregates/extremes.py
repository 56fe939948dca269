"""`min` and `max`: the least or the greatest of the children's rates (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugins.contract import Aggregate, Bools, Floats, Text, rate_figure, text


def _listed(rates: Sequence[float]) -> str:
    return ", ".join(rate_figure(rate) for rate in rates)


class Minimum(Aggregate):
    """The least rate."""

    code = "min"
    labels = text("Least", "取最小值")
    version = "1.0"

    def combine(self, rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools]) -> Floats:
        result = np.full(len(rates[0]), np.inf)
        for rate, counts in zip(rates, present, strict=True):
            result = np.where(counts, np.minimum(result, rate), result)
        return result

    def explain(self, rates: Sequence[float], weights: Sequence[float]) -> Text:
        return text(
            "the least of {listed} = {rate}",
            "{listed} 中的最小值 = {rate}",
            listed=_listed(rates),
            rate=rate_figure(min(rates)),
        )


class Maximum(Aggregate):
    """The greatest rate."""

    code = "max"
    labels = text("Greatest", "取最大值")
    version = "1.0"

    def combine(self, rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools]) -> Floats:
        result = np.full(len(rates[0]), -np.inf)
        for rate, counts in zip(rates, present, strict=True):
            result = np.where(counts, np.maximum(result, rate), result)
        return result

    def explain(self, rates: Sequence[float], weights: Sequence[float]) -> Text:
        return text(
            "the greatest of {listed} = {rate}",
            "{listed} 中的最大值 = {rate}",
            listed=_listed(rates),
            rate=rate_figure(max(rates)),
        )
