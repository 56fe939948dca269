"""Missing and not applicable (scoring.md 5)."""

from __future__ import annotations

from datetime import date

import pytest

from plugins.engine import BlockedRun, check_data, score
from plugins.engine.scheme import RaterGroup
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, listed, scheme

N = None


@pytest.mark.parametrize(
    ("own", "of_scheme", "rates", "totals"),
    [
        (None, "zero", [0.4, 0, 0.8], [14, 10, 18]),
        ("zero", "exclude", [0.4, 0, 0.8], [14, 10, 18]),
        ("exclude", "zero", [0.4, None, 0.8], [14, 20, 18]),
        (None, "exclude", [0.4, None, 0.8], [14, 20, 18]),
        ("mean", "zero", [0.4, 0.6, 0.8], [14, 16, 18]),
    ],
)
def test_policies(registry: Registry, own: str | None, of_scheme: str, rates: list, totals: list) -> None:
    built = scheme(item("A", missing=own), item("B"), missing=of_scheme)
    results = score(built, data({"A": [0.4, N, 0.8], "B": [1, 1, 1]}), registry)
    assert listed(results.rates[0]) == rates
    assert listed(results.total) == totals
    assert str(results.reasons[("A", 1)]) == "no actual value"


def test_zero_is_rate_0_whatever_the_floor(registry: Registry) -> None:
    results = score(scheme(item("A", floor=0.3)), data({"A": [N, 0.1]}), registry)
    assert listed(results.rates[0]) == [0, 0.3]


def test_mean_is_of_clipped_rates_before_decimals_in_the_peers_group(registry: Registry) -> None:
    built = scheme(item("A", missing="mean", decimals=0), item("B"))
    given = data({"A": [0.44, 1.6, N, 0.1, N], "B": [0] * 5}, groups=["g", "g", "g", "h", "k"])
    results = score(built, given, registry)
    assert listed(results.points[0]) == [4, 10, 7, 1, 0]
    assert listed(results.rates[0]) == [0.4, 1, 0.7, 0.1, None]
    assert listed(results.weights[0]) == [0.5, 0.5, 0.5, 0.5, 0]


def test_mean_follows_the_items_across(registry: Registry) -> None:
    entry = item("A", "best_ratio", params={"across": "all"}, missing="mean")
    results = score(scheme(entry), data({"A": [10, 5, N]}, groups=["g", "g", "h"]), registry)
    assert listed(results.rates[0]) == [1, 0.5, 0.75]


def test_a_peer_needs_an_actual_value(registry: Registry) -> None:
    """A blank milestone is rate 0 but nobody's peer; neither is one whom the item does not apply to."""
    day = date(2025, 6, 30).toordinal()
    entry = item("A", "milestone", params={"per_day": 0.1}, missing="mean", value_type="date")
    given = data(
        {"A": [day, day + 4, N, day, day]}, target={"A": [day, day, day, N, day]}, na={"A": [False] * 4 + [True]}
    )
    results = score(scheme(entry, item("B")), given, registry)
    assert listed(results.rates[0]) == [1, 0.6, 0, 0.8, None]


def test_not_applicable_is_always_excluded(registry: Registry) -> None:
    day = date(2025, 6, 30).toordinal()
    for policy in ("zero", "mean", "block"):
        built = scheme(
            item("A", "milestone", params={"per_day": 0.1}, missing=policy, value_type="date"),
            item("B", "rating", missing=policy),
            item("C"),
        )
        given = data(
            {"A": [N], "C": [0.7]}, target={"A": [day]}, na={"A": [True], "B": [True]}, ratings=[(0, "B", "r", "g", 80)]
        )
        results = score(built, given, registry)
        assert listed(results.rates[:, 0]) == [None, None, 0.7]
        assert results.total[0] == 21
        assert str(results.reasons[("A", 0)]) == "not applicable"


def test_a_count_that_nobody_entered_is_missing_not_zero(registry: Registry) -> None:
    built = scheme(item("A", "deduct", params={"each": 1}, value_type="count"))
    assert listed(score(built, data({"A": [N, 0]}), registry).rates[0]) == [0, 1]


def test_an_item_without_any_column_is_missing(registry: Registry) -> None:
    results = score(
        scheme(item("A"), item("B", "rating"), item("C", "linked", params={"from": "unit"})), data(count=2), registry
    )
    assert listed(results.total) == [0, 0]
    assert [str(results.reasons[(code, 1)]) for code in "ABC"] == [
        "no actual value", "too few ratings", "no published score to link to",
    ]  # fmt: skip


def test_a_dimension_whose_children_are_all_missing_is_missing(registry: Registry) -> None:
    built = scheme(dimension("D"), item("A", parent="D"), item("B"), missing="exclude")
    results = score(built, data({"A": [N, N], "B": [0.5, N]}), registry)
    assert listed(results.rates[:, 0]) == [None, 0.5, None]
    assert listed(results.total) == [10, None]
    assert results.scored.tolist() == [True, False]
    assert str(results.reasons[("D", 0)]) == "none of its items counts"
    assert str(results.reasons[("", 1)]) == "no indicator is left to score"


def test_the_unscored_are_unranked_and_ungraded(registry: Registry) -> None:
    results = score(scheme(item("A"), missing="exclude"), data({"A": [0.2, N, 0.9]}), registry)
    assert results.rank.tolist() == [2, 0, 1]
    assert results.grade == ("", "", "")


def test_block_stops_the_run_and_lists_every_missing_cell(registry: Registry) -> None:
    built = scheme(
        item("A", missing="block"), item("B", "ratio"), item("C", "rating"), item("D", missing="zero"), missing="block",
        raters=(RaterGroup("g", min_raters=2),),
    )  # fmt: skip
    given = data(
        {"A": [N, 0.5, N], "B": [1, 2, N], "D": [N, N, N]}, target={"B": [N, 2, N]},
        ratings=[(0, "C", "r", "g", 1), (0, "C", "s", "g", 1), (1, "C", "r", "g", 1)], na={"C": [False, False, True]},
    )  # fmt: skip
    expected = {
        ("actual", "p00", "A"), ("actual", "p02", "A"), ("target", "p00", "B"), ("actual", "p02", "B"),
        ("ratings", "p01", "C"),
    }  # fmt: skip
    with pytest.raises(BlockedRun) as caught:
        score(built, given, registry)
    found = [(f.place.sheet, f.place.key, f.place.column) for f in caught.value.findings]
    assert set(found) == expected
    assert len(found) == 5
    checked = check_data(built, given, registry)
    assert {(f.place.sheet, f.place.key, f.place.column) for f in checked} == expected
    assert all(f.level == "error" for f in checked)


def test_what_cannot_be_computed_is_missing_and_noted(registry: Registry) -> None:
    built = scheme(
        item("A", "formula", params={"expression": "1 / x"}), item("B", "formula", params={"expression": "x + t"})
    )
    results = score(built, data({"A": [0, 4], "B": [1, 1]}), registry)
    assert listed(results.rates[0]) == [0, 0.25]
    assert str(results.reasons[("A", 0)]) == "division by zero"
    assert str(results.reasons[("B", 0)]) == "no target value"
    notes = [(note.kind, note.place.sheet, note.place.key, note.place.column) for note in results.notes]
    assert notes == [("not_computed", "actual", "p00", "A")]
    assert "division by zero" in str(results.notes[0].text)
