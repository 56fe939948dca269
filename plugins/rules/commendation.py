"""Commendation of the best: within a share of the ranked, good enough, and without a veto."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from plugins.contract import Facts, Frame, OutcomeKind, Parameters, Proposal, ResultRow, ResultsRule, Title, text
from plugins.rules.common import Subjects, best, places_of, shown, wanted

COMMENDED = OutcomeKind(
    "commendation",
    text("Commendation", "通报表扬"),
    {"commended": text("commended", "予以表扬"), "noted": text("noted for next time", "列入观察")},
)


class CommendationParameters(Parameters):
    """Who is commended."""

    subjects: Annotated[Subjects, Title("For", "适用对象")] = "both"
    share: Annotated[float, Title("Best share of the ranked, %", "排名靠前的比例（%）"), Field(gt=0, le=100)] = 20.0
    least: Annotated[float, Title("Least total, % of full marks", "最低总分（占满分%）"), Field(ge=0)] = 90.0
    bar_vetoes: Annotated[bool, Title("Not with a veto", "有否决事项的不予表扬")] = True


class Commendation(ResultsRule[CommendationParameters]):
    """The best of each track of the cycle."""

    code = "commendation"
    labels = text("Commendation", "通报表扬")
    version = "1.0"
    kinds = (COMMENDED,)
    cites = text("Performance results application measures: commendation", "绩效结果应用办法：通报表扬")
    Parameters = CommendationParameters

    def propose(self, facts: Facts, params: CommendationParameters) -> Iterator[Proposal]:
        done: set[tuple[str, str]] = set()
        for _, track in sorted(facts.current.by(lambda row: (row.subject, row.track, row.run)).items()):
            for row in self._of_track(track, params):
                if (row.subject, row.code) not in done:
                    done.add((row.subject, row.code))
                    yield self._proposal(row, track, params)

    def _of_track(self, track: Frame[ResultRow], params: CommendationParameters) -> list[ResultRow]:
        rows = {row.code: row for row in wanted(track, params.subjects) if row.total is not None}
        totals = {code: float(row.total or 0.0) for code, row in rows.items()}
        chosen = [rows[code] for code in best(totals, places_of(len(rows), params.share))]
        return [
            row
            for row in chosen
            if (row.percent or 0.0) >= params.least - 1e-9 and not (params.bar_vetoes and row.vetoes)
        ]

    def _proposal(self, row: ResultRow, track: Frame[ResultRow], params: CommendationParameters) -> Proposal:
        ranked = sum(other.total is not None for other in track)
        reason = text(
            "Rank {rank} of {ranked} with {total} of {full} marks: among the best {share} % ({places} places), "
            "{least} % of full marks or more, {vetoes} vetoes",
            "总分 {total}（满分 {full}），在 {ranked} 个对象中列第 {rank} 名：属于前 {share}%（{places} 个名额），"
            "达到满分的 {least}%，否决事项 {vetoes} 项",
            rank=row.rank if row.rank is not None else "–",
            ranked=ranked,
            total=shown(row.total or 0.0),
            full=shown(row.full_marks),
            share=shown(params.share),
            places=places_of(ranked, params.share),
            least=shown(params.least),
            vetoes=row.vetoes,
        )
        return Proposal(row.subject, row.code, "commendation", "commended", reason, (row.run,))
