"""One scheme and one set of data brought together: the columns that each indicator's method is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from plugins.arrays import Bools, Floats
from plugins.contract import Columns
from plugins.engine.arrange import arrange
from plugins.engine.compiled import CompiledScheme
from plugins.engine.data import Data
from plugins.engine.panels import Panels, build_panels
from plugins.grouping import Grouping
from plugins.numbers import key_of


class Prepared:
    """Columns by item, participants in the order of their codes; `order` and `back` map to the order given."""

    def __init__(self, plan: CompiledScheme, data: Data) -> None:
        arranged = arrange(data)
        self.plan = plan
        self.data = arranged.data
        self.order = arranged.order
        self.back = arranged.back
        self.count = len(self.data.participants)
        self.groups = Grouping.of(self.data.participants.groups)
        self.everyone = Grouping.of(("",) * self.count)
        self.positions = {code: at for at, code in enumerate(self.data.participants.codes)}
        self._blank = np.full(self.count, np.nan)

    def under(self, plan: CompiledScheme, targets: Mapping[str, float]) -> Prepared:
        """The same data under another plan, arranged already; `targets`: item code → everybody's target instead."""
        other = Prepared.__new__(Prepared)
        vars(other).update({name: part for name, part in vars(self).items() if name != "panels"})
        other.plan = plan
        if targets:
            own = {code: np.full(self.count, value) for code, value in targets.items()}
            other.data = replace(self.data, target={**self.data.target, **own})
        return other

    @cached_property
    def panels(self) -> Panels:
        """The ratings that count."""
        return build_panels(self.plan.scheme, self.data.ratings)

    @cached_property
    def linked(self) -> dict[str, Floats]:
        """Source → published rates."""
        found: dict[str, Floats] = {}
        for (at, source), rate in self.data.linked.items():
            found.setdefault(key_of(source), self._blank.copy())[at] = rate
        return found

    def applicable(self, code: str) -> Bools:
        """For whom an indicator counts at all: not claimed `n/a`, and its own participant's if it is individual."""
        result = np.ones(self.count, dtype=np.bool_)
        owner = self.plan.tree.items[code].participant
        if owner:
            result[:] = False
            if owner in self.positions:
                result[self.positions[owner]] = True
        claimed = self.data.not_applicable.get(code)
        return result if claimed is None else result & ~claimed

    def columns(self, code: str, applicable: Bools) -> Columns:
        """The columns of an indicator; whom it does not apply to has no values, so is nobody's peer."""
        indicator = self.plan.indicators[code]
        options = self.data.choices.get(code, ())
        if options and not applicable.all():
            options = tuple(option if ok else "" for option, ok in zip(options, applicable, strict=True))
        end = self.plan.scheme.cycle_end
        return Columns(
            x=self._column(self.data.actual.get(code), applicable),
            t=self._column(self.data.target.get(code), applicable),
            baseline=self._column(self.data.baseline.get(code), applicable),
            options=options,
            higher=indicator.item.direction != "lower",
            marks=self.plan.marks[code],
            floor=indicator.floor,
            cap=indicator.cap,
            table=indicator.table,
            end=float(end.toordinal()) if end else np.inf,
            groups=self.groups,
            everyone=self.everyone,
            panel=self.panels.by_item.get(code) if "ratings" in indicator.method.needs else None,
            linked=self.linked if "linked" in indicator.method.needs else {},
        )

    def _column(self, values: Floats | None, applicable: Bools) -> Floats:
        if values is None:
            return self._blank
        return np.where(applicable & np.isfinite(values), values, np.nan)
