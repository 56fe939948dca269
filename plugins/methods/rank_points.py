"""`rank_points`: the rate listed for the rank among peers (scoring.md 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np

from plugins.contract import (
    Across,
    Columns,
    Example,
    Floats,
    ItemFacts,
    ParameterProblem,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    figure,
    rate_figure,
    text,
)


class RankPointsParameters(Parameters):
    """Among whom the rank is taken."""

    across: Annotated[Across, Title("Peers: ranking group or all", "比较范围：本组 group 或全部 all")] = "group"


class RankPoints(ScoringMethod[RankPointsParameters]):
    """The rate listed for this competition rank; past the list → the last."""

    code = "rank_points"
    labels = text("Points by rank", "按名次计分")
    version = "1.0"
    example = Example(table=((1, 1.0), (2, 0.8), (3, 0.5)))
    Parameters = RankPointsParameters
    table = "ranks"

    def compares_peers(self, params: RankPointsParameters) -> bool:
        return True

    def check(self, params: RankPointsParameters, item: ItemFacts) -> Iterator[ParameterProblem]:
        ranks = sorted(x for x, _ in item.table if isinstance(x, int | float))
        if ranks != list(range(1, len(item.table) + 1)):
            yield ParameterProblem(
                None,
                text(
                    "the table must list the ranks 1, 2, 3 … without gaps", "名次表应依次列出名次 1、2、3……，不得间断"
                ),
                "table",
            )

    def _ranks(self, columns: Columns, params: RankPointsParameters) -> Floats:
        first, _ = columns.peers(params.across).ranks(columns.x, columns.has_actual, columns.higher)
        return first

    def rate(self, columns: Columns, params: RankPointsParameters) -> Floats:
        ranks = self._ranks(columns, params)
        listed = np.minimum(np.where(np.isnan(ranks), 1, ranks), len(columns.table.rates)).astype(np.int64)
        return np.where(np.isnan(ranks), np.nan, columns.table.rates[listed - 1])

    def explain(self, columns: Columns, params: RankPointsParameters, position: int) -> Text:
        rank = float(columns.once("ranks", lambda: self._ranks(columns, params))[position])
        rate = rate_figure(self.rate_at(columns, params, position))
        x = figure(float(columns.x[position]))
        if rank > len(columns.table.rates):
            return text(
                "Reported {x}, rank {rank}: past the list, so the last rate {rate}",
                "实际值 {x}，第 {rank} 名：超出名次表，取最后一档 {rate}",
                x=x,
                rank=figure(rank),
                rate=rate,
            )
        return text(
            "Reported {x}, rank {rank}: the listed rate {rate}",
            "实际值 {x}，第 {rank} 名：对应得分率 {rate}",
            x=x,
            rank=figure(rank),
            rate=rate,
        )
