"""The quotient that `ratio` and `best_ratio` share, with its zero rules (scoring.md 2)."""

from __future__ import annotations

import numpy as np

from plugins.contract import Floats, Text, figure, rate_figure, text


def quotient(x: Floats, t: Floats, higher: bool, cap: float) -> Floats:
    """higher: x/t; lower: t/x.  x = t = 0 → 1; t = 0 ≠ x → higher 1, lower 0; lower with x = 0 → cap (`none`: 1)."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rates = x / t if higher else t / x
    present = ~np.isnan(x) & ~np.isnan(t)
    if higher:
        return np.where(present & (t == 0), 1.0, rates)
    nothing = cap if np.isfinite(cap) else 1.0
    rates = np.where(present & (x == 0), np.where(t == 0, 1.0, nothing), rates)
    return np.where(present & (t == 0) & (x != 0), 0.0, rates)


def quotient_in_words(x: float, t: float, higher: bool, rate: float) -> Text:
    """The arithmetic of one quotient."""
    if t == 0 or (x == 0 and not higher):
        return text(
            "nothing to divide by, so the rule for zero gives {rate}",
            "除数为零，按零值规则得 {rate}",
            rate=rate_figure(rate),
        )
    above, below = (x, t) if higher else (t, x)
    return text(
        "{above} / {below} = {rate}",
        "{above} / {below} = {rate}",
        above=figure(above),
        below=figure(below),
        rate=rate_figure(rate),
    )
