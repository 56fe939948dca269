"""`milestone`: done by its date, or later at a price a day (scoring.md 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from plugins.contract import (
    Bools,
    Columns,
    Example,
    Floats,
    ItemFacts,
    ParameterProblem,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    date_figure,
    figure,
    rate_figure,
    text,
)


class MilestoneParameters(Parameters):
    """What a day late costs, and how many are forgiven."""

    per_day: Annotated[float, Field(gt=0), Title("Rate lost a day late", "每逾期一天扣减的得分率")]
    grace_days: Annotated[float, Field(ge=0), Title("Days of grace", "宽限天数")] = 0.0


class Milestone(ScoringMethod[MilestoneParameters]):
    """1 − per_day × max(0, x − t − grace_days); blank x, or x after the cycle's end → 0."""

    code = "milestone"
    labels = text("Done by its date", "按期完成")
    version = "1.0"
    monotonic = "lower"
    example = Example({"per_day": 0.05})
    Parameters = MilestoneParameters
    needs = ("target",)

    def check(self, params: MilestoneParameters, item: ItemFacts) -> Iterator[ParameterProblem]:
        if item.value_type not in {None, "", "date"}:
            yield ParameterProblem(
                None, text("a milestone needs the value type date", "按期完成的取值类型应为 date（日期）"), "value_type"
            )

    def _undone(self, columns: Columns) -> Bools:
        undone: Bools = ~columns.has_actual | (columns.x > columns.end)
        return undone

    def _late(self, columns: Columns, params: MilestoneParameters) -> Floats:
        return np.maximum(0.0, columns.x - columns.t - params.grace_days)

    def rate(self, columns: Columns, params: MilestoneParameters) -> Floats:
        return np.where(self._undone(columns), 0.0, 1.0 - params.per_day * self._late(columns, params))

    def explain(self, columns: Columns, params: MilestoneParameters, position: int) -> Text:
        due, done = date_figure(float(columns.t[position])), date_figure(float(columns.x[position]))
        if not columns.has_actual[position]:
            return text("Due {due}, not done: 0", "应于 {due} 完成，未完成：0", due=due)
        if columns.once("undone", lambda: self._undone(columns))[position]:
            return text(
                "Due {due}, done {done}, after the cycle's end {end}, which counts as not done: 0",
                "应于 {due} 完成，实际 {done} 完成，晚于周期结束日 {end}，视为未完成：0",
                due=due,
                done=done,
                end=date_figure(columns.end),
            )
        rate = rate_figure(self.rate_at(columns, params, position))
        late = float(columns.once("late", lambda: self._late(columns, params))[position])
        return text(
            "Due {due}, done {done}, {late} days late after {grace} of grace: 1 − {price} × {late} = {rate}",
            "应于 {due} 完成，实际 {done} 完成，扣除宽限 {grace} 天后逾期 {late} 天：1 − {price} × {late} = {rate}",
            due=due, done=done, late=figure(late), grace=figure(params.grace_days), price=figure(params.per_day),
            rate=rate,
        )  # fmt: skip
