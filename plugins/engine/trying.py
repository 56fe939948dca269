"""Trying out one value of an indicator, for the scheme designer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from config.text import Text, text
from plugins.arrays import Floats
from plugins.engine.compiled import CompiledScheme, Indicator
from plugins.engine.compiling import compile_scheme
from plugins.engine.data import Data, Participants
from plugins.engine.errors import NeedsPeers
from plugins.engine.indicators import rate_indicator
from plugins.engine.prepared import Prepared
from plugins.engine.reasons import causes_of
from plugins.engine.scheme import Scheme
from plugins.registry import Registry


@dataclass(frozen=True, slots=True)
class Trial:
    """The clipped rate of one value, None = missing, and the sentence that explains it."""

    rate: float | None
    text: Text


def rate_one(
    scheme: Scheme, item_code: str, *, registry: Registry, actual: float | str | None = None,
    target: float | None = None, baseline: float | None = None,
) -> Trial:  # fmt: skip
    """Rates one value (dates as ordinals, an option as text) with an indicator's method, by itself.

    Raises NeedsPeers for a method that compares participants or needs ratings or published scores, InvalidScheme for
    a scheme that cannot be computed with, KeyError for an unknown indicator.
    """
    plan, indicator = _alone(scheme, item_code, registry)
    option = actual if isinstance(actual, str) else None
    owner = indicator.item.participant or "?"
    data = Data(
        Participants((owner,), ("",), ("",), ("",), ("",)),
        actual={} if option is not None else {item_code: _column(actual)},
        target={item_code: _column(target)},
        baseline={item_code: _column(baseline)},
        choices={} if option is None else {item_code: (option,)},
    )
    prepared = Prepared(plan, data)
    found = rate_indicator(prepared, item_code)
    if found.missing[0]:
        return Trial(
            None, next((cause.why for cause in causes_of(prepared, item_code, found)), text("missing", "缺失"))
        )
    return Trial(float(found.rates[0]), indicator.method.explain(found.columns, indicator.params, 0))


def rate_many(
    scheme: Scheme, item_code: str, actuals: Floats, *, registry: Registry,
    target: float | None = None, baseline: float | None = None,
) -> Floats:  # fmt: skip
    """The clipped rates of many actual values, each by itself, with the same target and baseline; NaN = missing.

    The item must be one that counts for every participant.  Raises what `rate_one` raises.
    """
    plan, _ = _alone(scheme, item_code, registry)
    count = len(actuals)
    blank = ("",) * count
    data = Data(
        Participants(tuple(f"{at:09d}" for at in range(count)), blank, blank, blank, blank),
        actual={item_code: actuals},
        target={item_code: np.repeat(_column(target), count)},
        baseline={item_code: np.repeat(_column(baseline), count)},
    )
    prepared = Prepared(plan, data)
    found = rate_indicator(prepared, item_code)
    rates: Floats = np.where(found.missing, np.nan, found.rates)[prepared.back]
    return rates


def _alone(scheme: Scheme, item_code: str, registry: Registry) -> tuple[CompiledScheme, Indicator]:
    """The plan and the indicator whose rate depends on its own values alone; raises NeedsPeers for any other."""
    plan = compile_scheme(scheme, registry)
    indicator = plan.indicators[item_code]
    if {"ratings", "linked"} & set(indicator.method.needs) or indicator.method.compares_peers(indicator.params):
        raise NeedsPeers(item_code)
    return plan, indicator


def _column(value: float | str | None) -> Floats:
    return np.array([np.nan if value is None or isinstance(value, str) else value], dtype=np.float64)
