"""Scheme and data checks: every finding with its place, in both languages, and nothing stops at the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugins.engine import InvalidScheme, check_data, check_scheme, score
from plugins.engine.scheme import Finding, Item, RaterGroup, Scheme
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, scheme

GOOD = scheme(dimension("D"), item("A", parent="D"), item("B", "minmax", parent="D"), Item("X", kind="bonus"))


def places(found: list[Finding]) -> list[tuple[str, str | None, str | None]]:
    return [(f.place.sheet, f.place.key, f.place.column) for f in found if f.level == "error"]


def test_a_good_scheme_has_no_findings(registry: Registry) -> None:
    assert check_scheme(GOOD, registry, publish=False) == []
    assert places(check_scheme(GOOD, registry, publish=True, headless=True)) == []
    assert check_data(GOOD, data({"A": [0.5], "B": [1]}), registry) == []


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"applies_to": "team"}, "applies_to"),
        ({"weighting": "shares"}, "weighting"),
        ({"rank_method": "olympic"}, "rank_method"),
        ({"missing": "ignore"}, "missing"),
        ({"quota_group": "unit"}, "quota_group"),
        ({"quota_tie": "toss"}, "quota_tie"),
        ({"full_marks": 0.0}, "full_marks"),
        ({"full_marks": float("inf")}, "full_marks"),
        ({"decimals": -1}, "decimals"),
        ({"decimals": 99}, "decimals"),
        ({"min_total": float("nan")}, "min_total"),
        ({"min_total": 50.0, "max_total": 40.0}, "max_total"),
        ({"tie_breakers": ("A", "Q")}, "tie_breakers"),
        ({"tie_breakers": ("X",)}, "tie_breakers"),
        ({"tie_breakers": ("A", "A")}, "tie_breakers"),
    ],
)
def test_settings(registry: Registry, change: dict[str, Any], column: str) -> None:
    assert places(check_scheme(replace(GOOD, **change), registry, publish=False)) == [("scheme", None, column)]


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        (Item("Z", kind="target"), "kind"),
        (item("Z", parent="Q"), "parent"),
        (item("Z", parent="A"), "parent"),
        (item("Z", parent="X"), "parent"),
        (item("Z", aggregate="geometric"), "aggregate"),
        (item("Z", "rato"), "method"),
        (item("Z", value_type="integer"), "value_type"),
        (item("Z", direction="up"), "direction"),
        (item("Z", missing="skip"), "missing"),
        (item("Z", evidence="maybe"), "evidence"),
        (item("Z", decimals=-1), "decimals"),
        (item("Z", decimals=1.5), "decimals"),
        (item("Z", weight=float("nan"), params={"each": 1}), "weight"),
        (item("Z", floor="low"), "floor"),
        (item("Z", cap=float("inf")), "cap"),
        (item("Z", floor=0.8, cap=0.5), "floor"),
        (item("Z", floor=1.5), "floor"),
        (item("Z", floor="none", cap="none", params={}), "params"),
        (dimension("Z", aggregate="mode"), "aggregate"),
        (dimension("Z", method="ratio"), "method"),
        (dimension("Z", params={"min_children": 0}), "params"),
        (dimension("Z", params={"min_childs": 1}), "params"),
        (dimension("Z", participant="p00"), "participant"),
    ],
)
def test_items(registry: Registry, entry: Item, column: str) -> None:
    found = check_scheme(replace(GOOD, items=(*GOOD.items, entry)), registry, publish=False)
    assert places(found) == [("items", "Z", column)]
    assert all(f.text.in_language("zh_Hans") != str(f.text) for f in found)


def test_codes_stand_once(registry: Registry) -> None:
    twice = replace(GOOD, items=(*GOOD.items, item("A"), item(" ")), raters=(RaterGroup("g"), RaterGroup("g")))
    found = check_scheme(twice, registry, publish=False)
    assert places(found) == [("items", "A", "code"), ("items", None, "code"), ("raters", "g", "group")]
    assert [f.place.index for f in found] == [4, 5, 1]


def test_circles_are_found(registry: Registry) -> None:
    loop = scheme(dimension("D", parent="F"), dimension("E", parent="D"), dimension("F", parent="E"),
        item("A", parent="D"),
                  dimension("G", parent="G"))  # fmt: skip
    assert sorted(places(check_scheme(loop, registry, publish=True))) == [("items", code, "parent") for code in "DEFG"]
    with pytest.raises(InvalidScheme):
        score(loop, data({"A": [1]}), registry)


def test_rater_groups(registry: Registry) -> None:
    built = replace(
        GOOD,
        raters=(RaterGroup("a", weight=0.0), RaterGroup("b", min_raters=0), RaterGroup("c", weight=2.0, min_raters=3)),
    )
    assert places(check_scheme(built, registry, publish=False)) == [
        ("raters", "a", "weight"),
        ("raters", "b", "min_raters"),
    ]


def test_a_draft_without_methods_can_be_saved_not_published_nor_scored(registry: Registry) -> None:
    draft = scheme(item("A", None), item("B"))
    assert check_scheme(draft, registry, publish=False) == []
    assert places(check_scheme(draft, registry, publish=True, headless=True)) == [("items", "A", "method")]
    with pytest.raises(InvalidScheme) as caught:
        score(draft, data({"B": [1]}), registry)
    assert places(list(caught.value.findings)) == [("items", "A", "method")]
    assert places(check_scheme(Scheme("E"), registry, publish=True)) != []


def test_everything_is_reported_at_once(registry: Registry) -> None:
    broken = replace(
        GOOD, missing="?", items=(item("A", "ratio", params={"q": 1}, direction="up"), item("B", "goalpost"))
    )
    assert len(check_scheme(broken, registry, publish=False)) == 5


# ---- data


TYPED = scheme(
    item("N", value_type="number"), item("C", value_type="count"), item("T", value_type="date"),
    item("Y", value_type="yes_no"), item("O", "choice", value_type="choice", table=(("good", 1.0), (2.0, 0.5))),
    item("R", "ratio", value_type="yes_no"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"actual": {"N": [float("inf")]}}, ("actual", "p00", "N")),
        ({"actual": {"C": [-1]}}, ("actual", "p00", "C")),
        ({"actual": {"C": [1.5]}}, ("actual", "p00", "C")),
        ({"actual": {"T": [738000.5]}}, ("actual", "p00", "T")),
        ({"actual": {"T": [0]}}, ("actual", "p00", "T")),
        ({"actual": {"T": [1e12]}}, ("actual", "p00", "T")),
        ({"actual": {"Y": [2]}}, ("actual", "p00", "Y")),
        ({"target": {"C": [-1]}}, ("target", "p00", "C")),
        ({"baseline": {"N": [float("-inf")]}}, ("baseline", "p00", "N")),
        ({"actual": {"Q": [1]}}, ("actual", None, "Q")),
        ({"target": {"Q": [1]}}, ("target", None, "Q")),
        ({"choices": {"O": ["bad"]}}, ("actual", "p00", "O")),
        ({"choices": {"Q": ["good"]}}, ("actual", None, "Q")),
        ({"na": {"Q": [True]}}, ("actual", None, "Q")),
    ],
)
def test_values(registry: Registry, given: dict[str, Any], place: tuple) -> None:
    assert places(check_data(TYPED, data(count=1, **given), registry)) == [place]


def test_values_that_fit(registry: Registry) -> None:
    given = data(
        {"N": [-1.5, None], "C": [3, 0], "T": [738000, None], "Y": [1, 0], "R": [1, 0]}, target={"R": [0.8, 2]},
        choices={"O": ["good", "2"]}, na={"C": [False, False]},
    )  # fmt: skip
    assert check_data(TYPED, given, registry) == []
    claimed = data({"C": [-1]}, na={"C": [True]})
    assert check_data(TYPED, claimed, registry) == []


def test_participants(registry: Registry) -> None:
    given = data({"A": [1, 1]})
    twice = replace(given, participants=replace(given.participants, codes=("p00", "p00")))
    assert places(check_data(GOOD, twice, registry)) == [("participants", "p00", "code")]
    nobody = data({"A": []})
    none = replace(
        nobody,
        participants=replace(nobody.participants, codes=(), names=(), groups=(), parents=(), parent_grades=()),
        actual={},
    )
    assert places(check_data(GOOD, none, registry)) == [("participants", None, "code")]
    assert len(score(GOOD, none, registry).total) == 0


def test_individual_items_of_nobody(registry: Registry) -> None:
    built = scheme(dimension("D", weight=10.0), item("A", parent="D", participant="p09"), full_marks=10.0)
    assert places(check_data(built, data({"A": [1]}), registry)) == [("items", "A", "participant")]


def test_linked_rates(registry: Registry) -> None:
    built = scheme(item("A", "linked", params={"from": "unit"}))
    given = data(count=1, linked={(0, "unit"): 0.5, (3, "unit"): 0.5, (0, "x"): float("nan")})
    assert places(check_data(built, given, registry)) == [("linked", None, "participant"), ("linked", None, "rate")]
