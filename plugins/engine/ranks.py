"""Ranks by the rounded total (scoring.md 6)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from plugins.arrays import Bools, Floats, Ints
from plugins.engine.scheme import Scheme
from plugins.grouping import Grouping
from plugins.numbers import twelve_digits


def rank(scheme: Scheme, total: Floats, scored: Bools, within: Grouping, tie_rates: Mapping[str, Floats]) -> Ints:
    """The rank of each scored participant within its group, 0 for the unscored; participants stand by code.

    competition 1,2,2,4 · dense 1,2,2,3 · ordinal: equal totals told apart by `tie_rates` (item code → rates, the
    scheme's tie breakers) at 12 significant digits, missing lowest, and at last by the code.
    """
    result = np.zeros(len(total), dtype=np.int64)
    if scheme.rank_method == "ordinal":
        return _ordinal(scheme, total, scored, within, tie_rates)
    first, _ = within.ranks(total, scored)
    if scheme.rank_method == "dense":
        places = np.flatnonzero(scored)
        order = places[np.lexsort((first[places], within.ids[places]))]
        group, place = within.ids[order], first[order]
        new_group = np.r_[True, group[1:] != group[:-1]][: len(order)]
        step = new_group | np.r_[True, place[1:] != place[:-1]][: len(order)]
        steps = np.cumsum(step)
        start = np.maximum.accumulate(np.where(new_group, steps, 0)) if len(order) else steps
        result[order] = steps - start + 1
        return result
    result[scored] = first[scored].astype(np.int64)
    return result


def _ordinal(scheme: Scheme, total: Floats, scored: Bools, within: Grouping, tie_rates: Mapping[str, Floats]) -> Ints:
    result = np.zeros(len(total), dtype=np.int64)
    places = np.flatnonzero(scored)
    if not len(places):
        return result
    keys = [-total[places]]
    for code in scheme.tie_breakers:
        rates = twelve_digits(tie_rates[code][places])
        keys.append(np.where(np.isnan(rates), np.inf, -rates))
    order = places[np.lexsort((places, *reversed(keys), within.ids[places]))]
    group = within.ids[order]
    at = np.arange(len(order))
    new_group = np.r_[True, group[1:] != group[:-1]]
    result[order] = at - np.maximum.accumulate(np.where(new_group, at, 0)) + 1
    return result
