"""One computation of all scores of a cycle (scoring.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plugins.arrays import Bools, Floats, Ints
from plugins.engine.adjusting import Adjusted, adjust
from plugins.engine.compiling import compile_scheme
from plugins.engine.data import Data
from plugins.engine.errors import BlockedRun
from plugins.engine.grades import Graded, Grading
from plugins.engine.indicators import IndicatorRates, rate_indicator
from plugins.engine.prepared import Prepared
from plugins.engine.ranks import rank
from plugins.engine.reasons import Reasons, blocked_cells
from plugins.engine.results import Results
from plugins.engine.rollup import Rolled, Rollup
from plugins.engine.scheme import Scheme
from plugins.grouping import Grouping
from plugins.numbers import round_half_away
from plugins.registry import Registry

ENGINE_VERSION = "1.0"


def score(scheme: Scheme, data: Data, registry: Registry) -> Results:
    """The results of a run; the same inputs and plugin versions give the same bytes, in whatever order rows came.

    Raises InvalidScheme, BlockedRun (a missing value under the policy `block`) or PluginFailed; data that
    `check_data` finds errors in must not be scored.
    """
    prepared = Prepared(compile_scheme(scheme, registry), data)
    found = {code: rate_indicator(prepared, code) for code in prepared.plan.indicators}
    refuse_blocked(prepared, found)
    rolled = Rollup(prepared.plan, prepared.count).run({code: rates.rates for code, rates in found.items()})
    return Finish(prepared, found, rolled, data).results()


def refuse_blocked(prepared: Prepared, found: Mapping[str, IndicatorRates]) -> None:
    """Raise BlockedRun with every missing cell of an indicator whose policy is `block`."""
    blocked = [
        finding
        for code, rates in found.items()
        if prepared.plan.indicators[code].policy == "block"
        for finding in blocked_cells(prepared, code, rates)
    ]
    if blocked:
        raise BlockedRun(blocked)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everybody stands, participants in the order of the data; see `Results`."""

    total: Floats
    scored: Bools
    rank: Ints
    group_rank: Ints
    grade: tuple[str, ...]


def final_total(scheme: Scheme, before: Floats, adjusted: Adjusted) -> Floats:
    """clip(before + Σ bonus − Σ deductions, min_total, max_total), a veto's `max_score`, then rounding.

    `before`: float64[..., n]: of one computation, or of many at once.
    """
    low = -np.inf if scheme.min_total is None else scheme.min_total
    high = np.inf if scheme.max_total is None else scheme.max_total
    total = np.clip(before + adjusted.bonus - adjusted.deduction, low, high)
    return round_half_away(np.minimum(total, adjusted.max_score), scheme.decimals)


def grade(
    prepared: Prepared,
    total: Floats,
    scored: Bools,
    adjusted: Adjusted,
    rates: Mapping[str, Floats],
    groups: Grouping | None = None,
) -> Graded:
    """Everybody's grade by the rounded totals; `rates`: of the tree's items, for conditions on them; `groups`: see
    `Grading`."""
    plan = prepared.plan
    values = {code: adjusted.occurrences[code] for code in plan.vetoes}
    values |= {**rates, "total": total, "vetoes": adjusted.vetoes.astype(np.float64)}
    return Grading(plan, prepared.data.participants, total, scored, adjusted.best_band, values, groups).run()


class Finish:
    """From the root's rate to totals, ranks, grades and reasons."""

    def __init__(self, prepared: Prepared, found: Mapping[str, IndicatorRates], rolled: Rolled, data: Data) -> None:
        self.prepared, self.found, self.rolled, self.data = prepared, found, rolled, data
        self.scheme = prepared.plan.scheme
        self.rates = dict(zip(prepared.plan.codes, rolled.rates, strict=True))
        self.scored: Bools = ~np.isnan(rolled.root)

    def standing(self) -> Standing:
        """Totals, ranks and grades alone: all that a what-if compares."""
        adjusted, back = adjust(self.prepared), self.prepared.back
        total = final_total(self.scheme, self.scheme.full_marks * self.rolled.root, adjusted)
        graded = self._grade(total, adjusted)
        return Standing(
            total[back],
            self.scored[back],
            self._rank(total, self.prepared.everyone)[back],
            self._rank(total, self.prepared.groups)[back],
            self._codes(graded),
        )

    def _rank(self, total: Floats, within: Grouping) -> Ints:
        return rank(self.scheme, total, self.scored, within, self.rates)

    def _codes(self, graded: Graded) -> tuple[str, ...]:
        bands = [band.code for band in self.scheme.grades]
        return tuple(bands[band] if band >= 0 else "" for band in graded.bands[self.prepared.back].tolist())

    def results(self) -> Results:
        prepared, back = self.prepared, self.prepared.back
        adjusted = adjust(prepared)
        before = self.scheme.full_marks * self.rolled.root
        total = final_total(self.scheme, before, adjusted)
        graded = self._grade(total, adjusted)
        reasons = self._reasons()
        return Results(
            scheme=self.scheme, data=self.data, item_codes=prepared.plan.codes,
            rates=np.take(self.rolled.rates, back, axis=1),
            weights=np.take(self.rolled.weights, back, axis=1),
            points=np.take(self.rolled.points, back, axis=1),
            before=before[back], bonus=adjusted.bonus[back], deduction=adjusted.deduction[back], total=total[back],
            adjustment_points={code: points[back] for code, points in adjusted.points.items()},
            occurrences={code: times[back] for code, times in adjusted.occurrences.items()},
            vetoes=adjusted.vetoes[back],
            rank=self._rank(total, prepared.everyone)[back],
            group_rank=self._rank(total, prepared.groups)[back],
            grade=self._codes(graded),
            scored=self.scored[back], reasons=reasons.by_cell,
            notes=(*prepared.panels.notes, *graded.notes, *reasons.notes),
            plugin_versions=self._versions(),
        )  # fmt: skip

    def _grade(self, total: Floats, adjusted: Adjusted) -> Graded:
        return grade(self.prepared, total, self.scored, adjusted, self.rates)

    def _reasons(self) -> Reasons:
        reasons = Reasons(self.prepared)
        for code, rates in self.found.items():
            reasons.indicator(code, rates)
        present = {code: ~np.isnan(rates) for code, rates in self.rates.items()}
        for code in self.prepared.plan.dimensions:
            reasons.dimension(code, present)
        reasons.unscored(self.scored, present)
        return reasons

    def _versions(self) -> Mapping[str, str]:
        """The engine and every plugin that took part: `method:ratio` → version."""
        plan = self.prepared.plan
        used: dict[str, str] = {"engine": ENGINE_VERSION}
        used |= {f"method:{part.method.code}": part.method.version for part in plan.indicators.values()}
        aggregates = [part.aggregate for part in plan.dimensions.values()]
        aggregates += [plan.nameless] if plan.tree.root is None else []
        used |= {f"aggregate:{aggregate.code}": aggregate.version for aggregate in aggregates}
        return dict(sorted(used.items()))
