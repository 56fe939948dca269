"""The candidate pool: those among the best in several of the last years, long enough in post, never vetoed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plugins.contract import Facts, OutcomeKind, ParameterError, Parameters, Proposal, ResultsRule, Title, text
from plugins.rules.common import Who, Year, best, places_of, shown, years
from plugins.rules.tenure import since_in_post, whole_years

POOL = OutcomeKind(
    "candidate_pool",
    text("Candidate pool", "后备人选库"),
    {"included": text("included", "列入"), "deferred": text("deferred", "暂缓列入")},
)


class PoolParameters(Parameters):
    """How good, how often, how long."""

    share: Annotated[float, Title("Best share of a year, %", "年度排名靠前的比例（%）"), Field(gt=0, le=100)] = 20.0
    within: Annotated[Literal["all", "unit"], Title("Share within", "比例核定范围")] = "all"
    times: Annotated[int, Title("At least so many years", "至少几年"), Field(ge=1, le=20)] = 2
    years: Annotated[int, Title("… of the last", "最近几年内"), Field(ge=1, le=20)] = 3
    tenure: Annotated[float, Title("Least years in post", "最低任职年限（年）"), Field(ge=0)] = 2.0
    bar_vetoes: Annotated[bool, Title("No veto in these years", "期间不得有否决事项")] = True

    @model_validator(mode="after")
    def _possible(self) -> PoolParameters:
        if self.times > self.years:
            raise ParameterError(text("more years are asked for than are looked at", "要求的年数多于考察的年数"))
        return self


class CandidatePool(ResultsRule[PoolParameters]):
    """People to consider when posts are to be filled."""

    code = "candidate_pool"
    labels = text("Candidate pool", "后备人选库")
    version = "1.0"
    kinds = (POOL,)
    cites = text("Performance results application measures: selection", "绩效结果应用办法：选拔任用")
    Parameters = PoolParameters

    def propose(self, facts: Facts, params: PoolParameters) -> Iterator[Proposal]:
        end = facts.cycle.end_on
        span = range(end.year - params.years + 1, end.year + 1)
        since, results = since_in_post(facts), years(facts)
        tops = {year: _best_of(results, year, params) for year in span}
        for person in sorted(facts.people, key=lambda one: one.code):
            of = results.get(("person", person.code), {})
            reached = [year for year in span if person.code in tops[year]]
            vetoes = sum(of[year].vetoes for year in span if year in of)
            begun: date | None = since.get(person.code)
            if (
                end.year not in of
                or len(reached) < params.times
                or (params.bar_vetoes and vetoes)
                or begun is None
                or whole_years(begun, end) < params.tenure
                or (person.left_on is not None and person.left_on <= end)
            ):
                continue
            reason = text(
                "Among the best {share} % in {count} of the last {years} years ({listed}), {tenure} years in post "
                "(at least {least}), {vetoes} vetoes",
                "最近 {years} 年中有 {count} 年位于前 {share}%（{listed}），任职 {tenure} 年（不少于 {least} 年），"
                "否决事项 {vetoes} 项",
                share=shown(params.share),
                count=len(reached),
                years=params.years,
                listed=", ".join(str(year) for year in reached),
                tenure=shown(whole_years(begun, end)),
                least=shown(params.tenure),
                vetoes=vetoes,
            )
            runs = tuple(run for year in reached for run in of[year].runs)
            yield Proposal("person", person.code, "candidate_pool", "included", reason, runs)


def _best_of(results: Mapping[Who, Mapping[int, Year]], year: int, params: PoolParameters) -> set[str]:
    """The codes of the best people of a year, of everybody or of each unit."""
    groups: dict[str, dict[str, float]] = {}
    for (subject, code), of in results.items():
        result = of.get(year)
        if subject == "person" and result is not None and result.percent is not None:
            groups.setdefault(result.unit if params.within == "unit" else "*", {})[code] = result.percent
    return {code for scores in groups.values() for code in best(scores, places_of(len(scores), params.share))}
