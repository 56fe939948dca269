"""The same annual grade several years in a row: a merit, or the start of a dismissal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from plugins.contract import Facts, OutcomeKind, Parameters, Proposal, ResultsRule, Title, text
from plugins.rules.annual_grade import GRADES

CONSECUTIVE = OutcomeKind(
    "consecutive",
    text("Years in a row", "连续年度结果"),
    {
        "merit": text("third-class merit", "记三等功"),
        "dismissal": text("dismissal procedure", "启动辞退程序"),
        "none": text("no consequence", "不作处理"),
    },
)


class ConsecutiveParameters(Parameters):
    """How many years it takes."""

    merit_years: Annotated[int, Title("Years excellent for a merit", "连续优秀几年记功"), Field(ge=1, le=20)] = 3
    dismissal_years: Annotated[
        int, Title("Years incompetent for a dismissal", "连续不称职几年辞退"), Field(ge=1, le=20)
    ] = 2
    start_again: Annotated[bool, Title("Count anew after a merit", "记功后重新计算")] = True


class Consecutive(ResultsRule[ConsecutiveParameters]):
    """Counts the annual grades that stand, this year's proposal included; bind it after the annual grade."""

    code = "consecutive"
    labels = text("Years in a row", "连续年度结果")
    version = "1.0"
    kinds = (CONSECUTIVE,)
    cites = text("Civil-servant assessment rules (2020)", "《公务员考核规定》（2020年修订）")
    Parameters = ConsecutiveParameters

    def propose(self, facts: Facts, params: ConsecutiveParameters) -> Iterator[Proposal]:
        last = facts.cycle.end_on.year
        merits = {(row.code, row.year) for row in facts.outcomes if (row.kind, row.value) == ("consecutive", "merit")}
        graded = facts.outcomes.where(lambda row: row.kind == "annual_grade" and row.subject == "person")
        for code, rows in sorted(graded.by(lambda row: row.code).items()):
            grades = {row.year: row.value for row in rows}
            grade = grades.get(last, "")
            wanted = {"excellent": params.merit_years, "incompetent": params.dismissal_years}.get(grade)
            if wanted is None:
                continue
            count = 0
            while grades.get(last - count) == grade and not (
                params.start_again and grade == "excellent" and count and (code, last - count) in merits
            ):
                count += 1
            if count < wanted:
                continue
            reason = text(
                "{grade} for {count} years in a row, {first} to {last}; {wanted} are needed",
                "{first} 年至 {last} 年连续 {count} 年为{grade}，达到规定的 {wanted} 年",
                grade=GRADES[grade],
                count=count,
                first=last - count + 1,
                last=last,
                wanted=wanted,
            )
            runs = tuple(sorted({run for row in rows if row.year > last - count for run in row.runs}))
            value = "merit" if grade == "excellent" else "dismissal"
            yield Proposal("person", code, "consecutive", value, reason, runs)
