"""Rotation: those long in one post, and those whose results stay low in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from plugins.contract import Facts, OutcomeKind, ParameterError, Parameters, Proposal, ResultsRule, Title, text
from plugins.rules.common import Year, shown, years
from plugins.rules.tenure import posts_held, whole_years

ROTATION = OutcomeKind(
    "rotation",
    text("Rotation", "轮岗交流"),
    {
        "due": text("rotation due", "应当轮岗"),
        "possible": text("rotation advisable", "建议轮岗"),
        "adjust": text("adjustment of the post", "调整岗位"),
        "stays": text("stays", "暂不轮岗"),
    },
)


class RotationParameters(Parameters):
    """Years in post, and results."""

    advisable: Annotated[float, Title("Advisable after … years in post", "任职满几年建议轮岗"), Field(ge=0)] = 5.0
    due: Annotated[float, Title("Due after … years in post", "任职满几年应当轮岗"), Field(ge=0)] = 10.0
    least: Annotated[
        float,
        Title("Advisable only with a mean total of … % or more", "建议轮岗的平均总分下限（占满分%）"),
        Field(ge=0),
    ] = 80.0
    low: Annotated[float, Title("Low: total below … % of full marks", "总分偏低的界限（占满分%）"), Field(ge=0)] = 60.0
    low_years: Annotated[int, Title("Adjustment after … low years in a row", "连续几年偏低调整岗位"), Field(ge=1)] = 2

    @model_validator(mode="after")
    def _ordered(self) -> RotationParameters:
        if self.advisable > self.due:
            raise ParameterError(text("advisable comes before due", "建议轮岗的年限不应长于应当轮岗的年限"))
        return self


class Rotation(ResultsRule[RotationParameters]):
    """Years in post first, then what the results of the last years say."""

    code = "rotation"
    labels = text("Rotation", "轮岗交流")
    version = "1.0"
    kinds = (ROTATION,)
    cites = text("Performance results application measures: rotation", "绩效结果应用办法：轮岗交流")
    Parameters = RotationParameters

    def propose(self, facts: Facts, params: RotationParameters) -> Iterator[Proposal]:
        results, held = years(facts), posts_held(facts)
        posts = {post.code: post.name for post in facts.posts}
        for person in sorted(held):
            of, appointment = results.get(("person", person), {}), held[person]
            current = of.get(facts.cycle.end_on.year)
            if current is None or not current.current:
                continue
            tenure, low = whole_years(appointment.start_on, facts.cycle.end_on), _low_in_a_row(of, current.year, params)
            percents = [year.percent for year in of.values() if year.percent is not None]
            mean = sum(percents) / len(percents) if percents else 0.0
            value = _value(tenure, low, mean, params)
            if value is None:
                continue
            reason = text(
                "{tenure} years in the post {post} (advisable after {advisable}, due after {due}); mean total {mean} % over "
                "{count} years, {low} years in a row below {limit} %",
                "在“{post}”岗位任职 {tenure} 年（满 {advisable} 年建议、满 {due} 年应当轮岗）；{count} 年平均总分占满分 {mean}%，"
                "连续 {low} 年低于 {limit}%",
                tenure=shown(tenure),
                post=posts.get(appointment.post, appointment.post),
                advisable=shown(params.advisable),
                due=shown(params.due),
                mean=shown(mean),
                count=len(percents),
                low=low,
                limit=shown(params.low),
            )
            yield Proposal("person", person, "rotation", value, reason, current.runs)


def _value(tenure: float, low: int, mean: float, params: RotationParameters) -> str | None:
    if low >= params.low_years:
        return "adjust"
    if tenure >= params.due:
        return "due"
    return "possible" if tenure >= params.advisable and mean >= params.least - 1e-9 else None


def _low_in_a_row(of: dict[int, Year], last: int, params: RotationParameters) -> int:
    count = 0
    while (year := of.get(last - count)) is not None and year.percent is not None and year.percent < params.low - 1e-9:
        count += 1
    return count
