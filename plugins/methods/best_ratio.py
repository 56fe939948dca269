"""`best_ratio`: actual against the best of the peers (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated

from plugins.contract import Across, Columns, Floats, Parameters, ScoringMethod, Text, Title, figure, text
from plugins.methods.zero_rules import quotient, quotient_in_words


class BestRatioParameters(Parameters):
    """Among whom the best is sought."""

    across: Annotated[Across, Title("Peers: ranking group or all", "比较范围：本组 group 或全部 all")] = "group"


class BestRatio(ScoringMethod[BestRatioParameters]):
    """higher: x/best; lower: best/x; zero rules of `ratio`."""

    code = "best_ratio"
    labels = text("Ratio to the best", "与最优值之比")
    version = "1.0"
    monotonic = "direction"
    Parameters = BestRatioParameters

    def compares_peers(self, params: BestRatioParameters) -> bool:
        return True

    def _best(self, columns: Columns, params: BestRatioParameters) -> Floats:
        peers = columns.peers(params.across)
        find = peers.greatest if columns.higher else peers.least
        return peers.spread(find(columns.x, columns.has_actual))

    def rate(self, columns: Columns, params: BestRatioParameters) -> Floats:
        return quotient(columns.x, self._best(columns, params), columns.higher, columns.cap)

    def explain(self, columns: Columns, params: BestRatioParameters, position: int) -> Text:
        x, best = float(columns.x[position]), float(columns.once("best", lambda: self._best(columns, params))[position])
        rate = self.rate_at(columns, params, position)
        return text(
            "Reported {x}, best of the peers {best}: {quotient}",
            "实际值 {x}，同组最优值 {best}：{quotient}",
            x=figure(x),
            best=figure(best),
            quotient=quotient_in_words(x, best, columns.higher, rate),
        )
