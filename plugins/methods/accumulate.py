"""`accumulate`: so many marks for each occurrence (scoring.md 2)."""

from __future__ import annotations

from plugins.contract import Columns, Example, Floats, ScoringMethod, Text, figure, rate_figure, text
from plugins.methods.occurrences import OccurrenceParameters


class Accumulate(ScoringMethod[OccurrenceParameters]):
    """x·each/marks.  A count that nobody entered is missing, not 0."""

    code = "accumulate"
    labels = text("Accumulate for each occurrence", "逐次加分累计")
    version = "1.0"
    monotonic = "higher"
    example = Example({"each": 2})
    Parameters = OccurrenceParameters

    def rate(self, columns: Columns, params: OccurrenceParameters) -> Floats:
        rates: Floats = columns.x * params.each / columns.marks
        return rates

    def explain(self, columns: Columns, params: OccurrenceParameters, position: int) -> Text:
        rate = self.rate_at(columns, params, position)
        return text(
            "{x} occurrences: {x} × {each} / {marks} = {rate}",
            "发生 {x} 次：{x} × {each} / {marks} = {rate}",
            x=figure(float(columns.x[position])),
            marks=figure(columns.marks),
            each=figure(params.each),
            rate=rate_figure(rate),
        )
