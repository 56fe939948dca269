"""Trying out one value of an indicator, for the scheme designer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from config.text import Text, text
from plugins.arrays import Floats
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
    plan = compile_scheme(scheme, registry)
    indicator = plan.indicators[item_code]
    if {"ratings", "linked"} & set(indicator.method.needs) or indicator.method.compares_peers(indicator.params):
        raise NeedsPeers(item_code)
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


def _column(value: float | str | None) -> Floats:
    return np.array([np.nan if value is None or isinstance(value, str) else value], dtype=np.float64)
