"""`ratio`: actual against target (scoring.md 2)."""

from __future__ import annotations

from plugins.contract import Columns, Floats, Parameters, ScoringMethod, Text, figure, text
from plugins.methods.zero_rules import quotient, quotient_in_words


class Ratio(ScoringMethod[Parameters]):
    """higher: x/t; lower: t/x; with the zero rules."""

    code = "ratio"
    labels = text("Ratio to the target", "完成率（实际值与目标值之比）")
    version = "1.0"
    monotonic = "direction"
    needs = ("actual", "target")

    def rate(self, columns: Columns, params: Parameters) -> Floats:
        return quotient(columns.x, columns.t, columns.higher, columns.cap)

    def explain(self, columns: Columns, params: Parameters, position: int) -> Text:
        x, t = float(columns.x[position]), float(columns.t[position])
        rate = self.rate_at(columns, params, position)
        return text(
            "Reported {x}, target {t}: {quotient}",
            "实际值 {x}，目标值 {t}：{quotient}",
            x=figure(x),
            t=figure(t),
            quotient=quotient_in_words(x, t, columns.higher, rate),
        )
