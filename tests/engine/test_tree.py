"""The tree of scoring.md 1: aggregates, weights, points, marks, open dimensions, `min_children`, `decimals`."""

from __future__ import annotations

import pytest

from plugins.engine import check_scheme, marks, score, weight_sums
from plugins.engine.scheme import Item, Scheme
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, listed, scheme

RATES = {"A": [0.5], "B": [0.8]}


def errors(built: Scheme, registry: Registry, headless: bool = True) -> list[tuple[str, str | None, str | None]]:
    found = check_scheme(built, registry, publish=True, headless=headless)
    return [(f.place.sheet, f.place.key, f.place.column) for f in found if f.level == "error"]


@pytest.mark.parametrize(
    ("aggregate", "a", "b", "expected"),
    [
        (None, 0.5, 0.8, (10 * 0.5 + 30 * 0.8) / 40),
        ("arithmetic", 0.5, 0.8, 0.725),
        ("geometric", 0.5, 0.8, 0.5**0.25 * 0.8**0.75),
        ("harmonic", 0.5, 0.8, 40 / (10 / 0.5 + 30 / 0.8)),
        ("min", 0.5, 0.8, 0.5),
        ("max", 0.5, 0.8, 0.8),
        ("geometric", 0.0, 0.8, 0.0),
        ("harmonic", 0.0, 0.8, 0.0),
        ("geometric", -0.5, 0.8, 0.0),
        ("harmonic", -0.5, 0.8, 0.0),
        ("min", -0.5, 0.8, -0.5),
        ("geometric", 1e-13, 0.8, 0.0),
        ("harmonic", 9.9e-13, 0.8, 0.0),
        ("geometric", 1e-11, 0.8, 1e-11**0.25 * 0.8**0.75),
    ],
)
def test_aggregates(registry: Registry, aggregate: str | None, a: float, b: float, expected: float) -> None:
    built = scheme(
        dimension("D", aggregate=aggregate),
        item("A", parent="D", floor="none"),
        item("B", parent="D", weight=30.0),
    )
    results = score(built, data({"A": [a], "B": [b]}), registry)
    assert results.rates[results.item_codes.index("D"), 0] == pytest.approx(expected, rel=1e-13, abs=1e-15)
    assert results.before[0] == pytest.approx(40 * expected, rel=1e-13, abs=1e-13)


def test_a_single_parentless_dimension_is_the_root_whatever_stands_beside_it_as_adjustment(registry: Registry) -> None:
    built = scheme(
        dimension("R", aggregate="min"), item("A", parent="R"), item("B", parent="R"), Item("X", kind="bonus")
    )
    assert score(built, data(RATES), registry).before[0] == pytest.approx(10)
    beside = scheme(dimension("R", aggregate="min"), item("A", parent="R"), item("B", parent="R"), item("C"))
    assert score(beside, data({**RATES, "C": [1]}), registry).before[0] == pytest.approx(30 * (20 * 0.5 + 10) / 30)


def test_points_are_the_share_by_weight_and_add_up_under_arithmetic(registry: Registry) -> None:
    built = scheme(dimension("D"), item("A", parent="D"), item("B", parent="D", weight=30.0), item("C", weight=60.0))
    results = score(built, data({"A": [0.5], "B": [None], "C": [0.9]}), registry)
    assert listed(results.points[:, 0]) == [5, 0, 54, 5]
    assert results.item_codes == ("A", "B", "C", "D")
    excluded = score(built, data({"A": [0.5], "B": [None], "C": [0.9]}, na={"B": [True]}), registry)
    assert listed(excluded.points[:, 0]) == [20, 0, 54, 20]
    assert listed(excluded.weights[:, 0]) == [0.4, 0, 0.6, 0.4]
    assert listed(excluded.rates[:, 0]) == [0.5, None, 0.9, 0.5]
    assert excluded.total[0] == 74


def test_min_children(registry: Registry) -> None:
    built = scheme(
        dimension("D", params={"min_children": "2"}), item("A", parent="D"), item("B", parent="D"), item("C"),
        missing="exclude",
    )  # fmt: skip
    results = score(built, data({"A": [0.5, 0.5], "B": [None, 0.7], "C": [0.9, 0.9]}), registry)
    assert listed(results.rates[results.item_codes.index("D")]) == [None, 0.6]
    assert listed(results.before) == [27, 21]
    assert listed(results.points[0]) == [0, 5]
    assert str(results.reasons[("D", 0)]) == "fewer items count than the least number"
    assert errors(
        scheme(dimension("D", params={"min_children": 3}), item("A", parent="D"), item("B", parent="D")), registry
    ) == [("items", "D", "params")]


def test_decimals_round_points_and_the_rate_with_them_before_they_go_up(registry: Registry) -> None:
    built = scheme(dimension("D", decimals=1), item("A", parent="D", decimals=2), item("B", parent="D"))
    results = score(built, data({"A": [0.123456], "B": [0.5]}), registry)
    assert listed(results.points[:, 0]) == [1.23, 5, 6.2]
    assert listed(results.rates[:, 0]) == [0.123, 0.5, 0.31]
    assert results.total[0] == 6.2
    half = scheme(item("A", decimals=2, weight=100.0))
    assert score(half, data({"A": [0.86125]}), registry).points[0, 0] == 86.13


def test_decimals_count_in_the_points_that_the_participant_can_get(registry: Registry) -> None:
    built = scheme(item("A", decimals=1), item("B"), missing="exclude")
    results = score(built, data({"A": [0.123], "B": [None]}), registry)
    assert listed(results.points[0]) == [2.5]
    assert results.total[0] == 2.5


def test_sums_run_in_the_order_of_codes_by_code_points(registry: Registry) -> None:
    codes = ["b", "B", "a10", "a9", "指", "é", "_"]
    built = scheme(*(item(code) for code in codes))
    assert score(built, data({code: [0.5] for code in codes}), registry).item_codes == tuple(sorted(codes))


# ---- marks and sums of weights


def test_marks() -> None:
    points = scheme(dimension("D"), item("A", parent="D"), item("B", parent="D", weight=30.0))
    assert marks(points) == {"D": 40, "A": 10, "B": 30}
    percent = scheme(
        dimension("R", weight=100.0), dimension("D", parent="R", weight=40.0), item("C", parent="R", weight=60.0),
        item("A", parent="D", weight=25.0), item("B", parent="D", weight=75.0), weighting="percent", full_marks=150.0,
    )  # fmt: skip
    assert marks(percent) == pytest.approx({"R": 150, "D": 60, "C": 90, "A": 15, "B": 45})
    blank = scheme(dimension("R"), item("A", parent="R", weight=100.0), weighting="percent")
    assert marks(blank) == {"R": 100, "A": 100}


def test_individual_items_share_the_marks_of_their_dimension() -> None:
    built = scheme(
        dimension("D", weight=40.0), item("C", weight=60.0), item("A", parent="D", weight=10.0, participant="p00"),
        item("B", parent="D", weight=30.0, participant="p00"), weighting="percent",
    )  # fmt: skip
    assert marks(built) == {"D": 40, "C": 60, "A": 10, "B": 30}


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (scheme(item("A"), item("B"), full_marks=20.0), []),
        (scheme(item("A"), item("B"), full_marks=20.00001), []),
        (scheme(item("A"), item("B"), full_marks=20.0001), [("scheme", None, "full_marks")]),
        (scheme(dimension("D", weight=15.0), item("A", parent="D"), item("B"), full_marks=20.0),
            [("items", "D", "weight")]),
        (scheme(dimension("D", weight=10.0), item("A", parent="D"), item("B"), full_marks=20.0), []),
        (scheme(item("A", weight=40.0), item("B", weight=60.0), weighting="percent"), []),
        (scheme(item("A", weight=33.33), item("B", weight=66.66), weighting="percent"),
            [("scheme", None, "weighting")]),
        (scheme(dimension("D", weight=50.0), item("A", parent="D", weight=90.0), item("B", weight=50.0),
            weighting="percent"),
         [("items", "D", "weight")]),
        (scheme(dimension("R"), item("A", parent="R", weight=90.0), weighting="percent"),
            [("scheme", None, "weighting")]),
        (scheme(item("A", weight=None, params={"each": 1}), item("B"), full_marks=10.0), [("items", "A", "weight")]),
        (scheme(item("A", weight=0.0, params={"each": 1}), item("B"), full_marks=10.0), [("items", "A", "weight")]),
        (scheme(item("A", weight=-5.0, params={"each": 1}), item("B", weight=15.0), full_marks=10.0),
            [("items", "A", "weight")]),
        (scheme(dimension("D", weight=10.0), item("B"), full_marks=20.0), []),
        (scheme(dimension("D"), item("B"), full_marks=10.0), [("items", "D", "weight")]),
    ],
)  # fmt: skip
def test_a_scheme_that_breaks_its_rule_can_be_saved_and_not_published(
    registry: Registry, built: Scheme, expected: list
) -> None:
    assert [f for f in check_scheme(built, registry, publish=False) if f.level == "error"] == []
    assert errors(built, registry) == expected


def test_the_message_names_the_parent_and_the_sum_found(registry: Registry) -> None:
    built = scheme(
        dimension("D", weight=50.0), item("A", parent="D", weight=90.0), item("B", weight=50.0), weighting="percent"
    )
    said = [f.text for f in check_scheme(built, registry, publish=True, headless=True) if f.level == "error"]
    assert str(said[0]) == "the weights under D sum to 90, not to 100"
    assert said[0].in_language("zh_Hans") == "D 下的权重合计为 90，应为 100"
    sums = weight_sums(built)
    assert [(found.parent, found.found, found.expected, found.fits) for found in sums] == [
        (None, 100, 100, True),
        ("D", 90, 100, False),
    ]


def test_an_indicator_needs_source_standard_and_unit_of_measure_to_be_published(registry: Registry) -> None:
    bare = scheme(item("A", source="survey", standard=" "))
    assert errors(bare, registry, headless=False) == [("items", "A", "standard"), ("items", "A", "unit")]
    noted = [f.place.column for f in check_scheme(bare, registry, publish=True, headless=True) if f.level == "note"]
    assert noted == ["standard", "unit"]
    assert errors(scheme(item("A", source="s", standard="t", unit="%")), registry, headless=False) == []


# ---- open dimensions


OPEN = (
    dimension("D", weight=40.0),
    item("C", weight=60.0),
    item("A1", parent="D", weight=10.0, participant="p00"),
    item("A2", parent="D", weight=30.0, participant="p00"),
    item("B1", parent="D", weight=40.0, participant="p01"),
)


def test_individual_items_count_for_their_participant_alone(registry: Registry) -> None:
    built = scheme(*OPEN, full_marks=100.0)
    assert errors(built, registry) == []
    given = data({"C": [1, 1, 1], "A1": [0.5, 1, 1], "A2": [1, 0, 0], "B1": [0, 0.25, 1]})
    results = score(built, given, registry)
    assert listed(results.total) == [95, 70, 100]
    at = {code: row for row, code in enumerate(results.item_codes)}
    assert listed(results.rates[at["D"]]) == [0.875, 0.25, None]
    assert listed(results.points[at["A2"]]) == [30, 0, 0]
    assert listed(results.weights[at["C"]]) == [0.6, 0.6, 1]
    assert ("A1", 1) not in results.reasons


def test_individual_weights_sum_to_the_dimensions(registry: Registry) -> None:
    wrong = scheme(*OPEN[:-1], item("B1", parent="D", weight=39.0, participant="p01"), full_marks=100.0)
    assert errors(wrong, registry) == [("items", "D", "weight")]
    percent = scheme(*OPEN, weighting="percent")
    assert errors(percent, registry) == []
    given = data({"C": [1, 1], "A1": [0.5, 0], "A2": [1, 0], "B1": [0, 0.25]})
    assert listed(score(percent, given, registry).total) == [95, 70]


def test_an_individual_item_is_its_own_only_peer(registry: Registry) -> None:
    built = scheme(
        dimension("D", weight=10.0), item("A", "minmax", parent="D", participant="p00"), item("B"), full_marks=20.0
    )
    results = score(built, data({"A": [5, 9], "B": [1, 1]}), registry)
    assert listed(results.rates[0]) == [1, None]


def test_fixed_and_individual_items_do_not_mix(registry: Registry) -> None:
    mixed = scheme(dimension("D", weight=20.0), item("A", parent="D", participant="p00"), item("B", parent="D"))
    found = check_scheme(mixed, registry, publish=False)
    assert [(f.place.key, f.place.column) for f in found] == [("B", "participant")]
    loose = check_scheme(scheme(item("A", participant="p00")), registry, publish=False)
    assert [(f.place.key, f.place.column) for f in loose] == [("A", "parent")]
