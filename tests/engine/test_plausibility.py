"""What looks odd before a run, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.engine.data import Data
from plugins.engine.plausibility import oddities
from plugins.engine.rater_plausibility import Odd
from plugins.engine.robust import robust_z
from plugins.engine.scheme import Item
from tests.engine.building import NAN, column, data, item, scheme


def kinds(found: list[Odd], kind: str) -> list[tuple[str, str]]:
    return [(odd.item, odd.participant) for odd in found if odd.kind == kind]


def look(given: Data, *items: Item, **more: object) -> list[Odd]:
    return oddities(scheme(*items), given, more.get("before", {}), more.get("ranges", {}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "then", "value_type", "odd"),
    [
        (151.0, 100.0, "number", True),
        (150.0, 100.0, "number", False),
        (49.0, 100.0, "percent", True),
        (-10.0, 10.0, "money", True),
        (5.0, 0.0, "number", False),
        (NAN, 10.0, "number", False),
        (10.0, NAN, "number", False),
        (4.0, 2.0, "count", False),
        (12.0, 6.0, "count", True),
        (739000.0, 1.0, "date", False),
    ],
)
def test_a_jump_is_more_than_half_of_last_period(now: float, then: float, value_type: str, odd: bool) -> None:
    found = look(data({"A": [now, 1.0]}), item("A", value_type=value_type), before={"A": column([then, 1.0])})
    assert kinds(found, "jump") == ([("A", "p00")] if odd else [])


@pytest.mark.parametrize(
    ("low", "high", "wrong"), [(0, 10, ["p00", "p02"]), (None, 10, ["p02"]), (0, None, ["p00"]), (None, None, [])]
)
def test_values_outside_the_range_of_the_indicator(low: float | None, high: float | None, wrong: list[str]) -> None:
    found = look(data({"A": [-1.0, 10.0, 11.0, NAN]}), item("A"), ranges={"A": (low, high)})
    assert [odd.participant for odd in found if odd.kind == "range"] == wrong


def test_outliers_are_looked_for_among_the_peers_of_a_group() -> None:
    values = [10, 11, 12, 11, 10, 60, 100, 101, 99, 100, 102, None]
    groups = ["a"] * 6 + ["b"] * 6
    assert kinds(look(data({"A": values}, groups=groups), item("A")), "outlier") == [("A", "p05")]
    assert kinds(look(data({"A": [1, 1, 1, 50]}), item("A")), "outlier") == []


def test_the_sentence_has_the_numbers_in_both_languages() -> None:
    (odd,) = look(data({"A": [160.0]}), item("A", name="Rate"), before={"A": column([100.0])})
    assert odd.text.in_language("en") == "p00, Rate: 160 against 100 last period (60 %)"
    assert "上期 100" in odd.text.in_language("zh_Hans")


def panel(scores: dict[str, list[float]], group: str = "G") -> Data:
    rows = [(at, "A", rater, group, score) for rater, own in scores.items() for at, score in enumerate(own)]
    return data(count=4, ratings=rows)


def rated() -> Item:
    return item("A", "rating")


def test_identical_ballots_are_found_with_their_raters() -> None:
    found = look(panel({"r1": [80, 81, 82, 90], "r2": [80, 81, 82, 90], "r3": [80, 81, 82, 91]}), rated())
    (odd,) = [odd for odd in found if odd.kind == "same_ballots"]
    assert "r1, r2 are identical in all 4 ratings" in odd.text.in_language("en")
    assert not [odd for odd in look(panel({"r1": [80, 81], "r2": [80, 81]}), rated()) if odd.kind == "same_ballots"]


@pytest.mark.parametrize(("offset", "kind"), [(30.0, "lenient"), (-30.0, "severe"), (1.0, None)])
def test_raters_far_from_their_fellows(offset: float, kind: str | None) -> None:
    base = {f"r{at}": [70.0 + at, 75.0 - at, 80.0 + at % 2, 85.0 + at] for at in range(6)}
    found = look(panel(base | {"odd": [value + offset for value in (70.0, 75.0, 80.0, 85.0)]}), rated())
    assert [odd.kind for odd in found if odd.kind in {"lenient", "severe"}] == ([kind] if kind else [])


def test_the_same_oddity_is_known_again_and_another_number_makes_another() -> None:
    first, again, other = (
        look(data({"A": [value]}), item("A"), before={"A": column([1.0])})[0].facts for value in (9.0, 9.0, 8.0)
    )
    assert first == again
    assert first != other


def test_robust_z_is_not_moved_by_what_it_measures() -> None:
    assert robust_z(np.array([5.0, 5.0, 5.0])).tolist() == [0, 0, 0]
    scores = robust_z(np.array([1.0, 2.0, 3.0, 4.0, 1000.0]))
    assert scores[-1] > 100
    assert abs(scores[1]) < 1
