"""The annual grade: by the results of the year, the excellent under a quota by unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plugins.contract import (
    Facts,
    OutcomeKind,
    ParameterError,
    Parameters,
    Proposal,
    Quota,
    ResultsRule,
    Text,
    Title,
    text,
)
from plugins.rules.common import Year, best, places_of, shown, years

GRADES: Mapping[str, Text] = {
    "excellent": text("excellent", "优秀"),
    "competent": text("competent", "称职"),
    "basically": text("basically competent", "基本称职"),
    "incompetent": text("incompetent", "不称职"),
    "ungraded": text("no grade this year", "不确定等次"),
}
GRADE = OutcomeKind("annual_grade", text("Annual grade", "年度考核等次"), GRADES)


class AnnualGradeParameters(Parameters):
    """Bands, quota and exclusions."""

    subjects: Annotated[Literal["person", "unit"], Title("For", "适用对象")] = "person"
    excellent_from: Annotated[float, Title("Excellent from, % of full marks", "优秀起点（占满分%）")] = 90.0
    competent_from: Annotated[float, Title("Competent from, % of full marks", "称职起点（占满分%）")] = 80.0
    basically_from: Annotated[float, Title("Basically competent from, %", "基本称职起点（占满分%）")] = 60.0
    quota: Annotated[
        float, Title("Excellent at most, % of a quota group", "优秀比例上限（%）"), Field(ge=0, le=100)
    ] = 20.0
    commended_quota: Annotated[
        float, Title("… of a commended unit, %", "受表扬单位的优秀比例上限（%）"), Field(ge=0, le=100)
    ] = 25.0
    quota_by: Annotated[Literal["unit", "group", "all"], Title("Quota by", "名额核定范围")] = "unit"
    bar_vetoes: Annotated[bool, Title("A veto bars excellent", "有否决事项的不得评优")] = True
    least_share: Annotated[
        float,
        Title("No grade with results in under … % of the cycles", "有结果的周期低于…%的不确定等次"),
        Field(ge=0, le=100),
    ] = 50.0

    @model_validator(mode="after")
    def _descending(self) -> AnnualGradeParameters:
        if not self.excellent_from >= self.competent_from >= self.basically_from:
            raise ParameterError(text("the grades must descend", "各等次起点应依次降低"))
        if self.subjects == "unit" and self.quota_by == "unit":
            raise ParameterError(text("units share a quota by group or all together", "对单位应按组别或全部核定名额"))
        return self


@dataclass(frozen=True, slots=True)
class _Group:
    """Those who share one quota."""

    name: str
    members: Mapping[str, Year]
    share: float

    @property
    def places(self) -> int:
        return places_of(len(self.members), self.share)


class AnnualGrade(ResultsRule[AnnualGradeParameters]):
    """Four grades; who was absent too long gets none, who was vetoed is not excellent."""

    code = "annual_grade"
    labels = text("Annual grade", "年度考核等次")
    version = "1.0"
    kinds = (GRADE,)
    cites = text("Civil-servant assessment rules (2020)", "《公务员考核规定》（2020年修订）")
    Parameters = AnnualGradeParameters

    def propose(self, facts: Facts, params: AnnualGradeParameters) -> Iterator[Proposal]:
        for group in _groups(facts, params):
            chosen = set(best(_candidates(group, params), group.places))
            for code, year in group.members.items():
                grade = "excellent" if code in chosen else _below_excellent(year, params)
                reason = _reason(group, year, grade, code, params)
                yield Proposal(params.subjects, code, "annual_grade", grade, reason, year.runs, group.name)

    def quotas(self, facts: Facts, params: AnnualGradeParameters) -> Iterator[Quota]:
        for group in _groups(facts, params):
            yield Quota("annual_grade", "excellent", group.name, group.places, len(group.members))


def _groups(facts: Facts, params: AnnualGradeParameters) -> list[_Group]:
    year = facts.cycle.end_on.year
    commended = {
        row.code
        for row in facts.outcomes
        if (row.subject, row.kind, row.value) == ("unit", "commendation", "commended") and row.year == year
    }
    members: dict[str, dict[str, Year]] = {}
    for (subject, code), of in sorted(years(facts).items()):
        result = of.get(year)
        if subject == params.subjects and result is not None and result.current:
            members.setdefault(_group_of(result, params.quota_by), {})[code] = result
    by_unit = params.quota_by == "unit"
    return [
        _Group(name, found, params.commended_quota if by_unit and name in commended else params.quota)
        for name, found in sorted(members.items())
    ]


def _group_of(year: Year, by: str) -> str:
    return {"unit": year.unit, "group": year.group}.get(by, "*") or "*"


def _is_absent(year: Year, params: AnnualGradeParameters) -> bool:
    return year.percent is None or 100.0 * year.scored / year.held < params.least_share - 1e-9


def _candidates(group: _Group, params: AnnualGradeParameters) -> dict[str, float]:
    """Who may be excellent: present, good enough, not vetoed."""
    return {
        code: year.percent
        for code, year in group.members.items()
        if year.percent is not None
        and not _is_absent(year, params)
        and year.percent >= params.excellent_from - 1e-9
        and not (params.bar_vetoes and year.vetoes)
    }


def _below_excellent(year: Year, params: AnnualGradeParameters) -> str:
    if year.percent is None or _is_absent(year, params):
        return "ungraded"
    if year.percent >= params.competent_from - 1e-9:
        return "competent"
    return "basically" if year.percent >= params.basically_from - 1e-9 else "incompetent"


def _reason(group: _Group, year: Year, grade: str, code: str, params: AnnualGradeParameters) -> Text:
    return text(
        "{percent} % of full marks over {scored} of {held} results in {year}, {vetoes} vetoes; excellent from {least} %, "
        "{places} of {of} places ({share} %) in the quota{why}: {grade}",
        "{year} 年 {held} 个周期中 {scored} 个有结果，平均占满分 {percent}%，否决事项 {vetoes} 项；优秀起点 {least}%，"
        "{of} 人中优秀名额 {places} 个（{share}%）{why}：{grade}",
        percent=shown(year.percent) if year.percent is not None else "–",
        scored=year.scored,
        held=year.held,
        year=year.year,
        vetoes=year.vetoes,
        least=shown(params.excellent_from),
        places=group.places,
        of=len(group.members),
        share=shown(group.share),
        why=_why(year, grade, code, group, params),
        grade=GRADES[grade],
    )


def _why(year: Year, grade: str, code: str, group: _Group, params: AnnualGradeParameters) -> Text:
    """What kept somebody from a grade that the total alone would give."""
    good = year.percent is not None and year.percent >= params.excellent_from - 1e-9
    if grade == "ungraded":
        return text(" (absent too long)", "（缺少结果的周期过多）")
    if good and params.bar_vetoes and year.vetoes:
        return text(" (barred by a veto)", "（因否决事项不得评优）")
    if good and grade != "excellent" and code in _candidates(group, params):
        return text(" (the places went to better totals)", "（名额已由总分更高者取得）")
    return text("", "")
