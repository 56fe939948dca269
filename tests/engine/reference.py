"""Scoring written down a second time, slowly: one participant and one cell at a time, straight from scoring.md.

It shares no code with the engine (but the parser of formulas, tested by itself) and is what random schemes are
compared with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from plugins.engine.scheme import Item
from tests.engine.reference_indicators import Indicators, Maybe, digits12, number, rounded


class Reference(Indicators):
    """The tree, totals, ranks and grades (scoring.md 1 and 6)."""

    # ---- up the tree, one participant at a time

    def participant(self, p: int) -> dict[str, Any]:
        rates: dict[str, Maybe] = {c: self.indicator(c, p) for c, i in self.tree.items() if i.kind == "indicator"}
        counts: dict[str, bool] = {}

        def count(code: str) -> bool:
            if self.tree[code].kind == "indicator":
                counts[code] = rates[code] is not None
            else:
                there = [count(child) for child in self.children(code)]
                counts[code] = sum(there) >= int(self.tree[code].params.get("min_children", 1))
            return counts[code]

        for code in self.children(None):
            count(code)
        shares: dict[str, float] = {}
        points: dict[str, float] = {}

        def share(codes: list[str], above: float) -> None:
            there = [c for c in codes if counts[c]]
            for c in codes:
                shares[c] = above * self.weight(c) / sum(self.weight(d) for d in there) if counts[c] else 0.0
                share(self.children(c), shares[c])

        def settle(code: str) -> None:
            full, decimals, rate = self.scheme.full_marks * shares[code], self.tree[code].decimals, rates[code]
            points[code] = full * rate if counts[code] and full > 0 and rate is not None else 0.0
            if decimals is not None and counts[code] and full > 0:
                points[code] = rounded(points[code], decimals)
                rates[code] = points[code] / full

        def climb(code: str) -> None:
            for child in self.children(code):
                climb(child)
            if self.tree[code].kind == "dimension":
                rates[code] = (
                    self.aggregate(self.tree[code].aggregate, self.children(code), rates, counts)
                    if counts[code]
                    else None
                )
            settle(code)

        share(self.children(None), 1.0)
        for code in self.children(None):
            climb(code)
        top = self.children(None)
        root = (
            rates[self.root]
            if self.root
            else self.aggregate("arithmetic", top, rates, counts)
            if any(counts[c] for c in top)
            else None
        )
        return {"rates": rates, "points": points, "shares": shares, "root": root}

    def aggregate(
        self, kind: str | None, codes: list[str], rates: Mapping[str, Maybe], counts: Mapping[str, bool]
    ) -> float:
        pairs = [(self.weight(c), rates[c] or 0.0) for c in codes if counts[c]]
        base = sum(w for w, _ in pairs)
        bad = any(r <= 0 or abs(r) < 1e-12 for _, r in pairs)
        if kind == "geometric":
            return 0.0 if bad else math.exp(sum(w * math.log(r) for w, r in pairs) / base)
        if kind == "harmonic":
            return 0.0 if bad else base / sum(w / r for w, r in pairs)
        if kind in {"min", "max"}:
            return {"min": min, "max": max}[kind](r for _, r in pairs)
        return sum(w * r for w, r in pairs) / base

    # ---- totals, ranks, grades

    def adjustments(self, p: int) -> tuple[float, float, list[Item], dict[str, float]]:
        rows, sums, holding, times = self.data.adjustments, {"bonus": 0.0, "deduction": 0.0}, [], {}
        for code in sorted(self.items):
            item = self.items[code]
            if item.kind not in {"bonus", "deduction", "veto"}:
                continue
            worth = times[code] = 0.0
            for q, i, occurrences, points in (
                zip(*(rows.participant, rows.item, rows.occurrences, rows.points), strict=True) if rows else ()
            ):
                if q == p and i == code:
                    count = number(occurrences)
                    count = 1.0 if count is None else count
                    times[code] += count
                    given = number(points)
                    worth += given if given is not None else count * float(item.params.get("each", 0))
            if item.kind == "veto":
                holding += [item] if times[code] >= 1 else []
            else:
                worth = worth if item.cap in {None, "none"} else min(worth, float(item.cap or 0))
                sums[item.kind] += worth
        return sums["bonus"], sums["deduction"], holding, times

    def total(self, p: int, root: Maybe) -> Maybe:
        if root is None:
            return None
        bonus, deduction, holding, _ = self.adjustments(p)
        total = self.scheme.full_marks * root + bonus - deduction
        if self.scheme.min_total is not None:
            total = max(total, self.scheme.min_total)
        if self.scheme.max_total is not None:
            total = min(total, self.scheme.max_total)
        limits = [float(item.params["max_score"]) for item in holding if item.params.get("max_score") is not None]
        return rounded(min([total, *limits]), self.scheme.decimals)

    def ranks(self, totals: list[Maybe], rates: list[Mapping[str, Maybe]], within: list[int]) -> dict[int, int]:
        def key(p: int) -> tuple[Any, ...]:
            ties = []
            for code in self.scheme.tie_breakers:
                r = rates[p][code]
                ties.append(-digits12(r) if r is not None else Decimal("Infinity"))
            return (-(totals[p] or 0.0), *ties, self.data.participants.codes[p])

        there = [p for p in within if totals[p] is not None]
        if self.scheme.rank_method == "ordinal":
            return {p: at + 1 for at, p in enumerate(sorted(there, key=key))}
        better = {p: [totals[q] for q in there if (totals[q] or 0.0) > (totals[p] or 0.0)] for p in there}
        return {p: 1 + len(set(b) if self.scheme.rank_method == "dense" else b) for p, b in better.items()}

    def grades(self, totals: list[Maybe], requires: Any) -> list[str]:
        people, bands = self.data.participants, self.scheme.grades
        index = {band.code: at for at, band in enumerate(bands)}
        found = [""] * self.n
        worst = [
            max(
                [index[str(i.params["max_grade"])] for i in self.adjustments(p)[2] if i.params.get("max_grade")],
                default=0,
            )
            for p in range(self.n)
        ]
        kind = "parent" if any(band.quota_if_parent for band in bands) else self.scheme.quota_group
        keys = {"group": people.groups, "parent": people.parents, "all": ("",) * self.n}[kind]
        for at, band in enumerate(bands):
            for key in sorted(set(keys)):
                members = [p for p in range(self.n) if keys[p] == key]
                free = [p for p in members if totals[p] is not None and not found[p] and worst[p] <= at]
                if at == len(bands) - 1:
                    for p in free:
                        found[p] = band.code
                    continue
                if band.min_score is not None:
                    free = [p for p in free if (totals[p] or 0.0) >= band.min_score]
                if band.requires:
                    free = [p for p in free if requires(band.requires, p)]
                share = band.quota
                if band.quota_if_parent:
                    table = dict(part.strip().split("=") for part in band.quota_if_parent.split(";"))
                    grade = next(
                        (
                            people.parent_grades[p]
                            for p in sorted(members, key=people.codes.__getitem__)
                            if people.parent_grades[p]
                        ),
                        "",
                    )
                    share = float(table[grade]) if grade in table else band.quota
                for p in self.filled(free, totals, share, len(members), band.rounding):
                    found[p] = band.code
        return found

    def filled(self, free: list[int], totals: list[Maybe], share: Maybe, size: int, rounding: str) -> list[int]:
        if share is None:
            return free
        way = {"down": ROUND_FLOOR, "nearest": ROUND_HALF_UP, "up": ROUND_CEILING}[rounding]
        quota = int(digits12(share * size).to_integral_value(way)) if share else 0
        taken: list[int] = []
        for total in sorted({totals[p] or 0.0 for p in free}, reverse=True):
            tied = [p for p in free if totals[p] == total]
            if len(taken) >= quota:
                break
            if len(taken) + len(tied) > quota:
                return taken + tied if self.scheme.quota_tie == "include" else taken
            taken += tied
        return taken
