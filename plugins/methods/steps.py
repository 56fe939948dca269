"""`steps`: the rate of the threshold that is reached (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from plugins.contract import (
    Columns,
    Example,
    Floats,
    Ints,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    figure,
    rate_figure,
    text,
)


class StepsParameters(Parameters):
    """The rate when no threshold is reached."""

    otherwise: Annotated[float, Title("Rate when no threshold is reached", "未达任何档次时的得分率")] = 0.0


class Steps(ScoringMethod[StepsParameters]):
    """higher: rate of the greatest threshold ≤ x; lower: of the least threshold ≥ x; none → `otherwise`."""

    code = "steps"
    labels = text("Steps", "分档计分")
    version = "1.0"
    example = Example(table=((1, 0.5), (3, 1.0)))
    Parameters = StepsParameters
    table = "points"

    def _reached(self, columns: Columns) -> Ints:
        """The row of the table that holds, −1 for none (or for a missing value)."""
        xs = columns.table.xs
        x = np.where(columns.has_actual, columns.x, -np.inf if columns.higher else np.inf)
        if columns.higher:
            return np.searchsorted(xs, x, side="right").astype(np.int64) - 1
        row = np.searchsorted(xs, x, side="left").astype(np.int64)
        return np.where(row == len(xs), -1, row)

    def rate(self, columns: Columns, params: StepsParameters) -> Floats:
        row = self._reached(columns)
        rates = np.where(row >= 0, columns.table.rates[row], params.otherwise)
        return np.where(columns.has_actual, rates, np.nan)

    def explain(self, columns: Columns, params: StepsParameters, position: int) -> Text:
        row = int(columns.once("row", lambda: self._reached(columns))[position])
        x, rate = figure(float(columns.x[position])), rate_figure(self.rate_at(columns, params, position))
        if row < 0:
            return text(
                "Reported {x}: no threshold is reached, {rate}", "实际值 {x}：未达任何档次，{rate}", x=x, rate=rate
            )
        threshold = figure(float(columns.table.xs[row]))
        if columns.higher:
            return text(
                "Reported {x}: at least {threshold}, {rate}",
                "实际值 {x}：不低于 {threshold}，{rate}",
                x=x,
                threshold=threshold,
                rate=rate,
            )
        return text(
            "Reported {x}: at most {threshold}, {rate}",
            "实际值 {x}：不高于 {threshold}，{rate}",
            x=x,
            threshold=threshold,
            rate=rate,
        )
