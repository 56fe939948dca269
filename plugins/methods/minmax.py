"""`minmax`: the place between the peers' minimum and maximum (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from plugins.contract import Across, Columns, Floats, Parameters, ScoringMethod, Text, Title, figure, text
from plugins.methods.span import place, place_in_words


class MinmaxParameters(Parameters):
    """Among whom minimum and maximum are sought, and on which scale."""

    across: Annotated[Across, Title("Peers: ranking group or all", "比较范围：本组 group 或全部 all")] = "group"
    log: Annotated[bool, Title("Logarithmic scale", "取对数")] = False


class Minmax(ScoringMethod[MinmaxParameters]):
    """`goalpost` with the peers' minimum and maximum; minimum = maximum → 1."""

    code = "minmax"
    labels = text("Between the peers' least and greatest", "极差标准化（同组最小值与最大值）")
    version = "1.0"
    monotonic = "direction"
    Parameters = MinmaxParameters

    def compares_peers(self, params: MinmaxParameters) -> bool:
        return True

    def _ends(self, columns: Columns, params: MinmaxParameters) -> tuple[Floats, Floats]:
        peers, chosen = columns.peers(params.across), columns.has_actual
        return peers.spread(peers.least(columns.x, chosen)), peers.spread(peers.greatest(columns.x, chosen))

    def rate(self, columns: Columns, params: MinmaxParameters) -> Floats:
        lo, hi = self._ends(columns, params)
        rates = place(columns.x, lo, hi, params.log, columns.higher)
        return np.where(columns.has_actual & (lo == hi), 1.0, rates)

    def explain(self, columns: Columns, params: MinmaxParameters, position: int) -> Text:
        lo, hi = (float(end[position]) for end in columns.once("ends", lambda: self._ends(columns, params)))
        x = float(columns.x[position])
        if lo == hi:
            return text("Reported {x}, as all peers did: 1.00", "实际值 {x}，与同组全部相同：1.00", x=figure(x))
        rate = self.rate_at(columns, params, position)
        return text(
            "Reported {x}, peers from {lo} to {hi}: {place}",
            "实际值 {x}，同组最小 {lo}、最大 {hi}：{place}",
            x=figure(x),
            lo=figure(lo),
            hi=figure(hi),
            place=place_in_words(x, lo, hi, params.log, columns.higher, rate),
        )
