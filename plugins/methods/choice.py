"""`choice`: the rate listed for the chosen option (scoring.md 2)."""

from __future__ import annotations

import numpy as np

from plugins.contract import Columns, Example, Floats, Parameters, ScoringMethod, Text, key_of, rate_figure, text


class Choice(ScoringMethod[Parameters]):
    """The rate of the option; numeric values (a rating of 3, yes as 1) match options written as numbers."""

    code = "choice"
    labels = text("Choice from a list", "选项计分")
    version = "1.0"
    example = Example(table=((1, 1.0), (2, 0.8), (3, 0.5)))
    table = "options"

    def _keys(self, columns: Columns) -> list[str]:
        if columns.options:
            known = {option: key_of(option) for option in set(columns.options)}
            return [known[option] for option in columns.options]
        return ["" if np.isnan(x) else key_of(float(x)) for x in columns.x]

    def rate(self, columns: Columns, params: Parameters) -> Floats:
        listed = dict(zip(columns.table.keys, columns.table.rates.tolist(), strict=True))
        return np.array([listed.get(key, np.nan) if key else np.nan for key in self._keys(columns)], dtype=np.float64)

    def explain(self, columns: Columns, params: Parameters, position: int) -> Text:
        rate = rate_figure(self.rate_at(columns, params, position))
        return text(
            "Chosen “{option}”: the listed rate {rate}",
            "选项“{option}”：对应得分率 {rate}",
            option=columns.once("keys", lambda: self._keys(columns))[position],
            rate=rate,
        )
