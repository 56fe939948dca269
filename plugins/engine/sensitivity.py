"""How much a ranking hangs on the weights: many random sets of them near the scheme's own, and what each would change.

The indicators' rates stay as they are; only how much each weighs among its siblings varies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from plugins.arrays import Bools, Floats, Ints
from plugins.engine.adjusting import adjust
from plugins.engine.compiled import CompiledScheme
from plugins.engine.grades import quota_keys
from plugins.engine.indicators import IndicatorRates
from plugins.engine.prepared import Prepared
from plugins.engine.ranks import rank
from plugins.engine.rollup import Rollup
from plugins.engine.run import final_total, grade
from plugins.grouping import Grouping

SETS = 1000
CELLS_AT_ONCE = 400_000
PRODUCT = "ki,in->kn"
LOW, HIGH = 5, 95
"""Percentiles between which a rank is said to move."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One position a participant, in the order of the data; of the unscored ranks are 0 and shares NaN.

    `keeps_rank`, `keeps_grade`: the share of weight sets that leave it as it is; `best`, `worst`: over all sets; `low`,
    `high`: the 5th and 95th percentile of its rank.
    """

    rank: Ints
    keeps_rank: Floats
    keeps_grade: Floats
    best: Ints
    worst: Ints
    low: Ints
    high: Ints


def sensitivity(
    prepared: Prepared, found: Mapping[str, IndicatorRates], *, spread: float, seed: int, sets: int = SETS
) -> Sensitivity:
    """Rank and grade everybody under `sets` random weight sets, each weight within ± `spread` (0.1: ±10 %) of its own.

    The same seed gives the same sets.  `found`: the indicators' rates, as a run has them.
    """
    plan, rates = prepared.plan, {code: own.rates for code, own in found.items()}
    drawn = np.random.default_rng(seed).uniform(1 - spread, 1 + spread, (sets, len(plan.codes)))
    own = _Trials(prepared, rates)
    now_rank, now_band = next(own.standings(np.ones((1, len(plan.codes)))))
    ranks = np.empty((sets, prepared.count), dtype=np.int64)
    same_grade = np.zeros(prepared.count)
    for at, (ranked, bands) in enumerate(own.standings(drawn)):
        ranks[at] = ranked
        same_grade += bands == now_band
    back, scored = prepared.back, own.scored
    low, high = np.percentile(ranks, (LOW, HIGH), axis=0, method="nearest")
    return Sensitivity(
        rank=now_rank[back],
        keeps_rank=np.where(scored, (ranks == now_rank).mean(axis=0), np.nan)[back],
        keeps_grade=np.where(scored, same_grade / sets, np.nan)[back],
        best=ranks.min(axis=0)[back],
        worst=ranks.max(axis=0)[back],
        low=low.astype(np.int64)[back],
        high=high.astype(np.int64)[back],
    )


def weight_sets(plan: CompiledScheme, factors: Floats) -> dict[str, Floats]:
    """Item code → its weight in each set.  `factors`: float64[sets, items] in the order of the plan's codes.

    With `percent` every weight moves by itself; with `points` a dimension weighs what its items sum to.
    """
    column = {code: at for at, code in enumerate(plan.codes)}
    found = {code: plan.weights[code] * factors[:, column[code]] for code in plan.codes}
    if plan.scheme.weighting == "points":
        for code in plan.tree.bottom_up():
            children = plan.tree.children.get(code, ())
            if children and not plan.tree.is_open(code):
                whole = sum(plan.weights[child] for child in children)
                found[code] = sum((found[child] for child in children), np.zeros(len(factors)))
                found[code] = found[code] * (plan.weights[code] / whole)
    return found


class _Trials:
    """Ranks and grades under many weight sets, a block of them at a time."""

    def __init__(self, prepared: Prepared, rates: Mapping[str, Floats]) -> None:
        self.prepared, self.plan, self.rates = prepared, prepared.plan, rates
        self.adjusted = adjust(prepared)
        self.quota_groups = Grouping.of(quota_keys(self.plan.scheme, prepared.data.participants))
        self.exact = any(item.decimals is not None for item in self.plan.tree.items.values())
        self.present = {code: ~np.isnan(values) for code, values in rates.items()}
        for code in self.plan.tree.bottom_up():
            counted = self._counted(self.plan.tree.children.get(code, ()))
            self.present[code] = counted >= self.plan.dimensions[code].min_children
        root = self.plan.tree.root
        self.scored: Bools = self.present[root] if root is not None else self._counted(self.plan.tree.top) > 0

    def _counted(self, children: Sequence[str]) -> Ints:
        return sum(
            (self.present[child].astype(np.int64) for child in children), np.zeros(self.prepared.count, np.int64)
        )

    def standings(self, factors: Floats) -> Iterator[tuple[Ints, Ints]]:
        """(overall rank, index of the grade) of everybody, by code, for each set."""
        scheme, prepared = self.plan.scheme, self.prepared
        size = max(1, CELLS_AT_ONCE // max(prepared.count, 1))
        for start in range(0, len(factors), size):
            weights = weight_sets(self.plan, factors[start : start + size])
            rates, root = self._rolled_up(weights, len(factors[start : start + size]))
            totals = final_total(scheme, scheme.full_marks * root, self.adjusted)
            for at, total in enumerate(totals):
                own = {code: values if values.ndim == 1 else values[at] for code, values in rates.items()}
                ranked = rank(scheme, total, self.scored, prepared.everyone, own)
                yield ranked, grade(prepared, total, self.scored, self.adjusted, own, self.quota_groups).bands

    def _rolled_up(self, weights: Mapping[str, Floats], sets: int) -> tuple[dict[str, Floats], Floats]:
        """The rates of all items, those of dimensions float64[sets, n], and of the root."""
        if self.exact:
            return self._one_by_one(weights, sets)
        rates = dict(self.rates)
        for code in self.plan.tree.bottom_up():
            combined = self._combined(self.plan.tree.children.get(code, ()), code, rates, weights, sets)
            rates[code] = np.where(self.present[code], combined, np.nan)
        root = self.plan.tree.root
        if root is not None:
            return rates, rates[root]
        top = self._combined(self.plan.tree.top, None, rates, weights, sets)
        return rates, np.where(self.scored, top, np.nan)

    def _combined(
        self,
        children: Sequence[str],
        code: str | None,
        rates: Mapping[str, Floats],
        weights: Mapping[str, Floats],
        sets: int,
    ) -> Floats:
        aggregate = self.plan.nameless if code is None else self.plan.dimensions[code].aggregate
        if not children:
            return np.full((sets, self.prepared.count), np.nan)
        if aggregate.code == "arithmetic":
            return self._mean(children, rates, weights, sets)
        present = [self.present[child] for child in children]
        rows = [
            aggregate.combine(
                [rates[child] if rates[child].ndim == 1 else rates[child][at] for child in children],
                [float(weights[child][at]) for child in children],
                present,
            )
            for at in range(sets)
        ]
        return np.stack(rows)

    def _mean(
        self, children: Sequence[str], rates: Mapping[str, Floats], weights: Mapping[str, Floats], sets: int
    ) -> Floats:
        """Σwr/Σw for all sets at once, in the order of the children."""
        above, below = np.zeros((sets, self.prepared.count)), np.zeros((sets, self.prepared.count))
        leaves = [child for child in children if rates[child].ndim == 1]
        if leaves:
            own = np.stack([weights[child] for child in leaves], axis=1)
            there = np.stack([self.present[child] for child in leaves])
            filled = np.where(there, np.stack([rates[child] for child in leaves]), 0.0)
            above += np.einsum(PRODUCT, own, filled)  # in order and in this thread, other than a matrix product
            below += np.einsum(PRODUCT, own, there.astype(np.float64))
        for child in children:
            if rates[child].ndim == 2:
                weight = weights[child][:, None]
                above += np.where(self.present[child], weight * rates[child], 0.0)
                below += weight * self.present[child]
        result: Floats = above / np.where(below > 0, below, 1.0)
        return result

    def _one_by_one(self, weights: Mapping[str, Floats], sets: int) -> tuple[dict[str, Floats], Floats]:
        """Where items round their points, each set goes up the tree as in a run."""
        rolled = []
        for at in range(sets):
            own = {code: float(values[at]) for code, values in weights.items()}
            rolled.append(Rollup(replace(self.plan, weights=own), self.prepared.count).run(self.rates))
        stacked = np.stack([one.rates for one in rolled], axis=1)
        return dict(zip(self.plan.codes, stacked, strict=True)), np.stack([one.root for one in rolled])
