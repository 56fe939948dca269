"""Scoring written down a second time, slowly: one participant and one cell at a time, straight from scoring.md.

It shares no code with the engine (but the parser of formulas, tested by itself) and is what random schemes are
compared with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from plugins.engine.data import Data
from plugins.engine.scheme import Item, Scheme

Maybe = float | None


def digits12(value: float) -> Decimal:
    return Decimal(f"{value:.11e}")


def rounded(value: float, decimals: int) -> float:
    return float(digits12(value).quantize(Decimal(10) ** -decimals, ROUND_HALF_UP)) + 0.0


def number(value: Any) -> Maybe:
    return None if value is None or math.isnan(value) else float(value)


class Reference:
    def __init__(self, scheme: Scheme, data: Data) -> None:
        self.scheme, self.data = scheme, data
        self.n = len(data.participants)
        self.items = {item.code: item for item in scheme.items}
        self.tree = {c: i for c, i in self.items.items() if i.kind in {"dimension", "indicator"}}
        parentless = [c for c, i in self.tree.items() if not i.parent]
        self.root = parentless[0] if len(parentless) == 1 and self.tree[parentless[0]].kind == "dimension" else None

    def children(self, code: str | None) -> list[str]:
        return sorted(c for c, i in self.tree.items() if (i.parent or None) == code)

    def weight(self, code: str) -> float:
        given = self.items[code].weight
        if given is not None:
            return given
        return 100.0 if self.scheme.weighting == "percent" else sum(self.weight(c) for c in self.children(code))

    def marks(self, code: str) -> float:
        if self.scheme.weighting == "points":
            return self.weight(code)
        item = self.items[code]
        above = self.marks(item.parent) if item.parent else self.scheme.full_marks
        whole = self.weight(item.parent) if item.participant and item.parent else 100.0
        return above * self.weight(code) / whole

    # ---- indicators

    def applies(self, code: str, p: int) -> bool:
        owner = self.items[code].participant
        if owner and owner != self.data.participants.codes[p]:
            return False
        flags = self.data.not_applicable.get(code)
        return flags is None or not flags[p]

    def value(self, sheet: str, code: str, p: int) -> Maybe:
        columns = getattr(self.data, sheet)
        return number(columns[code][p]) if code in columns and self.applies(code, p) else None

    def peers(self, code: str, p: int) -> list[int]:
        across = self.items[code].params.get("across", "group")
        groups = self.data.participants.groups
        return [q for q in range(self.n) if (across == "all" or groups[q] == groups[p]) and self.answered(code, q)]

    def answered(self, code: str, p: int) -> bool:
        item = self.items[code]
        if item.method == "rating":
            return self.applies(code, p) and self.panel(item, p) is not None
        if item.method == "linked":
            return self.applies(code, p) and self.linked(item, p) is not None
        if code in self.data.choices:
            return self.applies(code, p) and bool(self.data.choices[code][p])
        return self.value("actual", code, p) is not None

    def clipped(self, code: str, p: int) -> Maybe:
        rate = self.method(code, p)
        if rate is None or not math.isfinite(rate):
            return None
        item = self.items[code]
        low = 0.0 if item.floor is None else -math.inf if item.floor == "none" else float(item.floor)
        high = 1.0 if item.cap is None else math.inf if item.cap == "none" else float(item.cap)
        return min(max(rate, low), high)

    def indicator(self, code: str, p: int) -> Maybe:
        if not self.applies(code, p):
            return None
        rate = self.clipped(code, p)
        if rate is not None:
            return rate
        policy = self.items[code].missing or self.scheme.missing
        if policy == "zero":
            return 0.0
        if policy == "mean":
            rates = [self.clipped(code, q) for q in self.peers(code, p)]
            known = [r for r in rates if r is not None]
            return sum(known) / len(known) if known else None
        return None

    def method(self, code: str, p: int) -> Maybe:
        item = self.items[code]
        x, t = self.value("actual", code, p), self.value("target", code, p)
        higher = item.direction != "lower"
        if item.method == "milestone":
            return self.milestone(item, x, t)
        if item.method == "choice":
            option = self.data.choices[code][p]
            return next((row.rate for row in item.table if row.x == option), None)
        if item.method == "rating":
            return self.panel(item, p)
        if item.method == "linked":
            return self.linked(item, p)
        if x is None:
            return None
        if item.method == "ratio":
            return None if t is None else self.quotient(item, x, t)
        values = [self.value("actual", code, q) for q in self.peers(code, p)]
        own = [v for v in values if v is not None]
        if item.method == "best_ratio":
            return self.quotient(item, x, max(own) if higher else min(own))
        return getattr(self, item.method or "")(item, x, own, higher)

    def quotient(self, item: Item, x: float, t: float) -> float:
        if item.direction == "lower":
            if x == t == 0:
                return 1.0
            if t == 0:
                return 0.0
            if x == 0:
                return 1.0 if item.cap in {None, "none"} else float(item.cap or 0)
            return t / x
        return 1.0 if t == 0 else x / t

    def goalpost(self, item: Item, x: float, own: list[float], higher: bool) -> Maybe:
        return self.span(item, x, float(item.params["lo"]), float(item.params["hi"]), higher)

    def minmax(self, item: Item, x: float, own: list[float], higher: bool) -> Maybe:
        return 1.0 if min(own) == max(own) else self.span(item, x, min(own), max(own), higher)

    def span(self, item: Item, x: float, lo: float, hi: float, higher: bool) -> Maybe:
        if str(item.params.get("log", "")).lower() == "true":
            if min(x, lo, hi) <= 0:
                return None
            x, lo, hi = math.log(x), math.log(lo), math.log(hi)
        r = (x - lo) / (hi - lo)
        return r if higher else 1 - r

    def zscore(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        ddof = int(item.params.get("ddof", 0))
        mean_rate, sd_rate = float(item.params.get("mean_rate", 0.75)), float(item.params.get("sd_rate", 0.1))
        if min(own) == max(own) or len(own) <= ddof:
            return mean_rate
        mean = math.fsum(own) / len(own)
        sd = math.sqrt(math.fsum((v - mean) ** 2 for v in own) / (len(own) - ddof))
        z = (x - mean) / sd
        return mean_rate + sd_rate * (z if higher else -z)

    def percentile(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        better = sum(v > x if higher else v < x for v in own)
        rank = better + (own.count(x) + 1) / 2
        return 1.0 if len(own) == 1 else (len(own) - rank) / (len(own) - 1)

    def rank_points(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        rank = 1 + sum(v > x if higher else v < x for v in own)
        rates = {int(row.x): row.rate for row in item.table}
        return rates.get(rank, rates[max(rates)])

    def steps(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        reached = [row for row in item.table if (float(row.x) <= x if higher else float(row.x) >= x)]
        if not reached:
            return float(item.params.get("otherwise", 0))
        return (max if higher else min)(reached, key=lambda row: float(row.x)).rate

    def interpolate(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        rows = sorted((float(row.x), row.rate) for row in item.table)
        if x < rows[0][0]:
            return float(item.params.get("below", rows[0][1]))
        for (a, ra), (b, rb) in zip(rows, rows[1:], strict=False):
            if a <= x < b:
                return ra + (rb - ra) * (x - a) / (b - a)
        return rows[-1][1]

    def efficacy(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        bad, good = float(item.params["unacceptable"]), float(item.params["satisfactory"])
        base = float(item.params.get("base", 60))
        return (base + (100 - base) * (x - bad) / (good - bad)) / 100

    def milestone(self, item: Item, x: Maybe, t: Maybe) -> Maybe:
        end = self.scheme.cycle_end
        if x is None or (end is not None and x > end.toordinal()):
            return 0.0
        if t is None:
            return None
        return 1 - float(item.params["per_day"]) * max(0.0, x - t - float(item.params.get("grace_days", 0)))

    def deduct(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        return (self.marks(item.code) - x * float(item.params["each"])) / self.marks(item.code)

    def accumulate(self, item: Item, x: float, own: list[float], higher: bool) -> float:
        return x * float(item.params["each"]) / self.marks(item.code)

    def linked(self, item: Item, p: int) -> Maybe:
        sources = [part.strip() for part in str(item.params["from"]).split(",")]
        weights = [float(w) for w in str(item.params.get("weights", ",".join("1" for _ in sources))).split(",")]
        rates = [self.data.linked.get((p, source)) for source in sources]
        if any(rate is None for rate in rates):
            return None
        return sum(w * (r or 0.0) for w, r in zip(weights, rates, strict=True)) / sum(weights)

    def void(self) -> set[tuple[str, str]]:
        rows, found = self.data.ratings, set()
        for group in self.scheme.raters:
            for clause in (group.ballot_rule or "").split(";"):
                if not clause.strip() or rows is None:
                    continue
                kind, count, op, bound = clause.split()
                test = {">=": lambda s, b: s >= b, "<": lambda s, b: s < b}[op]
                for rater in set(rows.rater):
                    own = [
                        s
                        for s, r, g in zip(rows.score, rows.rater, rows.group, strict=True)
                        if r == rater and g == group.code
                    ]
                    hits = sum(test(s, float(bound)) for s in own)
                    if own and (hits > int(count) if kind == "max" else hits < int(count)):
                        found.add((group.code, rater))
        return found

    def panel(self, item: Item, p: int) -> Maybe:
        rows = self.data.ratings
        if rows is None:
            return None
        void, params = self.void(), item.params
        low, high, trim = (
            float(params.get("scale_min", 0)),
            float(params.get("scale_max", 100)),
            int(params.get("trim", 0)),
        )
        total = base = 0.0
        known = {group.code: group for group in self.scheme.raters}
        for group in sorted(set(rows.group)):
            own = sorted(
                float(s)
                for s, q, i, r, g in zip(rows.score, rows.participant, rows.item, rows.rater, rows.group, strict=True)
                if q == p and i == item.code and g == group and (g, r) not in void
            )
            entry = known.get(group)
            least = (entry.min_raters if entry else None) or int(params.get("min_raters", 1))
            if not own or len(own) < least:
                continue
            if len(own) >= 2 * trim + 1 and trim:
                own = own[trim:-trim]
            if params.get("combine") == "median":
                half = len(own) // 2
                value = own[half] if len(own) % 2 else (own[half - 1] + own[half]) / 2
            else:
                value = sum(own) / len(own)
            if params.get("round") is not None:
                value = rounded(value, int(params["round"]))
            weight = 1.0 if entry is None or entry.weight is None else entry.weight
            total += weight * (value - low) / (high - low)
            base += weight
        return total / base if base else None

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
