"""Ballot rules (scoring.md 3): what holds over all ratings that one rater gives in a group, such as
`max 3 >= 90; min 2 < 70` (at most 3 of 90 or more, at least 2 below 70)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from config.text import Text, text
from plugins.arrays import Bools, Floats, Ints

_CLAUSE = re.compile(r"(max|min)\s+(\d{1,6})\s*(>=|<=|==|=|>|<|≥|≤)\s*(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_COMPARE: dict[str, Callable[[Floats, float], Bools]] = {
    ">=": np.greater_equal,
    "≥": np.greater_equal,
    "<=": np.less_equal,
    "≤": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
    "==": np.equal,
}


@dataclass(frozen=True, slots=True)
class BallotClause:
    """At most (`most`) or at least `count` of a rater's scores `operator` `bound`."""

    most: bool
    count: int
    operator: str
    bound: float

    def broken(self, scores: Floats, ballots: Ints, how_many: int) -> Bools:
        """Which of `how_many` ballots break it; `ballots` numbers the ballot of each score."""
        hits = np.bincount(ballots, _COMPARE[self.operator](scores, self.bound), how_many)
        return np.greater(hits, self.count) if self.most else np.less(hits, self.count)


def parse_ballot_rule(rule: str | None) -> tuple[BallotClause, ...] | Text:
    """The clauses of a rule (none for a blank one), or what is wrong with it."""
    clauses: list[BallotClause] = []
    for part in re.split("[;；]", rule or ""):
        if not part.strip():
            continue
        match = _CLAUSE.fullmatch(part.strip())
        if match is None:
            return text(
                "“{part}” is no ballot rule; one reads: max 3 >= 90; min 2 < 70",
                "“{part}”不是有效的评分规则；示例：max 3 >= 90; min 2 < 70",
                part=part.strip()[:60],
            )
        kind, count, operator, bound = match.groups()
        clauses.append(BallotClause(kind.lower() == "max", int(count), operator, float(bound)))
    return tuple(clauses)
