"""`zscore`: the distance from the peers' mean in standard deviations (scoring.md 2)."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

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


class ZscoreParameters(Parameters):
    """The rate at the mean, the rate a standard deviation is worth, and which standard deviation."""

    mean_rate: Annotated[float, Title("Rate at the peers' mean", "均值处得分率")] = 0.75
    sd_rate: Annotated[float, Field(gt=0), Title("Rate of one standard deviation", "每个标准差的得分率")] = 0.1
    ddof: Annotated[
        int, Field(ge=0), Title("Degrees of freedom lost (0 population, 1 sample)", "自由度扣减（0 总体，1 样本）")
    ] = 0
    across: Annotated[Across, Title("Peers: ranking group or all", "比较范围：本组 group 或全部 all")] = "group"


class Zscore(ScoringMethod[ZscoreParameters]):
    """mean_rate + sd_rate · z; minimum = maximum, or n ≤ ddof → z = 0; lower: −z."""

    code = "zscore"
    labels = text("Standard score among peers", "标准分（Z 分数）")
    version = "1.0"
    monotonic = "direction"
    Parameters = ZscoreParameters

    def compares_peers(self, params: ZscoreParameters) -> bool:
        return True

    def _figures(self, columns: Columns, params: ZscoreParameters) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the peers, a number a group; the deviation is NaN where z is to be 0."""
        peers, chosen, x = columns.peers(params.across), columns.has_actual, columns.x
        mean, count = peers.mean(x, chosen), peers.count(chosen)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            deviation = np.sqrt(peers.total((x - peers.spread(mean)) ** 2, chosen) / (count - params.ddof))
        flat = (peers.least(x, chosen) == peers.greatest(x, chosen)) | (count <= params.ddof)
        return mean, np.where(flat, np.nan, deviation)

    def rate(self, columns: Columns, params: ZscoreParameters) -> Floats:
        peers = columns.peers(params.across)
        mean, deviation = (peers.spread(figures) for figures in self._figures(columns, params))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            z = (columns.x - mean) / deviation if columns.higher else (mean - columns.x) / deviation
            rates = params.mean_rate + params.sd_rate * z
        return np.where(columns.has_actual & np.isnan(deviation), params.mean_rate, rates)

    def explain(self, columns: Columns, params: ZscoreParameters, position: int) -> Text:
        group = columns.peers(params.across).ids[position]
        figures = columns.once("figures", lambda: self._figures(columns, params))
        mean, deviation = (float(column[group]) for column in figures)
        x, rate = float(columns.x[position]), self.rate_at(columns, params, position)
        if np.isnan(deviation):
            return text(
                "Reported {x}; the peers do not differ, so the mean's rate {rate} holds",
                "实际值 {x}；同组无差异，取均值得分率 {rate}",
                x=figure(x),
                rate=rate_figure(rate),
            )
        return text(
            "Reported {x}, peers' mean {mean}, standard deviation {sd}: {base} {sign} {step} × ({x} − {mean}) / {sd} "
            "= {rate}",
            "实际值 {x}，同组均值 {mean}，标准差 {sd}：{base} {sign} {step} × ({x} − {mean}) / {sd} = {rate}",
            x=figure(x), mean=figure(mean), sd=figure(deviation), base=rate_figure(params.mean_rate),
            sign="+" if columns.higher else "−", step=figure(params.sd_rate), rate=rate_figure(rate),
        )  # fmt: skip
