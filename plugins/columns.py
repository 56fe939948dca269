"""What a scoring method is given for one item: whole columns, one position a participant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from plugins.arrays import Bools, Floats, Ints
from plugins.grouping import Grouping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """An item's table, ascending by x: `keys` are options (tables of options only), `xs` the numbers, `rates`."""

    keys: tuple[str, ...]
    xs: Floats
    rates: Floats


@dataclass(frozen=True, slots=True)
class PanelRatings:
    """The ratings of one item that count (void ballots are left out), one position a rating.

    `participant`, `group`: positions in the columns and in `groups`; `groups`: rater group codes in order, with
    their `weights` and `min_raters` (0 = the group does not say).
    """

    participant: Ints
    group: Ints
    score: Floats
    groups: tuple[str, ...]
    weights: Floats
    min_raters: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """The inputs of one item.  `x`, `t`, `baseline`: actual, target and baseline, float64[n], NaN = missing (dates
    are proleptic ordinals, yes/no 1 and 0); `options`: the chosen options, '' = missing.

    `higher`: whether more is better; `marks`: the item's full marks with nothing excluded (scoring.md 1); `floor`,
    `cap`: the bounds its rate will be clipped to (infinite for `none`); `end`: the cycle's last day (+inf = unknown);
    `groups`, `everyone`: ranking groups and all of them as one; `linked`: source → published rates.
    """

    x: Floats
    t: Floats
    baseline: Floats
    options: tuple[str, ...]
    higher: bool
    marks: float
    floor: float
    cap: float
    table: Table
    end: float
    groups: Grouping
    everyone: Grouping
    panel: PanelRatings | None
    linked: Mapping[str, Floats]
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.x)

    @property
    def has_actual(self) -> Bools:
        """Which participants have an actual value: the peers of scoring.md 2."""
        present: Bools = ~np.isnan(self.x)
        return present

    def once(self, name: str, compute: Callable[[], T]) -> T:
        """What `compute` gives, worked out once for these columns: explaining many participants needs the same
        figures again and again.  `name` is the method's own."""
        if name not in self.memo:
            self.memo[name] = compute()
        found: T = self.memo[name]
        return found

    def peers(self, across: str) -> Grouping:
        """How peers are grouped: by ranking group (`group`) or not at all (`all`)."""
        return self.everyone if across == "all" else self.groups
