"""Up the tree: what counts for whom, effective weights, `decimals`, points, rates (scoring.md 1, 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plugins.arrays import Floats
from plugins.contract import Aggregate
from plugins.engine.compiled import CompiledScheme
from plugins.numbers import round_half_away


@dataclass(frozen=True, slots=True)
class Rolled:
    """`rates`, `weights`, `points`: [items, participants] in the order of the plan's codes; `root`: the root's rate,
    NaN where no indicator is left."""

    rates: Floats
    weights: Floats
    points: Floats
    root: Floats


class Rollup:
    """Carries the indicators' rates up; `rates` must hold a row for every indicator."""

    def __init__(self, plan: CompiledScheme, count: int) -> None:
        self.plan = plan
        self.count = count
        self.row = {code: at for at, code in enumerate(plan.codes)}
        shape = (len(self.row), count)
        self.rates = np.full(shape, np.nan)
        self.present = np.zeros(shape, dtype=np.bool_)
        self.weights = np.zeros(shape)
        self.points = np.zeros(shape)

    def run(self, rates: Mapping[str, Floats]) -> Rolled:
        """All of it, in the order in which each step needs the one before."""
        for code, values in rates.items():
            self.rates[self.row[code]] = values
            self.present[self.row[code]] = ~np.isnan(values)
        dimensions = self.plan.tree.bottom_up()
        for code in dimensions:
            children = self.plan.tree.children.get(code, ())
            self.present[self.row[code]] = self._counted(children) >= self.plan.dimensions[code].min_children
        everyone = np.ones(self.count)
        self._share(self.plan.tree.children.get(None, ()), everyone)
        for code in reversed(dimensions):
            self._share(self.plan.tree.children.get(code, ()), self.weights[self.row[code]])
        for code in rates:
            self._settle(code)
        for code in dimensions:
            self._combine(code)
        return Rolled(self.rates, self.weights, self.points, self._root())

    def _counted(self, children: Sequence[str]) -> Floats:
        total = np.zeros(self.count)
        for child in children:
            total += self.present[self.row[child]]
        return total

    def _share(self, children: Sequence[str], above: Floats) -> None:
        """Effective weights: the parent's, times w/Σw over the children that count."""
        base = np.zeros(self.count)
        for child in children:
            base += np.where(self.present[self.row[child]], self.plan.weights[child], 0.0)
        safe = np.where(base > 0, base, 1.0)
        for child in children:
            row = self.row[child]
            self.weights[row] = np.where(self.present[row], above * (self.plan.weights[child] / safe), 0.0)

    def _settle(self, code: str) -> None:
        """Points, and where the item has `decimals` the points rounded and the rate with them."""
        row, decimals = self.row[code], self.plan.tree.items[code].decimals
        counts = self.present[row] & (self.weights[row] > 0)
        full = self.plan.scheme.full_marks * self.weights[row]
        points = np.where(counts, full * np.where(counts, self.rates[row], 0.0), 0.0)
        if decimals is not None:
            points = round_half_away(points, decimals)
            self.rates[row] = np.where(counts, points / np.where(counts, full, 1.0), self.rates[row])
        self.points[row] = points

    def _aggregate(self, aggregate: Aggregate, children: Sequence[str]) -> Floats:
        rows = [self.row[child] for child in children]
        return aggregate.combine(
            [self.rates[row] for row in rows], [self.plan.weights[child] for child in children],
            [self.present[row] for row in rows],
        )  # fmt: skip

    def _combine(self, code: str) -> None:
        children, row = self.plan.tree.children.get(code, ()), self.row[code]
        if children:
            combined = self._aggregate(self.plan.dimensions[code].aggregate, children)
            self.rates[row] = np.where(self.present[row], combined, np.nan)
        self._settle(code)

    def _root(self) -> Floats:
        root = self.plan.tree.root
        if root is not None:
            top_rates: Floats = self.rates[self.row[root]].copy()
            return top_rates
        top = self.plan.tree.top
        if not top:
            return np.full(self.count, np.nan)
        return np.where(self._counted(top) > 0, self._aggregate(self.plan.nameless, top), np.nan)
