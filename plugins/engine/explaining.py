"""Every score opened down to its inputs: the rule in words and the arithmetic with its numbers (scoring.md 7)."""

from __future__ import annotations

import numpy as np

from config.text import Text, text
from plugins.engine.compiled import bound
from plugins.engine.compiling import compile_scheme
from plugins.engine.indicators import IndicatorRates, rate_indicator
from plugins.engine.prepared import Prepared
from plugins.engine.reasons import NOT_APPLICABLE
from plugins.engine.results import Results
from plugins.engine.scheme import Item
from plugins.numbers import figure, rate_figure
from plugins.registry import Registry

_POLICIES = {
    "zero": text("a missing value counts as 0", "缺失按 0 计"),
    "exclude": text("it is left out and the others share its weight", "不计入，其权重由同级项目分担"),
    "mean": text("it counts as the peers' mean", "按同组平均得分率计"),
}


class Explainer:
    """Explains many scores of one run: what it works out for an item serves all participants.

    Positions are those of `results.data.participants`.
    """

    def __init__(self, results: Results, registry: Registry) -> None:
        self.results = results
        self.prepared = Prepared(compile_scheme(results.scheme, registry), results.data)
        self.row = {code: at for at, code in enumerate(results.item_codes)}
        self.adjustments = {item.code: item for item in self.prepared.plan.tree.adjustments}
        self._found: dict[str, IndicatorRates] = {}

    def item(self, code: str, position: int) -> Text:
        """How one item of the tree, or one adjustment, came out for one participant.  KeyError for an unknown code."""
        if code in self.adjustments:
            return self._adjustment(self.adjustments[code], position)
        how = self._indicator if code in self.prepared.plan.indicators else self._dimension
        return self._with_points(code, position, how(code, position))

    def _rates(self, code: str) -> IndicatorRates:
        if code not in self._found:
            self._found[code] = rate_indicator(self.prepared, code)
        return self._found[code]

    def _indicator(self, code: str, position: int) -> Text:
        found, at = self._rates(code), int(self.prepared.back[position])
        if not found.applicable[at]:
            return NOT_APPLICABLE
        indicator = self.prepared.plan.indicators[code]
        if found.missing[at]:
            why = self.results.reasons.get((code, position), text("missing", "缺失"))
            policy = indicator.policy if not np.isnan(found.rates[at]) else "exclude"
            said = text("{why}; {policy}", "{why}；{policy}", why=why, policy=_POLICIES[policy])
            return said if policy != "mean" else self._becomes(said, float(found.rates[at]))
        said = indicator.method.explain(found.columns, indicator.params, at)
        raw, rate = float(found.raw[at]), float(found.rates[at])
        if rate > raw:
            return text(
                "{said}; raised to the floor {rate}",
                "{said}；低于下限，按 {rate} 计",
                said=said,
                rate=rate_figure(rate),
            )
        if rate < raw:
            return text(
                "{said}; limited to the cap {rate}", "{said}；高于上限，按 {rate} 计", said=said, rate=rate_figure(rate)
            )
        return said

    @staticmethod
    def _becomes(said: Text, rate: float) -> Text:
        return text("{said}, {rate}", "{said}，{rate}", said=said, rate=rate_figure(rate))

    def _dimension(self, code: str, position: int) -> Text:
        if np.isnan(self.results.rates[self.row[code], position]):
            return self.results.reasons.get((code, position), text("missing", "缺失"))
        children = [
            child for child in self.prepared.plan.tree.children.get(code, ())
            if not np.isnan(self.results.rates[self.row[child], position])
        ]  # fmt: skip
        rates = [float(self.results.rates[self.row[child], position]) for child in children]
        weights = [self.prepared.plan.weights[child] for child in children]
        said = self.prepared.plan.dimensions[code].aggregate.explain(rates, weights)
        return text("{children}: {said}", "{children}：{said}", children=", ".join(children), said=said)

    def _with_points(self, code: str, position: int, said: Text) -> Text:
        """Adds the marks: rate × full marks × effective weight, rounded where the item says so."""
        weight = float(self.results.weights[self.row[code], position])
        if not weight > 0:
            return text("{said}; no marks", "{said}；不计分", said=said)
        marks = self.results.scheme.full_marks * weight
        points = float(self.results.points[self.row[code], position])
        decimals = self.prepared.plan.tree.items[code].decimals
        params = {"said": said, "marks": figure(marks), "points": figure(points)}
        if decimals is not None:
            return text(
                "{said}; of {marks} marks, rounded to {decimals} decimals: {points}",
                "{said}；满分 {marks} 分，保留 {decimals} 位小数得 {points} 分",
                decimals=decimals,
                **params,
            )
        return text("{said}; of {marks} marks: {points}", "{said}；满分 {marks} 分，得 {points} 分", **params)

    def _adjustment(self, item: Item, position: int) -> Text:
        times = float(self.results.occurrences[item.code][position])
        points = float(self.results.adjustment_points[item.code][position])
        if item.kind == "veto":
            holds = text("it holds", "生效") if times >= 1 else text("it does not hold", "未生效")
            return text("{times} occurrences: {holds}", "发生 {times} 次：{holds}", times=figure(times), holds=holds)
        cap = bound(item.cap, np.inf, np.inf)
        if np.isfinite(cap):
            return text(
                "{times} occurrences, {points} marks (at most {cap})",
                "发生 {times} 次，{points} 分（封顶 {cap}）",
                times=figure(times),
                points=figure(points),
                cap=figure(cap),
            )
        return text(
            "{times} occurrences, {points} marks",
            "发生 {times} 次，{points} 分",
            times=figure(times),
            points=figure(points),
        )

    def total(self, position: int) -> Text:
        """How the total came about, with rank and grade; the reason for a participant that is unscored."""
        results = self.results
        if not results.scored[position]:
            return text("Unscored: {why}", "未得分：{why}", why=results.reasons[("", position)])
        said = text(
            "{before} before adjustments + {bonus} bonus − {deduction} deductions{limits} = {total}",
            "调整前 {before} + 加分 {bonus} − 扣分 {deduction}{limits} = {total}",
            before=figure(float(results.before[position])), bonus=figure(float(results.bonus[position])),
            deduction=figure(float(results.deduction[position])), limits=self._limits(position),
            total=figure(float(results.total[position])),
        )  # fmt: skip
        ranked = text(
            "{said}; rank {rank} overall, {group_rank} in its group",
            "{said}；总名次 {rank}，组内名次 {group_rank}",
            said=said,
            rank=int(results.rank[position]),
            group_rank=int(results.group_rank[position]),
        )
        grade = results.grade[position]
        return (
            text("{ranked}; grade {grade}", "{ranked}；等次 {grade}", ranked=ranked, grade=grade) if grade else ranked
        )

    def _limits(self, position: int) -> Text | str:
        """Which limits a total passed through: the scheme's least and greatest, and vetoes that hold."""
        results, scheme = self.results, self.results.scheme
        plain = float(results.before[position] + results.bonus[position] - results.deduction[position])
        low, high = scheme.min_total, scheme.max_total
        if results.vetoes[position]:
            return text(", {count} vetoes hold", "，{count} 项否决生效", count=int(results.vetoes[position]))
        if (low is not None and plain < low) or (high is not None and plain > high):
            return text(
                ", kept within {low} and {high}",
                "，限定在 {low} 与 {high} 之间",
                low="–" if low is None else figure(low),
                high="–" if high is None else figure(high),
            )
        return ""


def explain(results: Results, registry: Registry, item_code: str, position: int) -> Text:
    """The sentence on one item of one participant; for many of them keep one `Explainer`."""
    return Explainer(results, registry).item(item_code, position)


def explain_total(results: Results, registry: Registry, position: int) -> Text:
    """The sentence on one participant's total."""
    return Explainer(results, registry).total(position)
