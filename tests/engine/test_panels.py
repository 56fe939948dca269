"""Panels and ballot rules (scoring.md 3)."""

from __future__ import annotations

import pytest

from plugins.engine import check_data, check_scheme, explain, score
from plugins.engine.ballots import parse_ballot_rule
from plugins.engine.scheme import RaterGroup, Scheme
from plugins.registry import Registry
from tests.engine.building import data, item, listed, scheme

TEN = {"scale_max": 10}


def panel(registry: Registry, scores: dict[str, list[float]], params: dict, raters: tuple = ()) -> float | None:
    """The rate of one participant rated by groups of raters, missing shown as None."""
    rows = [
        (0, "A", f"{group}{at}", group, value) for group, values in scores.items() for at, value in enumerate(values)
    ]
    built = scheme(item("A", "rating", params=params), missing="exclude", raters=raters)
    return listed(score(built, data(count=1, ratings=rows), registry).rates[0])[0]


@pytest.mark.parametrize(
    ("params", "scores", "expected"),
    [
        (TEN, [8], 0.8),
        (TEN, [8, 9], 0.85),
        ({"scale_min": 5, "scale_max": 10}, [8, 9], 0.7),
        (TEN | {"trim": 1}, [8, 9], 0.85),
        (TEN | {"trim": 1}, [1, 8, 9], 0.8),
        (TEN | {"trim": 1}, [1, 1, 8, 9, 9], 0.6),
        (TEN | {"trim": 2}, [1, 2, 8, 9], 0.5),
        (TEN | {"trim": 2}, [1, 2, 8, 9, 10], 0.8),
        (TEN | {"combine": "median"}, [1, 8, 9], 0.8),
        (TEN | {"combine": "median"}, [1, 7, 8, 9], 0.75),
        (TEN | {"combine": "median", "trim": 1}, [1, 7, 8, 9], 0.75),
        (TEN | {"round": 1}, [8, 8, 9], 0.83),
        (TEN | {"round": 2}, [9.25, 9.0, 9.5, 9.25, 9.375], 0.928),
        (TEN | {"round": 0}, [8, 9], 0.9),
        (TEN | {"min_raters": 3}, [8, 9], None),
        (TEN | {"min_raters": 3, "trim": 1}, [8, 9, 10], 0.9),
    ],
)
def test_one_group(registry: Registry, params: dict, scores: list, expected: float | None) -> None:
    assert panel(registry, {"g": scores}, params) == expected


@pytest.mark.parametrize(
    ("raters", "scores", "expected"),
    [
        ((RaterGroup("a", weight=3.0), RaterGroup("b")), {"a": [8], "b": [4]}, 0.7),
        ((RaterGroup("a"), RaterGroup("b")), {"a": [8, 8, 8], "b": [4]}, 0.6),
        ((RaterGroup("a", min_raters=2), RaterGroup("b")), {"a": [8], "b": [4]}, 0.4),
        ((RaterGroup("a", min_raters=1), RaterGroup("b")), {"a": [8], "b": [4]}, 0.6),
        ((RaterGroup("a", min_raters=2),), {"a": [8]}, None),
        ((), {"a": [8], "b": [4]}, 0.6),
    ],
)
def test_groups_by_weight_and_least_number(
    registry: Registry, raters: tuple, scores: dict, expected: float | None
) -> None:
    assert panel(registry, scores, TEN, raters) == expected


def test_the_groups_least_number_goes_before_the_items(registry: Registry) -> None:
    lenient = (RaterGroup("a", min_raters=1),)
    assert panel(registry, {"a": [8]}, TEN | {"min_raters": 3}, lenient) == 0.8
    assert panel(registry, {"a": [8]}, TEN | {"min_raters": 3}, (RaterGroup("a"),)) is None


RULE = "max 3 >= 90; min 2 < 70"


@pytest.mark.parametrize(
    ("scores", "void"),
    [
        ([90, 91, 92, 60, 60], False),
        ([90, 91, 92, 93, 60, 60], True),
        ([90, 91, 92, 89.9, 60, 60], False),
        ([90, 60, 70], True),
        ([60, 69.9], False),
        ([60], True),
    ],
)
def test_a_ballot_that_breaks_its_rule_is_void(registry: Registry, scores: list, void: bool) -> None:
    """The rule holds over all ratings of one rater in the group, whatever they are about."""
    built = scheme(
        item("A", "rating"),
        item("B", "rating"),
        missing="exclude",
        raters=(RaterGroup("g", ballot_rule=RULE), RaterGroup("h")),
    )
    rows = [(at // 2, "AB"[at % 2], "mallory", "g", value) for at, value in enumerate(scores)]
    rows += [(at, code, "mallory", "h", 50) for at in range(3) for code in "AB"]
    results = score(built, data(count=3, ratings=rows), registry)
    first = 0.5 if void else (scores[0] / 100 + 0.5) / 2
    assert results.rates[0, 0] == pytest.approx(first)
    assert [(note.kind, note.place.index) for note in results.notes] == ([("void_ballot", 0)] if void else [])


@pytest.mark.parametrize(
    ("rule", "clauses"),
    [(None, 0), ("", 0), (RULE, 2), ("MAX 3 ≥ 90；min 2<70", 2), ("max 0 = 100", 1), ("min 1 > -5.5;", 1)],
)
def test_ballot_rules(rule: str | None, clauses: int) -> None:
    parsed = parse_ballot_rule(rule)
    assert isinstance(parsed, tuple)
    assert len(parsed) == clauses


@pytest.mark.parametrize(
    "rule", ["most 3 >= 90", "max three >= 90", "max 3 90", "max 3 >= 90, min 2 < 70", "max -1 >= 90", "max 3 >= x"]
)
def test_other_ballot_rules_are_refused(registry: Registry, rule: str) -> None:
    built = scheme(item("A", "rating"), raters=(RaterGroup("g", ballot_rule=rule),))
    found = check_scheme(built, registry, publish=False)
    assert [(f.place.sheet, f.place.key, f.place.column) for f in found] == [("raters", "g", "ballot_rule")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((0, "A", "r", "g", 10.5), "score"),
        ((0, "A", "r", "g", -0.5), "score"),
        ((0, "A", "r", "g", float("nan")), "score"),
        ((0, "X", "r", "g", 5), "item"),
        ((0, "B", "r", "g", 5), "item"),
        ((0, "A", "r", "k", 5), "group"),
        ((9, "A", "r", "g", 5), "participant"),
        ((0, "A", "q", "g", 6), "rater"),
    ],
)
def test_ratings_are_checked(registry: Registry, row: tuple, column: str) -> None:
    built = scheme(item("A", "rating", params=TEN), item("B"), raters=(RaterGroup("g"),))
    given = data(count=1, ratings=[(0, "A", "q", "g", 5), row])
    found = [
        (f.place.sheet, f.place.column, f.place.index) for f in check_data(built, given, registry) if f.level == "error"
    ]
    assert found == [("ratings", column, 1)]


def test_the_ends_of_the_scale_are_inside(registry: Registry) -> None:
    built = scheme(item("A", "rating", params=TEN))
    assert check_data(built, data(count=1, ratings=[(0, "A", "q", "g", 0), (0, "A", "r", "g", 10)]), registry) == []


def explained(registry: Registry, scores: dict[str, list[float]]) -> str:
    built: Scheme = scheme(item("A", "rating", params=TEN), raters=tuple(RaterGroup(group) for group in scores))
    rows = [
        (0, "A", f"rater-{group}-{at}", group, value)
        for group, values in scores.items()
        for at, value in enumerate(values)
    ]
    results = score(built, data(count=1, ratings=rows), registry)
    return str(explain(results, registry, "A", 0))


def test_explanations_keep_raters_anonymous(registry: Registry) -> None:
    shown = explained(registry, {"peers": [8, 8, 9], "leaders": [6, 6, 7]})
    assert "peers 8.333333 (n = 3" in shown
    assert "leaders 6.333333" in shown
    small = explained(registry, {"peers": [8, 8, 9], "leaders": [6.125]})
    assert "5 ratings" not in small
    assert "4 ratings" in small
    assert "leaders" not in small
    assert "6.125" not in small
    assert "fewer than 3 ratings" in explained(registry, {"leaders": [6.125]})
    for text in (shown, small):
        assert "rater-" not in text
