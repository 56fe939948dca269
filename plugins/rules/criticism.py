"""Criticism of poor results, with the accountability that it starts for whoever leads the unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from plugins.contract import Facts, Frame, OutcomeKind, Parameters, Proposal, ResultRow, ResultsRule, Text, Title, text
from plugins.rules.common import Subjects, leaders, shown, wanted

CRITICISM = OutcomeKind(
    "criticism",
    text("Criticism", "通报批评"),
    {"criticised": text("criticised", "予以批评"), "reminded": text("reminded", "予以提醒")},
)
ACCOUNTABILITY = OutcomeKind(
    "accountability",
    text("Accountability", "责任追究"),
    {
        "interview": text("admonitory interview", "约谈提醒"),
        "admonition": text("admonition", "诫勉"),
        "inquiry": text("inquiry opened", "启动问责"),
    },
)


STEPS = tuple(ACCOUNTABILITY.values)
"""The steps of accountability, the mildest first."""


class CriticismParameters(Parameters):
    """Who is criticised, and from when on it is held against the leader."""

    subjects: Annotated[Subjects, Title("For", "适用对象")] = "both"
    below: Annotated[float, Title("Total below, % of full marks", "总分低于（占满分%）"), Field(ge=0)] = 60.0
    on_veto: Annotated[bool, Title("Also with a veto", "有否决事项的也予批评")] = True
    admonish_after: Annotated[int, Title("Admonition after … cycles in a row", "连续几个周期起诫勉"), Field(ge=1)] = 2
    inquire_after: Annotated[int, Title("Inquiry after … cycles in a row", "连续几个周期起问责"), Field(ge=1)] = 3


class Criticism(ResultsRule[CriticismParameters]):
    """Units and people whose result is poor; a unit's leader answers for it, the more so the longer it lasts."""

    code = "criticism"
    labels = text("Criticism and accountability", "通报批评与责任追究")
    version = "1.0"
    kinds = (CRITICISM, ACCOUNTABILITY)
    cites = text("Performance results application measures: criticism", "绩效结果应用办法：通报批评")
    Parameters = CriticismParameters

    def propose(self, facts: Facts, params: CriticismParameters) -> Iterator[Proposal]:
        lead, started = leaders(facts), dict[str, Proposal]()
        history, done = facts.results.by(_series), set[tuple[str, str]]()
        for row in wanted(facts.current, params.subjects):
            if (row.subject, row.code) in done or not _is_poor(row, params):
                continue
            done.add((row.subject, row.code))
            run_of_bad = _in_a_row(history[_series(row)], params)
            reason = _reason(row, params)
            yield Proposal(row.subject, row.code, "criticism", "criticised", reason, (row.run,))
            if row.subject == "unit" and row.code in lead:
                person, value = lead[row.code], _step(run_of_bad, params)
                one = _accountability(person, value, row, run_of_bad, reason)
                # Who leads several units answers for the worst of them.
                if person not in started or STEPS.index(value) > STEPS.index(started[person].value):
                    started[person] = one
        yield from started.values()


def _is_poor(row: ResultRow, params: CriticismParameters) -> bool:
    poor = row.percent is not None and row.percent < params.below - 1e-9
    return poor or (params.on_veto and row.vetoes > 0)


def _series(row: ResultRow) -> tuple[str, str, str, str]:
    """What makes results comparable from cycle to cycle."""
    return row.subject, row.code, row.track, row.kind


def _in_a_row(own: Frame[ResultRow], params: CriticismParameters) -> int:
    """How many of a subject's results, counted back from the newest one, are poor without a break."""
    count = 0
    for row in sorted(own, key=lambda one: (one.end_on, one.run), reverse=True):
        if not _is_poor(row, params):
            break
        count += 1
    return count


def _step(count: int, params: CriticismParameters) -> str:
    if count >= params.inquire_after:
        return "inquiry"
    return "admonition" if count >= params.admonish_after else "interview"


def _reason(row: ResultRow, params: CriticismParameters) -> Text:
    return text(
        "Total {total} of {full} marks ({percent} %; criticised below {below} %), vetoes: {vetoes}",
        "总分 {total}（满分 {full}，占 {percent}%；低于 {below}% 予以批评），否决事项 {vetoes} 项",
        total=shown(row.total) if row.total is not None else "–",
        full=shown(row.full_marks),
        percent=shown(row.percent) if row.percent is not None else "–",
        below=shown(params.below),
        vetoes=row.vetoes,
    )


def _accountability(person: str, value: str, row: ResultRow, count: int, reason: Text) -> Proposal:
    why = text(
        "Leads {unit}, criticised for {count} cycles in a row: {reason}",
        "系 {unit} 负责人，该单位连续 {count} 个周期被批评：{reason}",
        unit=row.code,
        count=count,
        reason=reason,
    )
    return Proposal("person", person, "accountability", value, why, (row.run,))
