"""`percentile`: the share of peers that one is ahead of (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from plugins.contract import (
    Across,
    Columns,
    Floats,
    Parameters,
    ScoringMethod,
    Text,
    Title,
    figure,
    rate_figure,
    text,
)


class PercentileParameters(Parameters):
    """Among whom the rank is taken."""

    across: Annotated[Across, Title("Peers: ranking group or all", "比较范围：本组 group 或全部 all")] = "group"


class Percentile(ScoringMethod[PercentileParameters]):
    """(n − rank) / (n − 1), mean rank for ties; n = 1 → 1."""

    code = "percentile"
    labels = text("Percentile rank among peers", "百分位排名")
    version = "1.0"
    monotonic = "direction"
    Parameters = PercentileParameters

    def compares_peers(self, params: PercentileParameters) -> bool:
        return True

    def _figures(self, columns: Columns, params: PercentileParameters) -> tuple[Floats, Floats]:
        peers, chosen = columns.peers(params.across), columns.has_actual
        first, last = peers.ranks(columns.x, chosen, columns.higher)
        return peers.spread(peers.count(chosen)), (first + last) / 2

    def rate(self, columns: Columns, params: PercentileParameters) -> Floats:
        count, rank = self._figures(columns, params)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(columns.has_actual & (count == 1), 1.0, (count - rank) / (count - 1))

    def explain(self, columns: Columns, params: PercentileParameters, position: int) -> Text:
        figures = columns.once("figures", lambda: self._figures(columns, params))
        count, rank = (float(column[position]) for column in figures)
        x = figure(float(columns.x[position]))
        if count == 1:
            return text("Reported {x}, with no other peer: 1.00", "实际值 {x}，无其他可比对象：1.00", x=x)
        rate = self.rate_at(columns, params, position)
        return text(
            "Reported {x}, rank {rank} of {n}: ({n} − {rank}) / ({n} − 1) = {rate}",
            "实际值 {x}，第 {rank} 名（共 {n}）：({n} − {rank}) / ({n} − 1) = {rate}",
            x=x, rank=figure(rank), n=figure(count), rate=rate_figure(rate),
        )  # fmt: skip
