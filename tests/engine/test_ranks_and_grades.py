"""Ranks, ties, grades, quotas (scoring.md 6)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plugins.engine import check_data, check_scheme, score
from plugins.engine.results import Results
from plugins.engine.scheme import GradeBand, Item
from plugins.registry import Registry
from tests.engine.building import data, item, scheme

N = None
TOTALS = [0.7, 0.9, 0.7, N, 0.5, 0.7]


@pytest.mark.parametrize(
    ("method", "overall", "in_group"),
    [
        ("competition", [2, 1, 2, 0, 5, 2], [1, 1, 2, 0, 3, 1]),
        ("dense", [2, 1, 2, 0, 3, 2], [1, 1, 2, 0, 3, 1]),
        ("ordinal", [2, 1, 3, 0, 5, 4], [1, 1, 2, 0, 3, 2]),
    ],
)
def test_ranks_overall_and_in_the_group(registry: Registry, method: str, overall: list, in_group: list) -> None:
    built = scheme(item("A", weight=100.0), missing="exclude", rank_method=method)
    results = score(built, data({"A": TOTALS}, groups=["", "g", "g", "g", "g", ""]), registry)
    assert results.rank.tolist() == overall
    assert results.group_rank.tolist() == in_group


@pytest.mark.parametrize(
    ("breakers", "order"),
    [
        ((), ["p00", "p01", "p02", "p03"]),
        (("A",), ["p02", "p01", "p03", "p00"]),
        (("B",), ["p00", "p03", "p01", "p02"]),
        (("C",), ["p03", "p00", "p01", "p02"]),
        (("C", "A"), ["p03", "p02", "p01", "p00"]),
    ],
)
def test_ordinal_ties_go_by_the_tie_breakers_missing_lowest_then_by_code(
    registry: Registry, breakers: tuple, order: list
) -> None:
    built = scheme(
        item("A"), item("B"), item("C", missing="exclude"), rank_method="ordinal", tie_breakers=breakers, decimals=0
    )
    given = data({"A": [0.2, 0.5, 0.8, 0.3], "B": [0.8, 0.5, 0.2, 0.7], "C": [N, N, N, 0.5]}, count=4)
    results = score(built, given, registry)
    assert set(results.total.tolist()) == {15.0}
    ranked = sorted(zip(results.rank.tolist(), given.participants.codes, strict=True))
    assert [code for _, code in ranked] == order


def test_tie_breakers_compare_at_twelve_digits(registry: Registry) -> None:
    built = scheme(item("A"), item("B"), rank_method="ordinal", tie_breakers=("A",), decimals=1)
    results = score(built, data({"A": [0.3, 0.1 + 0.2, 0.3000001], "B": [0.5, 0.5, 0.5]}), registry)
    assert results.rank.tolist() == [2, 3, 1]


def test_ranks_use_the_rounded_total(registry: Registry) -> None:
    built = scheme(item("A", weight=100.0), decimals=1)
    assert score(built, data({"A": [0.70041, 0.7001, 0.70049]}), registry).rank.tolist() == [1, 1, 1]


# ---- grades


def graded(registry: Registry, totals: list, bands: tuple, **given: Any) -> Results:
    settings = given.pop("settings", {})
    built = scheme(item("A", weight=100.0), missing="exclude", grades=bands, **settings)
    errors = check_scheme(built, registry, publish=True, headless=True) + check_data(
        built, data({"A": totals}, **given), registry
    )
    assert [str(found.text) for found in errors if found.level == "error"] == []
    return score(built, data({"A": totals}, **given), registry)


def test_bands_by_the_rounded_total(registry: Registry) -> None:
    bands = (GradeBand("A", min_score=90.0), GradeBand("B", min_score=60.0), GradeBand("C"))
    results = graded(registry, [0.9, 0.89995, 0.89994, 0.6, 0.59, N], bands)
    assert results.grade == ("A", "A", "B", "B", "C", "")


@pytest.mark.parametrize(
    ("rounding", "share", "size", "taken"),
    [
        ("down", 0.29, 100, 29), ("down", 0.25, 7, 1), ("nearest", 0.25, 6, 2), ("nearest", 0.25, 5, 1),
        ("up", 0.25, 5, 2),
        ("up", 0.1, 30, 3), ("up", 0.07, 100, 7), ("down", 0.57, 100, 57), ("down", 0.0, 5, 0), ("up", 0.01, 5, 1),
    ],
)  # fmt: skip
def test_quota_products_are_rounded_at_twelve_digits(
    registry: Registry, rounding: str, share: float, size: int, taken: int
) -> None:
    bands = (GradeBand("A", quota=share, rounding=rounding), GradeBand("C"))
    results = graded(registry, [(at + 1) / 1000 for at in range(size)], bands)
    assert results.grade.count("A") == taken
    assert all(grade == "A" for grade in results.grade[size - taken :])


def test_the_unscored_count_in_the_quotas_base(registry: Registry) -> None:
    results = graded(registry, [0.9, 0.8, N, N], (GradeBand("A", quota=0.5), GradeBand("C")))
    assert results.grade == ("A", "A", "", "")


TIE = [0.9, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    ("tie", "share", "grades", "listed"),
    [
        ("exclude", 0.2, "ACCCCCCCCC", ["p01, p02"]),
        ("include", 0.2, "AAACCCCCCC", ["p01, p02"]),
        ("exclude", 0.3, "AAACCCCCCC", []),
        ("exclude", 0.1, "ACCCCCCCCC", []),
        ("include", 0.1, "ACCCCCCCCC", []),
        ("include", 0.0, "CCCCCCCCCC", []),
    ],
)
def test_a_tie_at_the_quota(registry: Registry, tie: str, share: float, grades: str, listed: list) -> None:
    results = graded(registry, TIE, (GradeBand("A", quota=share), GradeBand("C")), settings={"quota_tie": tie})
    assert "".join(results.grade) == grades
    notes = [note for note in results.notes if note.kind == "quota_tie"]
    assert [dict(note.text.params)["codes"] for note in notes] == listed


def test_a_tie_stops_the_filling(registry: Registry) -> None:
    """The one below the tie is not taken though there would be room for one."""
    results = graded(
        registry, [0.8, 0.8, 0.7], (GradeBand("A", quota=0.34), GradeBand("B", quota=0.67), GradeBand("C"))
    )
    assert results.grade == ("B", "B", "C")


def test_a_tie_is_one_of_totals_even_under_ordinal_ranks(registry: Registry) -> None:
    results = graded(registry, TIE, (GradeBand("A", quota=0.2), GradeBand("C")), settings={"rank_method": "ordinal"})
    assert results.rank.tolist() == list(range(1, 11))
    assert "".join(results.grade) == "ACCCCCCCCC"


@pytest.mark.parametrize(
    ("group", "expected"), [("group", "ACCACC"), ("parent", "ACACCC"), ("all", "AACCCC"), ]
)  # fmt: skip
def test_quota_groups(registry: Registry, group: str, expected: str) -> None:
    results = graded(
        registry, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], (GradeBand("A", quota=0.34), GradeBand("C")),
        groups=["g", "g", "g", "", "", ""], parents=["u", "u", "v", "v", "v", "u"], settings={"quota_group": group},
    )  # fmt: skip
    assert "".join(results.grade) == expected


def test_quota_by_the_parents_grade(registry: Registry) -> None:
    bands = (GradeBand("A", quota=0.2, quota_if_parent="excellent=0.5; good = 0.25"), GradeBand("C"))
    results = graded(
        registry, [at / 20 for at in range(16, 0, -1)], bands, parents=["u"] * 4 + ["v"] * 4 + ["w"] * 5 + [""] * 3,
        grades=["excellent"] * 4 + ["good"] * 4 + ["C"] * 5 + [""] * 3, settings={"quota_group": "all"},
    )  # fmt: skip
    assert "".join(results.grade) == "AACC" + "ACCC" + "ACCCC" + "CCC"


def test_a_parents_grade_without_a_quota_has_none(registry: Registry) -> None:
    bands = (GradeBand("A", min_score=50.0, quota_if_parent="excellent=0.5"), GradeBand("C"))
    results = graded(registry, [0.9, 0.8, 0.4], bands, parents=["u"] * 3)
    assert results.grade == ("A", "A", "C")


def test_parent_grades_are_checked(registry: Registry) -> None:
    bands = (GradeBand("A", quota_if_parent="excellent=0.5"), GradeBand("C"))
    built = scheme(item("A"), grades=bands)
    given = data({"A": [1, 1, 1]}, parents=["u", "u", "v"], grades=["excellent", "A", "excelent"])
    found = [(f.place.key, f.place.column, f.level) for f in check_data(built, given, registry)]
    assert found == [("p01", "parent_grade", "error"), ("p02", "parent_grade", "note")]


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ("total >= 70", "AACC"),
        ("vetoes == 0", "ACAA"),
        ("V < 2 and V2 == 0", "AAAA"),
        ("V == 0", "ACAA"),
        ("A > 0.65", "AACC"),
        ("B >= 0.5", "AACC"),
        ("missing(B) or B >= 0.5", "AACC"),
        ("coalesce(B, 1) >= 0.5", "AAAC"),
        ("missing(B)", "CCAC"),
        ("1", "AAAA"),
        ("0", "CCCC"),
        ("1 / (total - 60)", "AACA"),
        ("D > 0.65", "AACC"),
    ],
)
def test_requires(registry: Registry, requires: str, expected: str) -> None:
    """A missing result is not met; numbers other than 0 are."""
    built = scheme(
        Item("D", kind="dimension"), item("A", parent="D", weight=100.0), item("B", weight=1e-9, missing="exclude"),
        Item("V", kind="veto", params={"max_score": 1000}), Item("V2", kind="veto", params={"max_score": 1000}),
        grades=(GradeBand("A", requires=requires), GradeBand("C")),
    )  # fmt: skip
    given = data({"A": [0.9, 0.8, 0.6, 0.5], "B": [0.5, 0.6, N, 0.4]}, adjustments=[(1, "V", 1, N)])
    assert [f for f in check_scheme(built, registry, publish=False) if f.level == "error"] == []
    assert "".join(score(built, given, registry).grade) == expected


@pytest.mark.parametrize(
    ("band", "column"),
    [
        (GradeBand("A", quota=1.5), "quota"),
        (GradeBand("A", quota=-0.1), "quota"),
        (GradeBand("A", rounding="half"), "rounding"),
        (GradeBand("A", requires="total >"), "requires"),
        (GradeBand("A", requires="A1 > 0"), "requires"),
        (GradeBand("A", requires="X > 0"), "requires"),
        (GradeBand("A", quota_if_parent="good"), "quota_if_parent"),
        (GradeBand("A", quota_if_parent="good=2"), "quota_if_parent"),
        (GradeBand("A", min_score=float("nan")), "min_score"),
        (GradeBand("C"), "code"),
    ],
)
def test_bands_are_checked(registry: Registry, band: GradeBand, column: str) -> None:
    built = scheme(item("A"), Item("X", kind="bonus"), grades=(band, GradeBand("C")))
    found = [f for f in check_scheme(built, registry, publish=False) if f.level == "error"]
    assert [(f.place.sheet, f.place.key, f.place.column) for f in found] == [("grades", band.code, column)]


@pytest.mark.parametrize(
    ("last", "level"),
    [
        (GradeBand("C", min_score=0.0), "note"), (GradeBand("C", min_score=10.0), "error"),
        (GradeBand("C", quota=0.5), "error"),
        (GradeBand("C", requires="total > 1"), "error"),
    ],
)  # fmt: skip
def test_the_last_band_has_no_conditions(registry: Registry, last: GradeBand, level: str) -> None:
    built = scheme(item("A"), grades=(GradeBand("A", min_score=50.0), last))
    assert [f.level for f in check_scheme(built, registry, publish=False)] == [level]
    assert score(scheme(item("A"), grades=(GradeBand("C"),)), data({"A": [0.0]}), registry).grade == ("C",)


def test_quotas_are_never_exceeded(registry: Registry) -> None:
    rng = np.random.default_rng(3)
    totals = rng.integers(0, 20, 300) / 20
    groups = [f"g{at}" for at in rng.integers(0, 7, 300)]
    bands = (GradeBand("A", quota=0.2), GradeBand("B", quota=0.3), GradeBand("C"))
    results = graded(registry, totals.tolist(), bands, groups=groups)
    for group in set(groups):
        own = [grade for grade, place in zip(results.grade, groups, strict=True) if place == group]
        assert own.count("A") <= len(own) * 0.2
        assert own.count("B") <= len(own) * 0.3
