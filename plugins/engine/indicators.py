"""Rates of the indicators: computed by their methods, clipped, and what becomes of those that are missing
(scoring.md 2 and 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from config.text import text
from plugins.arrays import Bools, Floats
from plugins.contract import Columns
from plugins.engine.compiled import Indicator
from plugins.engine.errors import PluginFailed
from plugins.engine.prepared import Prepared
from plugins.engine.scheme import Finding, Place


@dataclass(frozen=True, slots=True)
class IndicatorRates:
    """One indicator.  `raw`: as the method gave them; `rates`: clipped, after the missing policy, before `decimals`,
    NaN = excluded; `missing`: where the rate was missing although the item applies; `applicable`: see `Prepared`."""

    columns: Columns
    raw: Floats
    rates: Floats
    missing: Bools
    applicable: Bools


def rate_indicator(prepared: Prepared, code: str) -> IndicatorRates:
    """Rates of one indicator.  Raises PluginFailed when its method raises or returns no column."""
    indicator = prepared.plan.indicators[code]
    applicable = prepared.applicable(code)
    columns = prepared.columns(code, applicable)
    raw = np.where(applicable, _computed(indicator, columns), np.nan)
    clipped = np.clip(raw, indicator.floor, indicator.cap)
    missing = applicable & np.isnan(clipped)
    rates = _replaced(indicator, columns, clipped, missing) if missing.any() else clipped
    return IndicatorRates(columns, raw, rates, missing, applicable)


def _computed(indicator: Indicator, columns: Columns) -> Floats:
    """What the method gives; anything that is not finite is missing."""
    try:
        with np.errstate(all="ignore"):
            rates = np.asarray(indicator.method.rate(columns, indicator.params), dtype=np.float64)
    except Exception as error:
        raise PluginFailed([_failure(indicator)]) from error
    if rates.shape != (len(columns),):
        raise PluginFailed([_failure(indicator)])
    return np.where(np.isfinite(rates), rates, np.nan)


def _failure(indicator: Indicator) -> Finding:
    return Finding(
        Place("items", indicator.item.code, "method"),
        text("the method {method} failed on item {item}", "计分方法 {method} 在指标 {item} 上运行失败",
             method=indicator.method.code, item=indicator.item.code),
    )  # fmt: skip


def answered(indicator: Indicator, columns: Columns, rates: Floats) -> Bools:
    """Who has an actual value for the item, so is a peer; ratings and published scores are such values."""
    if "ratings" in indicator.method.needs or "linked" in indicator.method.needs:
        return ~np.isnan(rates)
    if columns.options:
        return np.array([bool(option) for option in columns.options])
    return columns.has_actual


def _replaced(indicator: Indicator, columns: Columns, clipped: Floats, missing: Bools) -> Floats:
    """The missing policy: `zero` is rate 0 whatever the floor; `mean` the mean of the peers' clipped rates before
    `decimals`, excluded without a peer; `exclude` (and `block`, which stops the run elsewhere) leaves a gap."""
    if indicator.policy == "zero":
        return np.where(missing, 0.0, clipped)
    if indicator.policy == "mean":
        peers = columns.peers(indicator.across)
        chosen = answered(indicator, columns, clipped) & ~np.isnan(clipped)
        return np.where(missing, peers.spread(peers.mean(clipped, chosen)), clipped)
    return clipped
