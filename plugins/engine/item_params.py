"""Parameters of dimensions and adjustments, typed like those of methods (scoring.md 1)."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from config.text import text
from plugins.engine.scheme import Item
from plugins.parameters import ParameterError, Parameters, Title, parse_parameters


class ItemParameters(Parameters):
    """What dimensions and adjustments share."""

    @classmethod
    def of(cls, item: Item) -> Self:
        """The parameters of an item that has been checked."""
        params = parse_parameters(cls, item.params)
        assert not isinstance(params, list)
        return params


class DimensionParameters(ItemParameters):
    """Of a dimension."""

    min_children: Annotated[int, Field(ge=1), Title("Least number of items that count", "最少有效下级项目数")] = 1


class AdjustmentParameters(ItemParameters):
    """Of a bonus or a deduction."""

    each: Annotated[float | None, Field(ge=0), Title("Marks for each occurrence", "每次分值")] = None


class VetoParameters(ItemParameters):
    """Of a veto: the best grade, and the highest total, that remain possible."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    max_grade: Annotated[str | None, Title("Best grade that remains possible", "最高等次")] = None
    max_score: Annotated[float | None, Title("Highest total that remains possible", "最高得分")] = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.max_grade is None and self.max_score is None:
            raise ParameterError(
                text("a veto must name “max_grade”, “max_score” or both", "否决项应给出“max_grade”或“max_score”")
            )
        return self
