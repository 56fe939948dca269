"""Why something is missing or unscored, cell by cell (scoring.md 4, 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from config.text import Text, text
from plugins.arrays import Bools, Ints
from plugins.contract import Cause
from plugins.engine.data import Note
from plugins.engine.indicators import IndicatorRates
from plugins.engine.prepared import Prepared
from plugins.engine.scheme import Finding, Place

NOT_APPLICABLE = text("not applicable", "不适用")
NO_CHILD = text("none of its items counts", "下级项目均不计分")
TOO_FEW = text("fewer items count than the least number", "有效的下级项目少于规定数目")
UNSCORED = text("no indicator is left to score", "没有可计分的指标")
SHEETS = {"target": "target", "baseline": "baseline", "ratings": "ratings", "linked": "linked"}


def causes_of(prepared: Prepared, code: str, found: IndicatorRates) -> Iterator[Cause]:
    """Why the missing rates of an indicator are missing."""
    positions = np.flatnonzero(found.missing)
    if len(positions):
        indicator = prepared.plan.indicators[code]
        for cause in indicator.method.causes(found.columns, indicator.params, positions):
            if len(cause.positions):
                yield cause


class Reasons:
    """Collects the reasons of one run, with positions in the order the data came in."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.by_cell: dict[tuple[str, int], Text] = {}
        self.notes: list[Note] = []

    def _put(self, code: str, positions: Ints, why: Text) -> None:
        for at in self.prepared.order[positions].tolist():
            self.by_cell[(code, at)] = why

    def indicator(self, code: str, found: IndicatorRates) -> None:
        """An indicator's missing rates, with a note for each value that could not be computed; and its `n/a`."""
        codes = self.prepared.data.participants.codes
        for cause in causes_of(self.prepared, code, found):
            self._put(code, cause.positions, cause.why)
            if not cause.need:
                for at in cause.positions.tolist():
                    self.notes.append(Note("not_computed", Place("actual", codes[at], code), text(
                        "{participant}, {item}: {why}", "{participant}，{item}：{why}",
                        participant=codes[at], item=code, why=cause.why,
                    )))  # fmt: skip
        claimed = self.prepared.data.not_applicable.get(code)
        if claimed is not None:
            self._put(code, np.flatnonzero(claimed), NOT_APPLICABLE)

    def dimension(self, code: str, present: Mapping[str, Bools]) -> None:
        """A dimension that is missing: nothing counts below it, or too little."""
        children = self.prepared.plan.tree.children.get(code, ())
        counted = sum((present[child].astype(np.int64) for child in children), np.zeros(self.prepared.count, np.int64))
        self._put(code, np.flatnonzero(~present[code] & (counted == 0)), NO_CHILD)
        self._put(code, np.flatnonzero(~present[code] & (counted > 0)), TOO_FEW)

    def unscored(self, scored: Bools, present: Mapping[str, Bools]) -> None:
        """Participants without a total: nothing is left to score, or a dimension lacks the items it needs."""
        left = np.zeros(self.prepared.count, dtype=np.bool_)
        for code in self.prepared.plan.indicators:
            left |= present[code]
        self._put("", np.flatnonzero(~scored & ~left), UNSCORED)
        self._put("", np.flatnonzero(~scored & left), TOO_FEW)


def blocked_cells(prepared: Prepared, code: str, found: IndicatorRates) -> Iterator[Finding]:
    """One finding for each missing cell of an indicator whose policy is `block`."""
    codes = prepared.data.participants.codes
    for cause in causes_of(prepared, code, found):
        for at in cause.positions.tolist():
            yield Finding(Place(SHEETS.get(cause.need, "actual"), codes[at], code), text(
                "{participant}, {item}: {why}; the run is blocked until it is there",
                "{participant}，{item}：{why}；补齐之前不能计算", participant=codes[at], item=code, why=cause.why,
            ))  # fmt: skip
