"""`interpolate`: piecewise linear through the table's points (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from plugins.contract import Columns, Example, Floats, Parameters, ScoringMethod, Text, Title, figure, rate_figure, text


class InterpolateParameters(Parameters):
    """The rate before the first point; not given: that point's own."""

    below: Annotated[float | None, Title("Rate before the first point", "低于首个节点时的得分率")] = None


class Interpolate(ScoringMethod[InterpolateParameters]):
    """Linear between the points; beyond the last its rate; before the first `below`."""

    code = "interpolate"
    labels = text("Interpolation between points", "分段线性插值")
    version = "1.0"
    example = Example(table=((1, 0.5), (3, 1.0)))
    Parameters = InterpolateParameters
    table = "points"

    def rate(self, columns: Columns, params: InterpolateParameters) -> Floats:
        # numpy makes a number of a missing value when there is but one point
        rates = np.interp(columns.x, columns.table.xs, columns.table.rates, left=params.below)
        return np.where(columns.has_actual, rates, np.nan)

    def explain(self, columns: Columns, params: InterpolateParameters, position: int) -> Text:
        xs, rates, x = columns.table.xs, columns.table.rates, float(columns.x[position])
        rate = rate_figure(self.rate_at(columns, params, position))
        at = int(np.searchsorted(xs, x, side="right"))
        if at == 0:
            return text(
                "Reported {x}: before the first point {first}, {rate}",
                "实际值 {x}：低于首个节点 {first}，{rate}",
                x=figure(x),
                first=figure(float(xs[0])),
                rate=rate,
            )
        low, low_rate = float(xs[at - 1]), float(rates[at - 1])
        if at == len(xs) or x == low:
            return text(
                "Reported {x}: at or beyond the point {point}, {rate}",
                "实际值 {x}：达到节点 {point}，{rate}",
                x=figure(x),
                point=figure(low),
                rate=rate,
            )
        high, high_rate = float(xs[at]), float(rates[at])
        rise = high_rate - low_rate
        return text(
            "Reported {x}: between {low} ({low_rate}) and {high} ({high_rate}): "
            "{low_rate} {sign} {rise} × ({x} − {low})/{width} = {rate}",
            "实际值 {x}：介于 {low}（{low_rate}）与 {high}（{high_rate}）之间："
            "{low_rate} {sign} {rise} × ({x} − {low})/{width} = {rate}",
            x=figure(x), low=figure(low), low_rate=rate_figure(low_rate), high=figure(high),
            high_rate=rate_figure(high_rate), sign="+" if rise >= 0 else "−", rise=rate_figure(abs(rise)),
            width=figure(high - low), rate=rate,
        )  # fmt: skip
