"""`formula`: an expression of the scheme's own (scoring.md 2 and 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from plugins.contract import (
    NEED_WORDS,
    Across,
    Cause,
    Columns,
    Example,
    Floats,
    Ints,
    ParameterError,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    figure,
    rate_figure,
    text,
)
from plugins.formula import (
    OPERAND_MISSING,
    OVERFLOW,
    REASONS,
    RESERVED,
    Computed,
    Formula,
    FormulaError,
    compile_expression,
)

VALUES = ("x", "t", "baseline", "weight")
PEERS = ("peers_mean", "peers_min", "peers_max", "peers_sum", "peers_count")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_NEEDS = {"x": "actual", "t": "target", "baseline": "baseline"}


class FormulaParameters(Parameters):
    """The expression, what it yields, and any further constants as `name=number`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float] = Field(init=False)

    expression: Annotated[str, Title("Expression", "公式")]
    yields: Annotated[Literal["rate", "points"], Title("The result is a rate or points", "结果为得分率或分值")] = "rate"
    across: Annotated[Across, Title("Peers: ranking group or all", "比较范围：本组 group 或全部 all")] = "group"

    @property
    def constants(self) -> dict[str, float]:
        """The item's own constants."""
        return dict(self.__pydantic_extra__ or {})

    @property
    def compiled(self) -> Formula:
        """The expression, parsed; raises FormulaError for one that is refused."""
        return compile_expression(self.expression, frozenset((*VALUES, *PEERS, *self.constants)))

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        for name in self.constants:
            if not _NAME.match(name) or name in {*VALUES, *PEERS, *RESERVED}:
                raise ParameterError(text("“{name}” cannot name a constant", "“{name}”不能用作常量名", name=name[:60]))
        try:
            _ = self.compiled
        except FormulaError as error:
            raise ParameterError(text("expression, {why}", "公式{why}", why=error.why)) from None
        return self


class FormulaMethod(ScoringMethod[FormulaParameters]):
    """The expression over x, t, baseline, weight (the item's marks), the peers' figures and the constants."""

    code = "formula"
    labels = text("Formula", "自定义公式")
    version = "1.0"
    example = Example({"expression": "if(missing(t), x / peers_max, x / t)"})
    Parameters = FormulaParameters
    needs = ()

    def compares_peers(self, params: FormulaParameters) -> bool:
        return any(name in PEERS for name in params.compiled.names)

    def _values(self, columns: Columns, params: FormulaParameters) -> dict[str, Any]:
        """The value of every name the formula uses; no peer: count and sum 0, the other figures missing."""
        peers, chosen = columns.peers(params.across), columns.has_actual
        find: dict[str, Callable[[], Floats | float]] = {
            "x": lambda: columns.x,
            "t": lambda: columns.t,
            "baseline": lambda: columns.baseline,
            "weight": lambda: columns.marks,
            "peers_mean": lambda: peers.spread(peers.mean(columns.x, chosen)),
            "peers_min": lambda: peers.spread(peers.least(columns.x, chosen)),
            "peers_max": lambda: peers.spread(peers.greatest(columns.x, chosen)),
            "peers_sum": lambda: peers.spread(peers.total(columns.x, chosen)),
            "peers_count": lambda: peers.spread(peers.count(chosen)),
        }
        constants = params.constants
        return {name: constants[name] if name in constants else find[name]() for name in params.compiled.names}

    def _compute(self, columns: Columns, params: FormulaParameters) -> Computed:
        return params.compiled.compute(self._values(columns, params), len(columns))

    def rate(self, columns: Columns, params: FormulaParameters) -> Floats:
        values = self._compute(columns, params).values
        return values / columns.marks if params.yields == "points" else values

    def causes(self, columns: Columns, params: FormulaParameters, positions: Ints) -> Iterator[Cause]:
        reason = self._compute(columns, params).reason[positions]
        blank = positions[reason == OPERAND_MISSING]
        values = self._values(columns, params)
        for name, need in _NEEDS.items():
            if name in values:
                empty = np.isnan(values[name][blank])
                yield Cause(blank[empty], NEED_WORDS[need], need)
                blank = blank[~empty]
        yield Cause(blank, REASONS[OPERAND_MISSING], "actual")
        for code, why in REASONS.items():
            if code != OPERAND_MISSING:
                yield Cause(positions[reason == code], why, "")
        yield Cause(positions[reason == 0], REASONS[OVERFLOW], "")

    def explain(self, columns: Columns, params: FormulaParameters, position: int) -> Text:
        result = float(columns.once("result", lambda: self._compute(columns, params)).values[position])
        values = columns.once("values", lambda: self._values(columns, params))
        listed = ", ".join(
            f"{name} = {figure(float(value[position] if isinstance(value, np.ndarray) else value))}"
            for name, value in sorted(values.items())
        )
        if params.yields == "points":
            return text(
                "{expression} with {listed} gives {result} of {marks} marks: {rate}",
                "{expression}，其中 {listed}，得 {result} 分（满分 {marks}）：{rate}",
                expression=params.expression,
                listed=listed or "–",
                result=figure(result),
                marks=figure(columns.marks),
                rate=rate_figure(result / columns.marks),
            )
        return text(
            "{expression} with {listed} = {rate}",
            "{expression}，其中 {listed}，= {rate}",
            expression=params.expression,
            listed=listed or "–",
            rate=rate_figure(result),
        )
