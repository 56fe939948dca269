"""Bonus, deduction and veto, and the limits of the total (scoring.md 1)."""

from __future__ import annotations

import pytest

from plugins.engine import check_data, check_scheme, score
from plugins.engine.scheme import GradeBand, Item
from plugins.registry import Registry
from tests.engine.building import data, item, listed, scheme

N = None
BANDS = (GradeBand("A", min_score=90.0), GradeBand("B", min_score=60.0), GradeBand("C"))


@pytest.mark.parametrize(
    ("cap", "rows", "bonus", "times"),
    [
        (None, [(N, 3)], 3, 1),
        (None, [(4, 3)], 3, 4),
        (None, [(4, N)], 8, 4),
        (None, [(N, N)], 2, 1),
        (None, [(0, N)], 0, 0),
        (None, [(2, N), (N, 1.5), (1, 0)], 5.5, 4),
        (5.0, [(2, N), (N, 1.5)], 5, 3),
        ("none", [(9, N)], 18, 9),
        (None, [], 0, 0),
    ],
)
def test_rows_add_up_to_the_cap(
    registry: Registry, cap: float | str | None, rows: list, bonus: float, times: float
) -> None:
    built = scheme(item("A", weight=50.0), Item("X", kind="bonus", params={"each": "2"}, cap=cap))
    given = data({"A": [0.5, 0.5]}, adjustments=[(1, "X", occurrences, points) for occurrences, points in rows])
    results = score(built, given, registry)
    assert listed(results.bonus) == [0, bonus]
    assert listed(results.adjustment_points["X"]) == [0, bonus]
    assert listed(results.occurrences["X"]) == [0, times]
    assert listed(results.total) == [25, 25 + bonus]


@pytest.mark.parametrize(
    ("limits", "deduction", "bonus", "expected"),
    [
        ({}, 30, 0, 0),
        ({"min_total": None}, 30, 0, -5),
        ({"min_total": 10.0}, 30, 0, 10),
        ({}, 0, 90, 115),
        ({"max_total": 100.0}, 0, 90, 100),
        ({"max_total": 100.0}, 20, 90, 95),
    ],
)
def test_limits_of_the_total(registry: Registry, limits: dict, deduction: float, bonus: float, expected: float) -> None:
    built = scheme(item("A", weight=50.0), Item("B", kind="bonus"), Item("D", kind="deduction"), **limits)
    given = data({"A": [0.5]}, adjustments=[(0, "D", N, deduction), (0, "B", N, bonus)])
    results = score(built, given, registry)
    assert results.total[0] == expected
    assert (results.before[0], results.bonus[0], results.deduction[0]) == (25, bonus, deduction)


@pytest.mark.parametrize(
    ("rows", "total", "grade", "holding"),
    [
        ([], 95, "A", 0),
        ([("V1", 1)], 95, "B", 1),
        ([("V1", N)], 95, "B", 1),
        ([("V1", 0)], 95, "A", 0),
        ([("V1", 0.5)], 95, "A", 0),
        ([("V1", 0.5), ("V1", 0.5)], 95, "B", 1),
        ([("V2", 1)], 70.13, "B", 1),
        ([("V3", 1)], 80, "C", 1),
        ([("V1", 1), ("V2", 1), ("V3", 2)], 70.13, "C", 3),
    ],
)
def test_of_several_vetoes_the_strictest_holds(
    registry: Registry, rows: list, total: float, grade: str, holding: int
) -> None:
    """`max_score` applies before rounding: 70.125 becomes 70.13."""
    built = scheme(
        item("A", weight=100.0), Item("V1", kind="veto", params={"max_grade": "B"}),
        Item("V2", kind="veto", params={"max_score": "70.125"}),
        Item("V3", kind="veto", params={"max_grade": "C", "max_score": 80}), grades=BANDS,
    )  # fmt: skip
    results = score(built, data({"A": [0.95]}, adjustments=[(0, code, times, N) for code, times in rows]), registry)
    assert (results.total[0], results.grade[0], results.vetoes[0]) == (total, grade, holding)


def test_a_capped_participant_takes_no_place_in_a_better_bands_quota(registry: Registry) -> None:
    bands = (GradeBand("A", quota=0.25), GradeBand("B"))
    built = scheme(item("A", weight=100.0), Item("V", kind="veto", params={"max_grade": "B"}), grades=bands)
    results = score(built, data({"A": [0.9, 0.8, 0.7, 0.6]}, adjustments=[(0, "V", 1, N)]), registry)
    assert results.grade == ("B", "A", "B", "B")
    assert results.rank.tolist() == [1, 2, 3, 4]


def test_adjustments_are_no_siblings(registry: Registry) -> None:
    built = scheme(Item("R", kind="dimension"), item("A", parent="R"), Item("X", "R", kind="bonus", params={"each": 1}))
    results = score(built, data({"A": [0.5]}), registry)
    assert results.item_codes == ("A", "R")
    assert results.total[0] == 5


def test_the_unscored_keep_their_adjustments_and_no_total(registry: Registry) -> None:
    built = scheme(item("A"), Item("X", kind="bonus"), missing="exclude")
    results = score(built, data({"A": [N]}, adjustments=[(0, "X", N, 5)]), registry)
    assert listed(results.total) == [None]
    assert results.bonus[0] == 5


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((0, "X", -1, N), "occurrences"),
        ((0, "X", 1, -2), "points"),
        ((0, "Y", 1, N), "points"),
        ((0, "A", 1, 1), "item"),
        ((0, "Q", 1, 1), "item"),
        ((7, "X", 1, 1), "participant"),
    ],
)
def test_rows_are_checked(registry: Registry, row: tuple, column: str) -> None:
    built = scheme(item("A"), Item("X", kind="bonus", params={"each": 1}), Item("Y", kind="deduction"))
    found = check_data(built, data({"A": [0.5]}, adjustments=[(0, "X", 1, N), row]), registry)
    assert [(f.place.sheet, f.place.column, f.place.index) for f in found] == [("adjustments", column, 1)]


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        (Item("X", kind="bonus", params={"each": -1}), "params"),
        (Item("X", kind="bonus", params={"every": 1}), "params"),
        (Item("X", kind="bonus", cap=-1.0), "cap"),
        (Item("X", kind="bonus", cap="lots"), "cap"),
        (Item("X", kind="bonus", method="ratio"), "method"),
        (Item("X", kind="veto"), "params"),
        (Item("X", kind="veto", params={"max_grade": "Z"}), "params"),
        (Item("X", kind="veto", params={"max_score": "low"}), "params"),
        (Item("X", kind="bonus", participant="p00"), "participant"),
    ],
)
def test_items_are_checked(registry: Registry, entry: Item, column: str) -> None:
    found = check_scheme(scheme(item("A"), entry, grades=BANDS), registry, publish=False)
    assert [(f.place.sheet, f.place.key, f.place.column) for f in found] == [("items", "X", column)]
