"""Figures over groups of participants, whole columns at once: the peers of scoring.md 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plugins.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Grouping:
    """A partition of n positions.  `ids`: group number of each position; `order`: positions group by group, in
    their own order within each; `starts`: where each group begins in `order`."""

    ids: Ints
    order: Ints
    starts: Ints

    @classmethod
    def of(cls, keys: Sequence[str]) -> Grouping:
        """Positions grouped by equal keys; a blank key is a group like any other.  Groups in order of their keys."""
        numbers = {key: at for at, key in enumerate(sorted(set(keys)))}
        ids = np.fromiter((numbers[key] for key in keys), dtype=np.int64, count=len(keys))
        order = np.argsort(ids, kind="stable").astype(np.int64)
        starts = np.searchsorted(ids[order], np.arange(len(numbers))).astype(np.int64)
        return cls(ids, order, starts)

    def __len__(self) -> int:
        return len(self.starts)

    def _reduce(self, operation: np.ufunc, values: Floats) -> Floats:
        result: Floats = operation.reduceat(values[self.order], self.starts)
        return result

    def count(self, chosen: Bools) -> Floats:
        """How many of each group are chosen; one number a group."""
        return self._reduce(np.add, chosen.astype(np.float64))

    def total(self, values: Floats, chosen: Bools) -> Floats:
        """The sum of the chosen values of each group, in order of position; 0 for none."""
        return self._reduce(np.add, np.where(chosen, values, 0.0))

    def least(self, values: Floats, chosen: Bools) -> Floats:
        """The least chosen value of each group; NaN for none."""
        found = self._reduce(np.minimum, np.where(chosen, values, np.inf))
        return np.where(self.count(chosen) > 0, found, np.nan)

    def greatest(self, values: Floats, chosen: Bools) -> Floats:
        """The greatest chosen value of each group; NaN for none."""
        return -self.least(-values, chosen)

    def mean(self, values: Floats, chosen: Bools) -> Floats:
        """The mean of the chosen values of each group; NaN for none."""
        count = self.count(chosen)
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Floats = np.where(count > 0, self.total(values, chosen) / count, np.nan)
        return result

    def spread(self, figures: Floats) -> Floats:
        """One number a group → one a position."""
        result: Floats = figures[self.ids]
        return result

    def ranks(self, values: Floats, chosen: Bools, higher: bool = True) -> tuple[Floats, Floats]:
        """First and last place of each chosen value among the chosen of its group, best first, equal values sharing.

        The competition rank is the first place; the mean rank for ties is the mean of both.  NaN where not chosen.
        """
        places = np.flatnonzero(chosen)
        first = np.full(len(values), np.nan)
        last = first.copy()
        if places.size == 0:
            return first, last
        key = -values[places] if higher else values[places]
        by_value = places[np.lexsort((key, self.ids[places]))]
        group, value = self.ids[by_value], values[by_value]
        count = len(by_value)
        new_group = np.r_[True, group[1:] != group[:-1]]
        new_value = new_group | np.r_[True, value[1:] != value[:-1]]
        at = np.arange(count)
        group_start = np.maximum.accumulate(np.where(new_group, at, 0))
        tie_start = np.maximum.accumulate(np.where(new_value, at, 0))
        ends = np.r_[np.flatnonzero(new_value)[1:], count]
        tie_end = ends[np.cumsum(new_value) - 1]
        first[by_value] = tie_start - group_start + 1
        last[by_value] = tie_end - group_start
        return first, last
