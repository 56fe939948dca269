"""The place of a value between two others, on a straight or a logarithmic scale: `goalpost` and `minmax`."""

from __future__ import annotations

import numpy as np

from plugins.contract import Floats, Text, figure, rate_figure, text


def scaled(values: Floats, log: bool) -> Floats:
    """f of scoring.md 2: identity, or ln where it is defined (NaN elsewhere)."""
    if not log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def place(x: Floats, lo: Floats, hi: Floats, log: bool, higher: bool) -> Floats:
    """(f(x) − f(lo)) / (f(hi) − f(lo)); lower: 1 − that."""
    low = scaled(lo, log)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share: Floats = (scaled(x, log) - low) / (scaled(hi, log) - low)
    return share if higher else 1.0 - share


def place_in_words(x: float, lo: float, hi: float, log: bool, higher: bool, rate: float) -> Text:
    """The arithmetic of one place."""
    f = "ln {0}" if log else "{0}"
    fraction = "({x} − {lo}) / ({hi} − {lo})".format(**{
        name: f.format(figure(value)) for name, value in (("x", x), ("lo", lo), ("hi", hi))
    })  # fmt: skip
    shown = fraction if higher else f"1 − {fraction}"
    return text("{arithmetic} = {rate}", "{arithmetic} = {rate}", arithmetic=shown, rate=rate_figure(rate))
