"""`linked`: a score already published, of the unit or of earlier cycles (scoring.md 2)."""

from __future__ import annotations

import re
from typing import Annotated, Self

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from plugins.contract import (
    Columns,
    Example,
    Floats,
    ParameterError,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    key_of,
    rate_figure,
    text,
)

_SEPARATOR = re.compile(r"[,，、|]")


class LinkedParameters(Parameters):
    """`from`: `unit`, or the codes of earlier cycles with commas; `weights`: a number for each (blank: mean)."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    source: Annotated[
        str, Field(alias="from", min_length=1), Title("unit, or earlier cycles", "来源：unit 或以往周期代码")
    ]
    weights: Annotated[str, Title("Weights of the cycles", "各周期权重")] = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources, one code each."""
        return tuple(key_of(part) for part in _SEPARATOR.split(self.source) if part.strip())

    @property
    def numbers(self) -> tuple[float, ...]:
        """The weight of each source; all 1 when none are given."""
        parts = [part for part in _SEPARATOR.split(self.weights) if part.strip()]
        return tuple(float(part) for part in parts) if parts else (1.0,) * len(self.sources)

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if not self.sources or len(set(self.sources)) < len(self.sources):
            raise ParameterError(text("“from” must name sources, each once", "“from”应列出来源，且不得重复"))
        try:
            fine = len(self.numbers) == len(self.sources) and all(0 < w < float("inf") for w in self.numbers)
        except ValueError:
            fine = False
        if not fine:
            raise ParameterError(
                text(
                    "“weights” must give a number above 0 for each of the {count} sources",
                    "“weights”应为 {count} 个来源各给出一个大于 0 的数",
                    count=len(self.sources),
                )
            )
        return self


class Linked(ScoringMethod[LinkedParameters]):
    """The published rate of the unit, or the (weighted) mean of the rates of the named cycles; all of them needed."""

    code = "linked"
    labels = text("Linked to a published score", "引用已公布得分")
    version = "1.0"
    example = Example({"from": "unit"})
    Parameters = LinkedParameters
    needs = ("linked",)

    def _rates(self, columns: Columns, params: LinkedParameters) -> list[Floats]:
        nothing = np.full(len(columns), np.nan)
        return [columns.linked.get(source, nothing) for source in params.sources]

    def rate(self, columns: Columns, params: LinkedParameters) -> Floats:
        total = np.zeros(len(columns))
        for rates, weight in zip(self._rates(columns, params), params.numbers, strict=True):
            total = total + weight * rates
        return total / sum(params.numbers)

    def explain(self, columns: Columns, params: LinkedParameters, position: int) -> Text:
        rate = rate_figure(self.rate_at(columns, params, position))
        parts = [rate_figure(float(rates[position])) for rates in self._rates(columns, params)]
        if len(parts) == 1:
            return text(
                "Published rate of {source}: {rate}",
                "引用 {source} 已公布的得分率：{rate}",
                source=params.sources[0],
                rate=rate,
            )
        listed = ", ".join(f"{source} {part}" for source, part in zip(params.sources, parts, strict=True))
        if len(set(params.numbers)) == 1:
            return text(
                "Mean of the published rates ({listed}) = {rate}",
                "已公布得分率的平均值（{listed}）= {rate}",
                listed=listed,
                rate=rate,
            )
        weights = ", ".join(f"{number:g}" for number in params.numbers)
        return text(
            "Mean of the published rates ({listed}) by the weights {weights} = {rate}",
            "已公布得分率（{listed}）按权重 {weights} 的加权平均值 = {rate}",
            listed=listed,
            weights=weights,
            rate=rate,
        )
