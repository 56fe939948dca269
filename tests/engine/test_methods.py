"""Golden tables: every method of scoring.md 2, its parameters, its direction, its zero rules, its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from plugins.engine import check_scheme, score
from plugins.engine.scheme import Item
from plugins.registry import Registry
from tests.engine.building import data, item, listed, scheme

N = None
FREE = {"floor": "none", "cap": "none"}


def rates(registry: Registry, entry: Item, **given: Any) -> list[float | None]:
    """The rates of one indicator, missing ones excluded so that they show."""
    settings = given.pop("settings", {})
    built = scheme(entry, missing="exclude", **settings)
    assert [
        str(found.text)
        for found in check_scheme(built, registry, publish=True, headless=True)
        if found.level == "error"
    ] == []
    return listed(score(built, data(**given), registry).rates[0])


@pytest.mark.parametrize(
    ("direction", "bounds", "x", "t", "expected"),
    [
        ("higher", {}, [80, 100, 120, 0, -5], [100, 100, 100, 100, 100], [0.8, 1, 1, 0, 0]),
        ("higher", FREE, [120, -5], [100, 100], [1.2, -0.05]),
        ("higher", {"cap": 1.1}, [120], [100], [1.1]),
        ("higher", {"floor": 0.3}, [10], [100], [0.3]),
        ("lower", {}, [100, 125, 80], [100, 100, 100], [1, 0.8, 1]),
        ("lower", {"cap": "none"}, [80], [100], [1.25]),
        ("higher", FREE, [0, 5, -5], [0, 0, 0], [1, 1, 1]),
        ("lower", FREE, [0, 5], [0, 0], [1, 0]),
        ("lower", {}, [0], [10], [1]),
        ("lower", {"cap": 1.2}, [0], [10], [1.2]),
        ("lower", {"cap": "none"}, [0], [10], [1]),
        (None, {}, [80], [100], [0.8]),
        ("higher", {}, [N, 5, N], [10, N, N], [N, N, N]),
    ],
)
def test_ratio(registry: Registry, direction: str, bounds: dict, x: list, t: list, expected: list) -> None:
    assert (
        rates(registry, item("A", "ratio", direction=direction, **bounds), actual={"A": x}, target={"A": t}) == expected
    )


@pytest.mark.parametrize(
    ("params", "direction", "x", "expected"),
    [
        ({"lo": 20, "hi": 85}, "higher", [20, 85, 52.5, 10, 90, N], [0, 1, 0.5, 0, 1, N]),
        ({"lo": "20", "hi": "85"}, "lower", [20, 85, 36.25], [1, 0, 0.75]),
        ({"lo": 100, "hi": 10000, "log": "true"}, "higher", [100, 1000, 10000, 0, -3], [0, 0.5, 1, N, N]),
        ({"lo": 100, "hi": 10000, "log": "TRUE"}, "lower", [1000, 100], [0.5, 1]),
    ],
)
def test_goalpost(registry: Registry, params: dict, direction: str, x: list, expected: list) -> None:
    assert rates(registry, item("A", "goalpost", params=params, direction=direction), actual={"A": x}) == expected


GROUPS = ["g", "g", "g", "", ""]


@pytest.mark.parametrize(
    ("method", "params", "direction", "x", "expected"),
    [
        ("minmax", {}, "higher", [1, 2, 3, 5, 5], [0, 0.5, 1, 1, 1]),
        ("minmax", {"across": "all"}, "higher", [1, 2, 3, 5, 5], [0, 0.25, 0.5, 1, 1]),
        ("minmax", {"across": "all"}, "lower", [1, 2, 3, 5, 5], [1, 0.75, 0.5, 0, 0]),
        ("minmax", {"log": "true"}, "higher", [1, 10, 100, 7, N], [0, 0.5, 1, 1, N]),
        ("minmax", {"log": "true"}, "higher", [0, 10, 100, -7, -7], [N, N, N, 1, 1]),
        ("best_ratio", {}, "higher", [1, 2, 4, 5, 10], [0.25, 0.5, 1, 0.5, 1]),
        ("best_ratio", {"across": "all"}, "higher", [1, 2, 4, 5, 10], [0.1, 0.2, 0.4, 0.5, 1]),
        ("best_ratio", {}, "lower", [2, 4, 8, 0, 3], [1, 0.5, 0.25, 1, 0]),
        ("best_ratio", {}, "higher", [0, 0, N, 5, N], [1, 1, N, 1, N]),
        ("percentile", {}, "higher", [1, 2, 3, 5, 5], [0, 0.5, 1, 0.5, 0.5]),
        ("percentile", {}, "lower", [1, 2, 3, 5, N], [1, 0.5, 0, 1, N]),
        ("percentile", {"across": "all"}, "higher", [1, 2, 2, 5, 6], [0, 0.375, 0.375, 0.75, 1]),
        ("zscore", {}, "higher", [1, 2, 3, 5, 5], [0.75 - 0.1 * 1.5**0.5, 0.75, 0.75 + 0.1 * 1.5**0.5, 0.75, 0.75]),
        ("zscore", {"ddof": 1, "sd_rate": 0.2}, "higher", [1, 2, 3, 5, N], [0.55, 0.75, 0.95, 0.75, N]),
        ("zscore", {"ddof": 1, "mean_rate": 0.5}, "lower", [1, 2, 3, 5, 7],
            [0.6, 0.5, 0.4, 0.5 + 0.1 * 0.5**0.5, 0.5 - 0.1 * 0.5**0.5]),
        ("zscore", {"ddof": 3}, "higher", [1, 2, 3, 5, 7], [0.75] * 5),
    ],
)  # fmt: skip
def test_methods_among_peers(
    registry: Registry, method: str, params: dict, direction: str, x: list, expected: list
) -> None:
    found = rates(registry, item("A", method, params=params, direction=direction), actual={"A": x}, groups=GROUPS)
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-9)


@pytest.mark.parametrize(
    ("direction", "x", "expected"),
    [
        ("higher", [9, 7, 7, 1], [1, 0.8, 0.8, 0.5]),
        ("lower", [9, 7, 7, 1], [0.5, 0.8, 0.8, 1]),
        ("higher", [9, 9, 9, 1], [1, 1, 1, 0.5]),
        ("higher", [N, 9, 8, N], [N, 1, 0.8, N]),
    ],
)
def test_rank_points_past_the_list_is_the_last(registry: Registry, direction: str, x: list, expected: list) -> None:
    entry = item("A", "rank_points", direction=direction, table=((2, 0.8), (1, 1.0), (3, 0.5)))
    assert rates(registry, entry, actual={"A": x}) == expected


@pytest.mark.parametrize(
    ("direction", "params", "x", "expected"),
    [
        ("higher", {}, [100, 90, 89.999, 60, 59, N], [1, 0.8, 0.6, 0.6, 0, N]),
        ("higher", {"otherwise": "0.1"}, [59], [0.1]),
        ("lower", {}, [60, 61, 90, 100, 101], [0.6, 0.8, 0.8, 1, 0]),
    ],
)
def test_steps(registry: Registry, direction: str, params: dict, x: list, expected: list) -> None:
    entry = item("A", "steps", direction=direction, params=params, table=((100, 1.0), (90, 0.8), (60, 0.6)))
    assert rates(registry, entry, actual={"A": x}) == expected


@pytest.mark.parametrize(
    ("params", "x", "expected"),
    [
        ({}, [80, 90, 94.8, 95, 99, N], [0.5, 0.9, 0.996, 1, 1, N]),
        ({"below": 0}, [80, 90, 92.5], [0, 0.9, 0.95]),
    ],
)
def test_interpolate(registry: Registry, params: dict, x: list, expected: list) -> None:
    points = ((90, 0.9), (95, 1.0)) if params else ((95, 1.0), (90, 0.9), (80, 0.5))
    assert rates(registry, item("A", "interpolate", params=params, table=points), actual={"A": x}) == expected


def test_interpolate_through_a_single_point(registry: Registry) -> None:
    entry = item("A", "interpolate", params={"below": 0.1}, table=((5, 0.5),))
    assert rates(registry, entry, actual={"A": [4, 5, 6, N]}) == [0.1, 0.5, 0.5, N]


@pytest.mark.parametrize(
    ("params", "x", "expected"),
    [
        ({"unacceptable": 6, "satisfactory": 12}, [6, 12, 9, 5.81, 0], [0.6, 1, 0.8, 0.5873333333, 0.2]),
        ({"unacceptable": 12, "satisfactory": 6, "base": 50}, [12, 6, 9], [0.5, 1, 0.75]),
    ],
)
def test_efficacy(registry: Registry, params: dict, x: list, expected: list) -> None:
    assert rates(registry, item("A", "efficacy", params=params), actual={"A": x}) == expected


DUE = date(2025, 6, 30).toordinal()


@pytest.mark.parametrize(
    ("params", "bounds", "x", "t", "expected"),
    [
        ({"per_day": 0.05}, {}, [DUE, DUE - 9, DUE + 2, DUE + 30], [DUE] * 4, [1, 1, 0.9, 0]),
        ({"per_day": 0.05, "grace_days": 5}, {}, [DUE + 5, DUE + 7], [DUE] * 2, [1, 0.9]),
        ({"per_day": 0.001}, {}, [N, DUE + 100], [DUE, DUE], [0, 0]),
        ({"per_day": 0.001}, {}, [N, DUE, DUE + 100], [N, N, N], [0, N, 0]),
        ({"per_day": 0.05}, {"floor": "none"}, [DUE + 30, N], [DUE] * 2, [-0.5, 0]),
        ({"per_day": 0.05}, {"floor": 0.2}, [DUE + 30, N], [DUE] * 2, [0.2, 0.2]),
    ],
)
def test_milestone(registry: Registry, params: dict, bounds: dict, x: list, t: list, expected: list) -> None:
    entry = item("A", "milestone", params=params, value_type="date", **bounds)
    settings = {"cycle_end": date(2025, 9, 30)}
    assert rates(registry, entry, actual={"A": x}, target={"A": t}, settings=settings) == expected


@pytest.mark.parametrize(
    ("method", "bounds", "x", "expected"),
    [
        ("deduct", {}, [0, 1, 4, 9, N], [1, 0.875, 0.5, 0, N]),
        ("deduct", {"floor": "none"}, [9], [-0.125]),
        ("accumulate", {}, [0, 1, 4, 9, N], [0, 0.125, 0.5, 1, N]),
        ("accumulate", {"cap": "none"}, [9], [1.125]),
    ],
)
def test_occurrences_count_in_marks(registry: Registry, method: str, bounds: dict, x: list, expected: list) -> None:
    entry = item("A", method, weight=20.0, params={"each": 2.5}, value_type="count", **bounds)
    assert rates(registry, entry, actual={"A": x}) == expected


def test_marks_are_full_marks_with_nothing_excluded(registry: Registry) -> None:
    built = scheme(
        Item("D", kind="dimension", weight=50.0), item("A", "deduct", parent="D", weight=40.0, params={"each": 2}),
        item("B", parent="D", weight=60.0), item("C", weight=50.0), weighting="percent", full_marks=200.0,
    )  # fmt: skip
    given = data({"A": [10], "B": [None], "C": [None]}, na={"B": [True], "C": [True]})
    results = score(built, given, registry)
    assert listed(results.rates[:, 0]) == [0.5, None, None, 0.5]
    assert results.total[0] == 100.0


def test_choice_by_option_and_by_number(registry: Registry) -> None:
    entry = item("A", "choice", value_type="choice", table=(("good", 1.0), ("fair", 0.6)))
    assert rates(registry, entry, choices={"A": ["good", "fair", "", "good"]}) == [1, 0.6, None, 1]
    entry = item("A", "choice", value_type="yes_no", table=(("1", 1.0), ("0", 0.6)))
    assert rates(registry, entry, actual={"A": [1, 0, None]}) == [1, 0.6, None]


@pytest.mark.parametrize(
    ("params", "linked", "expected"),
    [
        ({"from": "unit"}, {(0, "unit"): 0.9}, [0.9, None]),
        ({"from": "q1, q2"}, {(0, "q1"): 0.9, (0, "q2"): 0.5, (1, "q1"): 0.9}, [0.7, None]),
        ({"from": "q1,q2", "weights": "1, 3"}, {(0, "q1"): 0.9, (0, "q2"): 0.5}, [0.6, None]),
        ({"from": 2024.0}, {(1, "2024"): 1.4}, [None, 1]),
    ],
)
def test_linked(registry: Registry, params: dict, linked: dict, expected: list) -> None:
    assert rates(registry, item("A", "linked", params=params), count=2, linked=linked) == expected


@pytest.mark.parametrize(
    ("params", "x", "expected"),
    [
        ({"expression": "x / 10"}, [5, N], [0.5, N]),
        ({"expression": "x * 2", "yields": "points"}, [5], [0.5]),
        ({"expression": "weight / 40"}, [N], [0.5]),
        ({"expression": "if(x >= pass_mark, 1, 0.25)", "pass_mark": "60"}, [60, 59.9], [1, 0.25]),
        ({"expression": "x / peers_max"}, [5, 10, 8], [0.5, 1, 1]),
        ({"expression": "x / peers_max", "across": "all"}, [5, 10, 20], [0.25, 0.5, 1]),
        ({"expression": "peers_count / 10 + peers_sum / 100"}, [5, 10, N], [0.35, 0.35, 0]),
        ({"expression": "coalesce(t, baseline, 0.1)"}, [1, 2, 3], [0.4, 0.3, 0.1]),
        ({"expression": "(x - peers_mean) / (peers_max - peers_min)"}, [5, 10, 20], [0, 0.5, N]),
    ],
)
def test_formula(registry: Registry, params: dict, x: Sequence[float | None], expected: list) -> None:
    entry = item("A", "formula", weight=20.0, params=params)
    given = {"actual": {"A": x}, "target": {"A": [0.4, N, N][: len(x)]}, "baseline": {"A": [N, 0.3, N][: len(x)]}}
    assert rates(registry, entry, groups=["g", "g", "h"][: len(x)], **given) == expected


REFUSED = [
    ("ratio", {"lo": 1}, ()),
    ("goalpost", {"lo": 5}, ()),
    ("goalpost", {"lo": 5, "hi": 5}, ()),
    ("goalpost", {"lo": "five", "hi": 6}, ()),
    ("goalpost", {"lo": 0, "hi": 6, "log": "true"}, ()),
    ("goalpost", {"lo": "nan", "hi": 6}, ()),
    ("minmax", {"across": "unit"}, ()),
    ("zscore", {"sd_rate": 0}, ()),
    ("zscore", {"ddof": -1}, ()),
    ("zscore", {"ddof": 0.5}, ()),
    ("rank_points", {}, ()),
    ("rank_points", {}, ((1, 1.0), (3, 0.5))),
    ("rank_points", {}, ((0, 1.0), (1, 0.5))),
    ("steps", {}, ()),
    ("steps", {}, ((1, 0.5), (1, 0.6))),
    ("steps", {}, (("high", 0.5),)),
    ("steps", {"otherwise": "some"}, ((1, 0.5),)),
    ("interpolate", {}, ((1, 0.5), (1.0, 0.6))),
    ("interpolate", {}, ((1, float("nan")),)),
    ("efficacy", {"unacceptable": 5, "satisfactory": 5}, ()),
    ("efficacy", {"unacceptable": 5, "satisfactory": 6, "base": 100}, ()),
    ("milestone", {}, ()),
    ("milestone", {"per_day": 0}, ()),
    ("milestone", {"per_day": 0.1, "grace_days": -1}, ()),
    ("deduct", {}, ()),
    ("deduct", {"each": 0}, ()),
    ("accumulate", {"each": -1}, ()),
    ("choice", {}, ()),
    ("choice", {}, (("a", 1.0), ("a ", 0.5))),
    ("choice", {}, (("", 1.0),)),
    ("rating", {"scale_min": 10, "scale_max": 10}, ()),
    ("rating", {"trim": -1}, ()),
    ("rating", {"min_raters": 0}, ()),
    ("rating", {"combine": "mode"}, ()),
    ("rating", {"round": 1.5}, ()),
    ("formula", {}, ()),
    ("formula", {"expression": "x +"}, ()),
    ("formula", {"expression": "x + k"}, ()),
    ("formula", {"expression": "x", "peers_max": 3}, ()),
    ("formula", {"expression": "x", "if": 3}, ()),
    ("formula", {"expression": "x", "k": "three"}, ()),
    ("formula", {"expression": "x", "yields": "marks"}, ()),
    ("linked", {}, ()),
    ("linked", {"from": "a,a"}, ()),
    ("linked", {"from": "a,b", "weights": "1"}, ()),
    ("linked", {"from": "a,b", "weights": "1,-1"}, ()),
    ("linked", {"from": "a,b", "weights": "1,x"}, ()),
    ("nonsense", {}, ()),
]


@pytest.mark.parametrize(("method", "params", "table"), REFUSED)
def test_parameters_that_make_no_sense_are_refused_at_saving(
    registry: Registry, method: str, params: dict, table: tuple
) -> None:
    built = scheme(item("A", method, params=params, table=table))
    errors = [found for found in check_scheme(built, registry, publish=False) if found.level == "error"]
    assert errors
    for found in errors:
        assert found.place.key == "A"
        assert found.text.en != found.text.zh_Hans
        assert found.text.in_language("zh_Hans")


def test_an_unknown_parameter_names_the_nearest(registry: Registry) -> None:
    built = scheme(item("A", "milestone", params={"per_day": 0.1, "grace_day": 3}))
    assert [str(found.text) for found in check_scheme(built, registry, publish=False)] == [
        "there is no parameter “grace_day”; did you mean “grace_days”?"
    ]


def test_milestone_needs_dates(registry: Registry) -> None:
    built = scheme(item("A", "milestone", params={"per_day": 0.1}, value_type="number"))
    assert [found.place.column for found in check_scheme(built, registry, publish=False)] == ["value_type"]
