"""`rating`: a panel's ratings (scoring.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from plugins.contract import (
    Bools,
    Columns,
    Example,
    Floats,
    Ints,
    PanelRatings,
    ParameterError,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    figure,
    rate_figure,
    round_half_away,
    text,
)

ANONYMOUS_BELOW = 3
"""No group with fewer ratings is ever shown on its own (scoring.md 3)."""


class RatingParameters(Parameters):
    """The scale and how a group's ratings become one value."""

    scale_min: Annotated[float, Title("Lowest rating", "评分下限")] = 0.0
    scale_max: Annotated[float, Title("Highest rating", "评分上限")] = 100.0
    trim: Annotated[int, Field(ge=0), Title("Highest and lowest ratings dropped, each", "去掉最高分和最低分的个数")] = 0
    min_raters: Annotated[int, Field(ge=1), Title("Least number of raters", "最少评价人数")] = 1
    combine: Annotated[Literal["mean", "median"], Title("Mean or median", "平均值或中位数")] = "mean"
    round: Annotated[int | None, Field(ge=0, le=12), Title("Decimals of a group's value", "小组评分保留小数位")] = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.scale_min < self.scale_max:
            raise ParameterError(text("“scale_min” must be less than “scale_max”", "“scale_min”应小于“scale_max”"))
        return self


@dataclass(frozen=True, slots=True)
class _Groups:
    """One row a rater group that rated a participant: who, which group, how many, the value, whether it qualifies."""

    participant: Ints
    group: Ints
    count: Ints
    value: Floats
    qualifies: Bools


class Rating(ScoringMethod[RatingParameters]):
    """The mean of the qualifying groups' rates by the groups' weights; none qualifies → missing."""

    code = "rating"
    labels = text("Panel rating", "评议打分")
    version = "1.0"
    example = Example({"scale_max": 10, "trim": 1})
    Parameters = RatingParameters
    needs = ("ratings",)

    def _groups(self, panel: PanelRatings, params: RatingParameters) -> _Groups:
        """Every group's value: sorted scores cut into segments, the ends trimmed, mean or median, rounded."""
        order = np.lexsort((panel.score, panel.group, panel.participant))
        who, group, score = panel.participant[order], panel.group[order], panel.score[order]
        new = np.r_[True, (who[1:] != who[:-1]) | (group[1:] != group[:-1])]
        starts = np.flatnonzero(new)
        count = np.diff(np.r_[starts, len(order)])
        cut = np.where(count >= 2 * params.trim + 1, params.trim, 0)
        if params.combine == "median":
            low, high = starts + (count - 1) // 2, starts + count // 2
            value = (score[low] + score[high]) / 2
        else:
            place = np.arange(len(order)) - np.repeat(starts, count)
            kept = (place >= np.repeat(cut, count)) & (place < np.repeat(count - cut, count))
            value = np.add.reduceat(np.where(kept, score, 0.0), starts) / (count - 2 * cut)
        if params.round is not None:
            value = round_half_away(value, params.round)
        least = np.where(panel.min_raters > 0, panel.min_raters, params.min_raters)[group[starts]]
        return _Groups(who[starts], group[starts], count, value, count >= least)

    def rate(self, columns: Columns, params: RatingParameters) -> Floats:
        panel, result = columns.panel, np.full(len(columns), np.nan)
        if panel is None or not len(panel.score):
            return result
        groups = self._groups(panel, params)
        rates = (groups.value - params.scale_min) / (params.scale_max - params.scale_min)
        weights = np.where(groups.qualifies, panel.weights[groups.group], 0.0)
        total = np.bincount(groups.participant, weights * rates, len(columns))
        base = np.bincount(groups.participant, weights, len(columns))
        np.divide(total, base, out=result, where=base > 0)
        return result

    def explain(self, columns: Columns, params: RatingParameters, position: int) -> Text:
        rate = rate_figure(self.rate_at(columns, params, position))
        panel = columns.panel
        assert panel is not None  # a rate that is not missing came from ratings
        groups = columns.once("groups", lambda: self._groups(panel, params))
        own = np.flatnonzero((groups.participant == position) & groups.qualifies)
        how = self._how(params)
        if len(own) == 1 or np.any(groups.count[own] < ANONYMOUS_BELOW):
            count = int(groups.count[own].sum())
            return text(
                "{count} ratings on the scale {low} to {high}, {how}: {rate}",
                "{count} 份评分，量程 {low} 至 {high}，{how}：{rate}",
                count=text("fewer than 3", "少于 3") if count < ANONYMOUS_BELOW else count,
                low=figure(params.scale_min),
                high=figure(params.scale_max),
                how=how,
                rate=rate,
            )
        listed = "; ".join(
            f"{panel.groups[groups.group[at]]} {figure(float(groups.value[at]))} (n = {groups.count[at]}, "
            f"w = {figure(float(panel.weights[groups.group[at]]))})"
            for at in own
        )
        return text(
            "Groups on the scale {low} to {high}, {how}: {listed}; weighted mean {rate}",
            "各评价组（量程 {low} 至 {high}，{how}）：{listed}；加权平均 {rate}",
            low=figure(params.scale_min),
            high=figure(params.scale_max),
            how=how,
            listed=listed,
            rate=rate,
        )

    def _how(self, params: RatingParameters) -> Text:
        way = text("mean", "平均值") if params.combine == "mean" else text("median", "中位数")
        if not params.trim:
            return way
        return text(
            "{way} without the {trim} highest and lowest",
            "去掉 {trim} 个最高分和 {trim} 个最低分后的{way}",
            way=way,
            trim=params.trim,
        )
