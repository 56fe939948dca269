"""Random schemes and data through the engine and through a second, slow reading of scoring.md: everything agrees."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.engine import check_data, check_scheme, score
from plugins.engine.data import Adjustments, Data, Participants, Ratings
from plugins.engine.scheme import GradeBand, Item, RaterGroup, Scheme, TableRow
from plugins.registry import Registry
from tests.engine.reference import Reference

END = date(2025, 12, 31)
NUMBERS = st.sampled_from([0.0, 0.0, 1.0, 2.0, 2.5, 3.0, 5.0, 7.0, 10.0, 0.1, 0.3, 1 / 3, 12.345, 0.125])
RATES = st.sampled_from([0.0, 0.2, 0.25, 0.5, 0.6, 0.8, 0.955, 1.0, 1.2])
ACROSS = st.sampled_from([{}, {"across": "all"}, {"across": "group"}])


def rows(draw: Any, least: int = 1) -> tuple[TableRow, ...]:
    xs = draw(st.lists(st.sampled_from([0.0, 1.0, 2.0, 2.5, 5.0, 9.0]), min_size=least, max_size=4, unique=True))
    return tuple(TableRow(x, draw(RATES)) for x in xs)


def method_of(draw: Any) -> dict[str, Any]:
    name = draw(st.sampled_from([
        "ratio", "goalpost", "minmax", "zscore", "percentile", "rank_points", "best_ratio", "steps", "interpolate",
        "efficacy", "milestone", "deduct", "accumulate", "choice", "rating", "linked",
    ]))  # fmt: skip
    params: dict[str, Any] = {}
    table: tuple[TableRow, ...] = ()
    value_type = None
    if name == "goalpost":
        params = draw(st.sampled_from([{"lo": "0", "hi": 10}, {"lo": 1, "hi": "9", "log": "true"}]))
    elif name in {"minmax", "zscore", "percentile", "rank_points", "best_ratio"}:
        params = dict(draw(ACROSS))
        if name == "minmax":
            params |= draw(st.sampled_from([{}, {"log": "true"}]))
        if name == "zscore":
            params |= draw(st.sampled_from([{}, {"ddof": "1", "sd_rate": 0.3}, {"ddof": 3, "mean_rate": "0.5"}]))
        if name == "rank_points":
            table = tuple(TableRow(float(at + 1), draw(RATES)) for at in range(draw(st.integers(1, 3))))
    elif name == "steps":
        params, table = draw(st.sampled_from([{}, {"otherwise": 0.1}])), rows(draw)
    elif name == "interpolate":
        params, table = draw(st.sampled_from([{}, {"below": 0.05}])), rows(draw)
    elif name == "efficacy":
        params = draw(
            st.sampled_from(
                [{"unacceptable": 1, "satisfactory": 5}, {"unacceptable": 5, "satisfactory": 2, "base": 40}]
            )
        )
    elif name == "milestone":
        params, value_type = draw(st.sampled_from([{"per_day": 0.1}, {"per_day": 0.05, "grace_days": 3}])), "date"
    elif name in {"deduct", "accumulate"}:
        params = {"each": draw(st.sampled_from([0.5, 2, "3.3"]))}
    elif name == "choice":
        table, value_type = (TableRow("A", 1.0), TableRow("B", 0.7), TableRow("C", 0.2)), "choice"
    elif name == "rating":
        params = draw(
            st.sampled_from(
                [
                    {},
                    {"trim": 1},
                    {"combine": "median"},
                    {"round": 1, "min_raters": 2},
                    {"trim": "1", "combine": "median", "min_raters": 2},
                ]
            )
        )
    elif name == "linked":
        params = draw(st.sampled_from([{"from": "unit"}, {"from": "c1, c2"}, {"from": "c1,c2", "weights": "1,3"}]))
    return {"method": name, "params": params, "table": table, "value_type": value_type}


def indicator(draw: Any, code: str, parent: str | None, weight: float, owner: str | None = None) -> Item:
    return Item(
        code, parent, weight=weight, participant=owner, direction=draw(st.sampled_from([None, "higher", "lower"])),
        missing=draw(st.sampled_from([None, None, "zero", "exclude", "mean"])),
        floor=draw(st.sampled_from([None, None, "none", 0.1])), cap=draw(st.sampled_from([None, None, "none", 1.1])),
        decimals=draw(st.sampled_from([None, None, None, 1, 2])), **method_of(draw),
    )  # fmt: skip


@st.composite
def schemes(draw: Any, count: int) -> Scheme:
    percent = draw(st.booleans())
    tops = draw(st.integers(1, 3))
    items: list[Item] = []
    single_root = draw(st.booleans())
    root = "R" if single_root else None
    if single_root:
        items.append(
            Item(
                "R",
                kind="dimension",
                aggregate=draw(st.sampled_from([None, "geometric", "min"])),
                weight=100.0 if percent and draw(st.booleans()) else None,
            )
        )
    full = 0.0
    for d in range(tops):
        opened = draw(st.integers(0, 4)) == 0
        leaves = draw(st.integers(1, 3))
        weights = [float(draw(st.sampled_from([5, 10, 20, 12.5]))) for _ in range(leaves)]
        code = f"D{d}"
        aggregate = draw(st.sampled_from([None, None, "arithmetic", "geometric", "harmonic", "min", "max"]))
        params = draw(st.sampled_from([{}, {}, {"min_children": 2}])) if leaves > 1 and not opened else {}
        own = sum(weights)
        top_weight = 100.0 / tops if percent else (own if opened or draw(st.booleans()) else None)
        items.append(
            Item(
                code,
                root,
                "dimension",
                weight=top_weight,
                aggregate=aggregate,
                params=params,
                decimals=draw(st.sampled_from([None, None, 1])),
            )
        )
        full += own
        base = (top_weight or own) if opened else 100.0
        owners = (
            [f"p{at}" for at in draw(st.lists(st.integers(0, count - 1), max_size=2, unique=True))]
            if opened
            else [None]
        )
        for owner in owners:
            for at, weight in enumerate(weights):
                share = weight * base / own if percent else weight
                items.append(indicator(draw, f"{code}{owner or ''}I{at}", code, share, owner))
    if not any(item.kind == "indicator" for item in items):
        weight = 100.0 if percent else 10.0
        items = [indicator(draw, "ONLY", None, weight)]
        full = 10.0
    bands = draw(st.sampled_from([(), ("A", "B", "C")]))
    items += [
        Item("bon", kind="bonus", params={"each": 2}, cap=draw(st.sampled_from([None, 3.0, "none"]))),
        Item("ded", kind="deduction", params={"each": "1.5"}),
    ]
    if bands:
        items.append(
            Item(
                "vet",
                kind="veto",
                params=draw(
                    st.sampled_from([{"max_grade": "B"}, {"max_score": 20}, {"max_grade": "C", "max_score": 50}])
                ),
            )
        )
    tie = [item.code for item in items if item.kind in {"dimension", "indicator"}]
    return Scheme(
        "RND", full_marks=draw(st.sampled_from([100.0, 120.0])) if percent else full,
        weighting="percent" if percent else "points",
        items=tuple(draw(st.permutations(items))), missing=draw(st.sampled_from(["zero", "exclude", "mean"])),
        decimals=draw(st.integers(0, 3)), min_total=draw(st.sampled_from([0.0, None])),
        max_total=draw(st.sampled_from([None, 90.0])),
        rank_method=draw(st.sampled_from(["competition", "dense", "ordinal"])),
        tie_breakers=tuple(draw(st.lists(st.sampled_from(tie), max_size=2, unique=True))),
        quota_group=draw(st.sampled_from(["group", "parent", "all"])),
        quota_tie=draw(st.sampled_from(["exclude", "include"])),
        cycle_end=draw(st.sampled_from([None, END])), grades=tuple(grade_bands(draw)) if bands else (),
        raters=(RaterGroup("g1", weight=2.0, ballot_rule=draw(st.sampled_from([None, "max 2 >= 90; min 1 < 70"]))),
                RaterGroup("g2", min_raters=draw(st.sampled_from([None, 2])))),
    )  # fmt: skip


def grade_bands(draw: Any) -> list[GradeBand]:
    quota = st.sampled_from([None, 0.2, 0.29, 0.5])
    rounding = st.sampled_from(["down", "nearest", "up"])
    requires = st.sampled_from([None, "total > 30 and vetoes == 0", "vet < 1"])
    return [
        GradeBand("A", min_score=draw(st.sampled_from([None, 60.0])), quota=draw(quota), rounding=draw(rounding),
                  requires=draw(requires), quota_if_parent=draw(st.sampled_from([None, None, "good=0.5; fair=0.25"]))),
        GradeBand("B", min_score=draw(st.sampled_from([None, 20.0])), quota=draw(quota), rounding=draw(rounding)),
        GradeBand("C"),
    ]  # fmt: skip


@st.composite
def runs(draw: Any) -> tuple[Scheme, Data]:
    count = draw(st.integers(1, 7))
    scheme = draw(schemes(count))
    order = draw(st.permutations(range(count)))
    codes = tuple(f"p{at}" for at in order)
    parents = tuple(draw(st.sampled_from(["u1", "u2", ""])) for _ in range(count))
    people = Participants(
        codes,
        codes,
        tuple(draw(st.sampled_from(["", "g", "h"])) for _ in range(count)),
        parents,
        tuple({"u1": "good", "u2": "fair", "": ""}[parent] for parent in parents),
    )

    def column(values: Any) -> np.ndarray:
        return np.array([draw(st.one_of(st.just(np.nan), values, values, values)) for _ in range(count)])

    actual, target, choices, flags = {}, {}, {}, {}
    ratings: list[tuple[int, str, str, str, float]] = []
    days = st.integers(END.toordinal() - 20, END.toordinal() + 5).map(float)
    for item in scheme.items:
        if item.kind != "indicator":
            continue
        if draw(st.integers(0, 3)) == 0:
            flags[item.code] = np.array([draw(st.booleans()) for _ in range(count)])
        if item.method == "rating":
            for p in range(count):
                for group, rater in (("g1", "a"), ("g1", "b"), ("g1", "c"), ("g2", "a"), ("g2", "d")):
                    if draw(st.integers(0, 3)):
                        ratings.append(
                            (p, item.code, rater, group, draw(st.sampled_from([60.0, 75.5, 83.25, 90.0, 95.0])))
                        )
        elif item.method == "choice":
            choices[item.code] = tuple(draw(st.sampled_from(["A", "B", "C", ""])) for _ in range(count))
        elif item.method != "linked":
            actual[item.code] = column(days if item.method == "milestone" else NUMBERS)
            target[item.code] = column(days if item.method == "milestone" else NUMBERS)
    linked = {
        (p, source): draw(RATES) for p in range(count) for source in ("unit", "c1", "c2") if draw(st.integers(0, 3))
    }
    kinds = [item.code for item in scheme.items if item.kind in {"bonus", "deduction", "veto"}]
    maybe = st.sampled_from([np.nan, 0.0, 1.0, 2.0, 0.5])
    lines = [
        (draw(st.integers(0, count - 1)), draw(st.sampled_from(kinds)), draw(maybe), draw(maybe))
        for _ in range(draw(st.integers(0, 5)))
    ]
    ratings = draw(st.permutations(ratings))
    return scheme, Data(
        people, actual, target, {}, choices, flags,
        Ratings(np.array([r[0] for r in ratings], dtype=np.int64), tuple(r[1] for r in ratings),
            tuple(r[2] for r in ratings),
                tuple(r[3] for r in ratings), np.array([r[4] for r in ratings])) if ratings else None,
        Adjustments(np.array([r[0] for r in lines], dtype=np.int64), tuple(r[1] for r in lines),
            np.array([r[2] for r in lines]),
                    np.array([r[3] for r in lines]), ("",) * len(lines)) if lines else None,
        linked,
    )  # fmt: skip


def close(found: float, wanted: float | None) -> bool:
    return found != found if wanted is None else abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))


def compare(scheme: Scheme, data: Data, registry: Registry) -> None:
    results, slow = score(scheme, data, registry), Reference(scheme, data)
    row = {code: at for at, code in enumerate(results.item_codes)}
    outcomes = [slow.participant(p) for p in range(slow.n)]
    for p, outcome in enumerate(outcomes):
        for code in slow.tree:
            assert close(results.rates[row[code], p], outcome["rates"][code]), (code, p)
            assert close(results.points[row[code], p], outcome["points"][code]), (code, p)
            assert close(results.weights[row[code], p], outcome["shares"][code]), (code, p)
    totals = [slow.total(p, outcome["root"]) for p, outcome in enumerate(outcomes)]
    assert [None if t != t else t for t in results.total.tolist()] == totals
    rates = [outcome["rates"] for outcome in outcomes]
    overall = slow.ranks(totals, rates, list(range(slow.n)))
    assert results.rank.tolist() == [overall.get(p, 0) for p in range(slow.n)]
    groups = data.participants.groups
    for p in range(slow.n):
        inside = slow.ranks(totals, rates, [q for q in range(slow.n) if groups[q] == groups[p]])
        assert results.group_rank[p] == inside.get(p, 0)

    def requires(expression: str, p: int) -> bool:
        _, _, holding, times = slow.adjustments(p)
        if expression.startswith("total"):
            return (totals[p] or 0.0) > 30 and not holding
        return times["vet"] < 1

    if scheme.grades:
        assert list(results.grade) == slow.grades(totals, requires)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(run=runs())
def test_the_engine_agrees_with_a_second_reading(run: tuple[Scheme, Data], registry: Registry) -> None:
    scheme, data = run
    errors = [found for found in check_scheme(scheme, registry, publish=True, headless=True) if found.level == "error"]
    errors += [
        found
        for found in check_data(scheme, data, registry)
        if found.level == "error" and found.place.column != "participant"
    ]
    assert [str(found.text) for found in errors] == []
    compare(scheme, data, registry)


@pytest.mark.soak
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(run=runs())
def test_the_engine_agrees_with_a_second_reading_at_length(run: tuple[Scheme, Data], registry: Registry) -> None:
    compare(*run, registry)
