"""Sums over the children that count, in the order of their codes, and how they read in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plugins.contract import Bools, Floats, figure, rate_figure

TINY = 1e-12
"""In the tests r ≤ 0 a rate nearer to 0 than this counts as 0 (scoring.md 1)."""


def weighted_sum(
    rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools], of: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Σ w·of(r) and Σ w over the children that count."""
    total = np.zeros(len(rates[0]))
    base = np.zeros(len(rates[0]))
    for rate, weight, counts in zip(rates, weights, present, strict=True):
        total += np.where(counts, weight * of(rate), 0.0)
        base += np.where(counts, weight, 0.0)
    return total, base


def any_not_positive(rates: Sequence[Floats], present: Sequence[Bools]) -> Bools:
    """Where any child that counts has r ≤ 0 (or as good as)."""
    found = np.zeros(len(rates[0]), dtype=np.bool_)
    for rate, counts in zip(rates, present, strict=True):
        found |= counts & (rate < TINY)
    return found


def terms(rates: Sequence[float], weights: Sequence[float], pattern: str, between: str = " + ") -> str:
    """The terms of a sum or product, such as `20 × 0.90 + 30 × 0.80`."""
    return between.join(
        pattern.format(w=figure(weight), r=rate_figure(rate)) for rate, weight in zip(rates, weights, strict=True)
    )
