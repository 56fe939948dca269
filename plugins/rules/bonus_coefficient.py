"""The coefficient of the annual bonus, by the annual grade or, where there is none yet, by the total."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from plugins.contract import Facts, OutcomeKind, Parameters, Proposal, ResultsRule, Text, Title, text
from plugins.rules.annual_grade import GRADES
from plugins.rules.common import Subjects, Year, shown, years

COEFFICIENT = OutcomeKind("bonus_coefficient", text("Bonus coefficient", "奖金系数"))
Factor = Annotated[float, Field(ge=0, le=10)]


class CoefficientParameters(Parameters):
    """The coefficient of each grade, and the totals that stand for a grade where none was given."""

    subjects: Annotated[Subjects, Title("For", "适用对象")] = "person"
    excellent: Annotated[Factor, Title("Excellent", "优秀")] = 1.2
    competent: Annotated[Factor, Title("Competent", "称职")] = 1.0
    basically: Annotated[Factor, Title("Basically competent", "基本称职")] = 0.0
    incompetent: Annotated[Factor, Title("Incompetent", "不称职")] = 0.0
    excellent_from: Annotated[float, Title("Excellent from, % of full marks", "优秀起点（占满分%）")] = 90.0
    competent_from: Annotated[float, Title("Competent from, % of full marks", "称职起点（占满分%）")] = 80.0
    basically_from: Annotated[float, Title("Basically competent from, %", "基本称职起点（占满分%）")] = 60.0


class BonusCoefficient(ResultsRule[CoefficientParameters]):
    """Competent or better earns the annual bonus; by default the excellent earn more of it."""

    code = "bonus_coefficient"
    labels = text("Bonus coefficient", "奖金系数")
    version = "1.0"
    kinds = (COEFFICIENT,)
    cites = text(
        "Civil-servant assessment rules (2020): annual bonus", "《公务员考核规定》（2020年修订）：年度考核奖金"
    )
    Parameters = CoefficientParameters

    def propose(self, facts: Facts, params: CoefficientParameters) -> Iterator[Proposal]:
        year = facts.cycle.end_on.year
        given = {
            (row.subject, row.code): row.value
            for row in facts.outcomes
            if row.kind == "annual_grade" and row.year == year
        }
        for (subject, code), of in sorted(years(facts).items()):
            result = of.get(year)
            if result is None or not result.current or params.subjects not in ("both", subject):
                continue
            grade = given.get((subject, code)) or _grade(result, params)
            value = _coefficient(grade, params)
            if value is not None:
                yield Proposal(
                    subject, code, "bonus_coefficient", shown(value), _reason(result, grade, value), result.runs
                )


def _grade(result: Year, params: CoefficientParameters) -> str:
    if result.percent is None:
        return "ungraded"
    for grade, least in (
        ("excellent", params.excellent_from),
        ("competent", params.competent_from),
        ("basically", params.basically_from),
    ):
        if result.percent >= least - 1e-9:
            return grade
    return "incompetent"


def _coefficient(grade: str, params: CoefficientParameters) -> float | None:
    known = {
        "excellent": params.excellent,
        "competent": params.competent,
        "basically": params.basically,
        "incompetent": params.incompetent,
    }
    return known.get(grade)


def _reason(result: Year, grade: str, value: float) -> Text:
    return text(
        "Grade of {year}: {grade}, {percent} % of full marks: coefficient {value}",
        "{year} 年度等次：{grade}，占满分 {percent}%：系数 {value}",
        year=result.year,
        grade=GRADES[grade],
        percent=shown(result.percent) if result.percent is not None else "–",
        value=shown(value),
    )
