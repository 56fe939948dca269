"""A run's inputs under a changed scheme, at once: what did not change is not computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugins.engine.compiled import CompiledScheme
from plugins.engine.compiling import compile_scheme
from plugins.engine.data import Data
from plugins.engine.indicators import IndicatorRates, rate_indicator
from plugins.engine.prepared import Prepared
from plugins.engine.rollup import Rollup
from plugins.engine.run import Finish, Standing, refuse_blocked
from plugins.engine.scheme import Scheme
from plugins.registry import Registry


class WhatIf:
    """One set of inputs, tried under many schemes.  Safe to share between threads: it never changes once made."""

    def __init__(self, scheme: Scheme, data: Data, registry: Registry) -> None:
        """Compute the rates under the scheme as it is.  Raises InvalidScheme, PluginFailed."""
        self.scheme, self.data, self.registry = scheme, data, registry
        self.prepared = Prepared(compile_scheme(scheme, registry), data)
        self.found = {code: rate_indicator(self.prepared, code) for code in self.prepared.plan.indicators}

    def standing(self, scheme: Scheme, targets: Mapping[str, float]) -> Standing:
        """Where everybody would stand.  `targets`: item code → a target for all.

        The same numbers as `score` gives for that scheme and data with those targets.  Raises InvalidScheme,
        BlockedRun, PluginFailed.
        """
        prepared = self.prepared.under(compile_scheme(scheme, self.registry), targets)
        found = {
            code: self.found[code]
            if code not in targets and self._same(prepared.plan, code)
            else rate_indicator(prepared, code)
            for code in prepared.plan.indicators
        }
        refuse_blocked(prepared, found)
        return self._finish(prepared, found).standing()

    def _finish(self, prepared: Prepared, found: Mapping[str, IndicatorRates]) -> Finish:
        rolled = Rollup(prepared.plan, prepared.count).run({code: rates.rates for code, rates in found.items()})
        return Finish(prepared, found, rolled, self.data)

    def _same(self, plan: CompiledScheme, code: str) -> bool:
        """Whether nothing that a rate depends on differs: the weight counts only as the marks that methods see."""
        return code in self.found and _basis(self.prepared.plan, code) == _basis(plan, code)


def _basis(plan: CompiledScheme, code: str) -> tuple[Any, ...]:
    part, scheme = plan.indicators[code], plan.scheme
    item = replace(part.item, weight=None, name="", decimals=None, parent=None)
    return item, part.policy, plan.marks[code], scheme.cycle_end, scheme.raters
