"""The indicators of the second reading of scoring.md, slowly: see `reference`.

It shares no code with the engine (but the parser of formulas, tested by itself) and is what random schemes are
compared with.
"""

from __future__ import annotations

import itertools
import math
from decimal import ROUND_HALF_UP, Decimal
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


class Indicators:
    """Rates of indicators, cell by cell (scoring.md 2, 3 and 5)."""

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
        for (a, ra), (b, rb) in itertools.pairwise(rows):
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
