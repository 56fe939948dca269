"""The public contract: what a plugin is.  Built-in and third-party plugins use nothing but this module,
and `plugins.formula` where they read the language of formulas.

A plugin is a small class with a `code`, `labels`, a `version`, a typed `Parameters` model, one vectorized function
over columns and a sentence that explains a result with its numbers.  `plugins/README.md` writes one in ten minutes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic

import numpy as np

from config.text import Text, text
from plugins.arrays import Bools, Floats, Ints
from plugins.columns import Columns, PanelRatings, Table
from plugins.grouping import Grouping
from plugins.numbers import date_figure, figure, key_of, rate_figure, round_half_away, twelve_digits
from plugins.outcomes import (
    AppointmentRow,
    CycleFacts,
    Facts,
    Frame,
    Indicators,
    OutcomeKind,
    OutcomeRow,
    PersonRow,
    PostRow,
    Proposal,
    Quota,
    ResultRow,
    UnitRow,
)
from plugins.parameters import Across, P, ParameterError, ParameterProblem, Parameters, Title

__all__ = [
    "API_VERSION",
    "NEED_WORDS",
    "Across",
    "Aggregate",
    "AppointmentRow",
    "Bools",
    "Cause",
    "Columns",
    "CycleFacts",
    "Example",
    "Facts",
    "Floats",
    "Frame",
    "Grouping",
    "Indicators",
    "Ints",
    "ItemFacts",
    "OutcomeKind",
    "OutcomeRow",
    "PanelRatings",
    "ParameterError",
    "ParameterProblem",
    "Parameters",
    "PersonRow",
    "PostRow",
    "Proposal",
    "Quota",
    "ResultRow",
    "ResultsRule",
    "ScoringMethod",
    "Table",
    "Text",
    "Title",
    "UnitRow",
    "date_figure",
    "figure",
    "key_of",
    "rate_figure",
    "round_half_away",
    "text",
    "twelve_digits",
]  # fmt: skip

API_VERSION = 1
"""Raised when a plugin written for an earlier contract could compute something else or fail."""

NEED_WORDS = {
    "actual": text("no actual value", "缺少实际值"),
    "target": text("no target value", "缺少目标值"),
    "baseline": text("no baseline value", "缺少基期值"),
    "ratings": text("too few ratings", "评价人数不足"),
    "linked": text("no published score to link to", "没有可引用的已公布得分"),
}
NOT_COMPUTED = text("the rate cannot be computed from these values", "用这些数值无法计算得分率")


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a method may check an item for besides its own parameters; None = not given."""

    direction: str | None
    value_type: str | None
    table: Sequence[tuple[float | str, float]]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why rates are missing: the positions, the sentence, and which value nobody entered ('' = not computable)."""

    positions: Ints
    why: Text
    need: str


@dataclass(frozen=True, slots=True)
class Example:
    """Parameters as a scheme writes them, and a table, that a method accepts."""

    params: Mapping[str, str | float] = field(default_factory=dict)
    table: tuple[tuple[float | str, float], ...] = ()


class ScoringMethod(ABC, Generic[P]):
    """Turns the values of one indicator into rates (1 = full marks).

    `code`, `labels`, `version`: identity; the version is recorded with every run.
    `Parameters`: the typed parameter model.  `table`: the table that an item needs (`points`, `ranks`, `options`; ''
    none).
    `needs`: values without which a rate is missing (`actual`, `target`, `baseline`, `ratings`, `linked`).
    `monotonic`: which actual values of a participant (numbers ≥ 0) never lower its rate, everything else equal:
    better ones by the item's `direction`, `higher` ones, `lower` ones; '' = that depends.
    `example`: parameters and table (x, rate) that make sense: what the self-check computes with.
    """

    api_version: ClassVar[int] = API_VERSION
    code: ClassVar[str]
    labels: ClassVar[Text]
    version: ClassVar[str]
    Parameters: ClassVar[type[Parameters]] = Parameters
    table: ClassVar[str] = ""
    needs: ClassVar[tuple[str, ...]] = ("actual",)
    monotonic: ClassVar[str] = ""
    example: ClassVar[Example] = Example()

    def compares_peers(self, params: P) -> bool:
        """Whether a rate depends on other participants' values."""
        return False

    def check(self, params: P, item: ItemFacts) -> Iterator[ParameterProblem]:
        """What makes no sense in the item's table, direction or value type together with the parameters."""
        return iter(())

    @abstractmethod
    def rate(self, columns: Columns, params: P) -> Floats:
        """The rates, float64[n], before they are clipped; NaN = missing.  Never raises for any column of numbers."""

    @abstractmethod
    def explain(self, columns: Columns, params: P, position: int) -> Text:
        """One sentence on the rate at `position` (which is not missing), with the actual numbers."""

    def rate_at(self, columns: Columns, params: P, position: int) -> float:
        """The rate at one position, for `explain`; the column is computed once."""
        return float(columns.once("rate", lambda: self.rate(columns, params))[position])

    def causes(self, columns: Columns, params: P, positions: Ints) -> Iterator[Cause]:
        """Why the rates at `positions` are missing, each position once."""
        rest = positions
        for need in self.needs:
            blank = _blank(columns, need)
            if blank is not None:
                yield Cause(rest[blank[rest]], NEED_WORDS[need], need)
                rest = rest[~blank[rest]]
            else:
                yield Cause(rest, NEED_WORDS[need], need)
                return
        yield Cause(rest, NOT_COMPUTED, "")


def _blank(columns: Columns, need: str) -> Bools | None:
    """Where a value was not entered; None when the missing rate itself says that it was not."""
    if need == "actual" and columns.options:
        return np.array([not option for option in columns.options]) & ~columns.has_actual
    values = {"actual": columns.x, "target": columns.t, "baseline": columns.baseline}.get(need)
    return None if values is None else np.isnan(values)


class Aggregate(ABC):
    """Combines the rates of a dimension's children into the dimension's rate (scoring.md 1)."""

    api_version: ClassVar[int] = API_VERSION
    code: ClassVar[str]
    labels: ClassVar[Text]
    version: ClassVar[str]

    @abstractmethod
    def combine(self, rates: Sequence[Floats], weights: Sequence[float], present: Sequence[Bools]) -> Floats:
        """The aggregate, float64[n], of k children given in the order of their codes.

        `rates[i]`: float64[n]; `weights[i]` > 0; `present[i]`: bool[n], whether the child counts for a participant
        (its rate is NaN where not).  Where no child counts the result may be anything: the engine drops it.
        """

    @abstractmethod
    def explain(self, rates: Sequence[float], weights: Sequence[float]) -> Text:
        """The arithmetic for one participant, over the children that count, with the numbers."""


AnyMethod = ScoringMethod[Any]


class ResultsRule(ABC, Generic[P]):
    """Turns published results into proposed outcomes, which the personnel office reviews.

    `code`, `labels`, `version`: identity; the version is kept with every outcome.  `kinds`: what it may propose.
    `cites`: the rule that its outcomes rest on, unless a clause is named where it is bound to a cycle.
    `Parameters`: every number of the rule, each with a default, so that a rule can be bound as it is.
    """

    api_version: ClassVar[int] = API_VERSION
    code: ClassVar[str]
    labels: ClassVar[Text]
    version: ClassVar[str]
    kinds: ClassVar[tuple[OutcomeKind, ...]]
    cites: ClassVar[Text]
    Parameters: ClassVar[type[Parameters]] = Parameters

    @abstractmethod
    def propose(self, facts: Facts, params: P) -> Iterator[Proposal]:
        """The outcomes, each subject and kind once; the same whatever the order of the rows.  Never raises."""

    def quotas(self, facts: Facts, params: P) -> Iterator[Quota]:
        """How many of a group may have a value; nothing when the rule knows no quota."""
        return iter(())


AnyRule = ResultsRule[Any]
