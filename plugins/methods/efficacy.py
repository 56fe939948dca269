"""`efficacy`: the efficacy coefficient 功效系数 (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

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
    rate_figure,
    text,
)


class EfficacyParameters(Parameters):
    """The values worth `base` and 100 marks of 100; their order gives the direction."""

    unacceptable: Annotated[float, Title("Unacceptable value", "不允许值")]
    satisfactory: Annotated[float, Title("Satisfactory value", "满意值")]
    base: Annotated[float, Field(ge=0, lt=100), Title("Marks at the unacceptable value", "不允许值处的基础分")] = 60.0

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.unacceptable == self.satisfactory:
            raise ParameterError(text("“unacceptable” and “satisfactory” must differ", "“不允许值”与“满意值”不能相同"))
        return self


class Efficacy(ScoringMethod[EfficacyParameters]):
    """(base + (100 − base)·(x − unacceptable)/(satisfactory − unacceptable))/100; works for either direction."""

    code = "efficacy"
    labels = text("Efficacy coefficient", "功效系数法")
    version = "1.0"
    example = Example({"unacceptable": 6, "satisfactory": 12})
    Parameters = EfficacyParameters

    def rate(self, columns: Columns, params: EfficacyParameters) -> Floats:
        with np.errstate(over="ignore"):
            share = (columns.x - params.unacceptable) / (params.satisfactory - params.unacceptable)
            rates: Floats = (params.base + (100.0 - params.base) * share) / 100.0
        return rates

    def explain(self, columns: Columns, params: EfficacyParameters, position: int) -> Text:
        rate = self.rate_at(columns, params, position)
        return text(
            "Reported {x}: ({base} + {rest} × ({x} − {low}) / ({high} − {low})) / 100 = {rate}",
            "实际值 {x}：({base} + {rest} × ({x} − {low}) / ({high} − {low})) / 100 = {rate}",
            x=figure(float(columns.x[position])), base=figure(params.base), rest=figure(100 - params.base),
            low=figure(params.unacceptable), high=figure(params.satisfactory), rate=rate_figure(rate),
        )  # fmt: skip
