"""`goalpost`: the place between two fixed values (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from pydantic import model_validator

from plugins.contract import (
    Columns,
    Example,
    Floats,
    ParameterError,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    figure,
    text,
)
from plugins.methods.span import place, place_in_words


class GoalpostParameters(Parameters):
    """The two goalposts; `lo` is the smaller one whatever the direction."""

    lo: Annotated[float, Title("Lower goalpost", "下限值")]
    hi: Annotated[float, Title("Upper goalpost", "上限值")]
    log: Annotated[bool, Title("Logarithmic scale", "取对数")] = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lo < self.hi:
            raise ParameterError(text("“lo” must be less than “hi”", "“lo”应小于“hi”"))
        if self.log and self.lo <= 0:
            raise ParameterError(text("on a logarithmic scale “lo” must be more than 0", "取对数时“lo”应大于 0"))
        return self


class Goalpost(ScoringMethod[GoalpostParameters]):
    """(f(x) − f(lo)) / (f(hi) − f(lo)); lower: 1 − that."""

    code = "goalpost"
    labels = text("Between two goalposts", "区间标准化（固定上下限）")
    version = "1.0"
    monotonic = "direction"
    example = Example({"lo": 0, "hi": 10})
    Parameters = GoalpostParameters

    def rate(self, columns: Columns, params: GoalpostParameters) -> Floats:
        return place(columns.x, np.array(params.lo), np.array(params.hi), params.log, columns.higher)

    def explain(self, columns: Columns, params: GoalpostParameters, position: int) -> Text:
        x = float(columns.x[position])
        rate = self.rate_at(columns, params, position)
        return text(
            "Reported {x}, goalposts {lo} and {hi}: {place}",
            "实际值 {x}，下限 {lo}，上限 {hi}：{place}",
            x=figure(x),
            lo=figure(params.lo),
            hi=figure(params.hi),
            place=place_in_words(x, params.lo, params.hi, params.log, columns.higher, rate),
        )
