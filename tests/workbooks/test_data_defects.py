"""Every defect in a data workbook is reported at its cell."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import numpy as np
import pytest

from plugins.engine.scheme import Item, Place, RaterGroup, Scheme, TableRow
from tests.workbooks.making import opened
from views.workbooks.data_reading import DataReading, read_data

SCHEME = Scheme(
    "S",
    items=(
        Item("R", name="Rate", value_type="percent"),
        Item("D", name="Done on", value_type="date"),
        Item("C", name="Class", value_type="choice", table=(TableRow("good", 1.0), TableRow("poor", 0.0))),
        Item("Y", name="Filed", value_type="yes_no"),
        Item("K", name="Cases", value_type="count"),
        Item("P", name="Panel", method="rating"),
        Item("X", name="Same name"),
        Item("Z", name="Same name"),
        Item("DIM", kind="dimension", name="Top"),
        Item("B", kind="bonus", name="Praise"),
    ),
    raters=(RaterGroup("peers"),),
)
GOOD: dict[str, list[list[Any]]] = {
    "participants": [["code", "name", "group", "parent"], ["U1", "One", "g", None], ["U2", "Two", "g", None]],
    "actual": [
        ["participant", "R", "D", "C", "Y", "K", "P"],
        ["U1", 95.5, date(2025, 12, 12), "good", "yes", 3, None],
        ["U2", "n/a", "2025-12-31", "Poor", "否", "4", "N/A"],
    ],
    "target": [["participant", "R"], ["U1", 100]],
    "ratings": [["participant", "item", "rater", "group", "score"], ["U1", "P", "r1", "peers", 90]],
    "adjustments": [["participant", "item", "occurrences", "points", "reason"], ["U2", "B", 2, None, "praise"]],
    "linked": [["participant", "from", "rate"], ["U1", "2024", 0.9]],
}


def reading(changes: dict[str, Any]) -> DataReading:
    sheets = copy.deepcopy(GOOD)
    for address, value in changes.items():
        sheet, _, cell = address.partition("!")
        column, row = ord(cell[0]) - 65, int(cell[1:]) - 1
        rows = sheets[sheet]
        while len(rows) <= row:
            rows.append([])
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    return read_data(opened(sheets), SCHEME)


def test_the_good_one() -> None:
    result = reading({})
    data = result.data
    assert result.problems == ()
    np.testing.assert_array_equal(data.actual["R"], [95.5, np.nan])
    np.testing.assert_array_equal(data.actual["D"], [date(2025, 12, 12).toordinal(), date(2025, 12, 31).toordinal()])
    np.testing.assert_array_equal(data.actual["Y"], [1, 0])
    np.testing.assert_array_equal(data.actual["K"], [3, 4])
    assert data.choices == {"C": ("good", "poor")}
    assert {code: claim.tolist() for code, claim in data.not_applicable.items()} == {
        "R": [False, True],
        "P": [False, True],
    }
    np.testing.assert_array_equal(data.target["R"], [100, np.nan])
    assert data.ratings is not None
    assert (data.ratings.rater, data.ratings.score.tolist()) == (("r1",), [90.0])
    assert data.adjustments is not None
    assert data.adjustments.participant.tolist() == [1]
    assert data.linked == {(0, "2024"): 0.9}


@pytest.mark.parametrize(
    ("address", "value", "said"),
    [
        ("participants!A3", "U1", "“U1” stands twice"),
        ("participants!E1", "colour", "“colour” is no column known here"),
        ("actual!B1", "RR", "“RR” is no column known here"),
        ("actual!H1", "Same name", "“Same name” is no column known here"),
        ("actual!H1", "R", "the column “R” stands twice"),
        ("actual!A3", "U3", "there is no participant “U3” on the sheet participants; the nearest known one is “U"),
        ("actual!A3", "U1", "“U1” stands twice"),
        ("actual!B2", "high", "“high” is no number"),
        ("actual!C3", "2025-13-01", "“2025-13-01” is no date"),
        ("actual!C2", 45000, "“45000” is no date"),
        ("actual!D3", "god", "did you mean “good”"),
        ("actual!E2", "perhaps", "neither yes nor no"),
        ("actual!F2", 2.5, "2.5 is no whole number"),
        ("target!B2", "lots", "“lots” is no number"),
        ("target!A2", "U", "there is no participant “U”"),
        ("ratings!A2", "U9", "there is no participant “U9”"),
        ("ratings!B2", "Q", "the scheme has no item “Q”"),
        ("ratings!D2", "peer", "the scheme has no rater group “peer”; the nearest known one is “peers”"),
        ("ratings!E2", "high", "“high” is no number"),
        ("ratings!E2", None, "“score” is missing"),
        ("adjustments!B2", "R", "“R” is neither bonus, deduction nor veto"),
        ("adjustments!B2", "BB", "the scheme has no item “BB”"),
        ("adjustments!C2", -1, "-1 is outside what is allowed; enter 0 or more"),
        ("adjustments!D2", -0.5, "-0.5 is outside what is allowed"),
        ("linked!C2", "all", "“all” is no number"),
        ("linked!B2", None, "“from” is missing"),
    ],
)
def test_one_defect(address: str, value: Any, said: str) -> None:
    problems = [problem.line() for problem in reading({address: value}).problems]
    assert any(line.startswith(f"{address}: ") and said in line for line in problems), problems
    others = {line.partition("!")[0] for line in problems} - {address.partition("!")[0]}
    assert address == "participants!A3" or not others, problems


def test_a_rater_who_rates_twice() -> None:
    rows = {f"ratings!{column}3": value for column, value in zip("ABCDE", ("U1", "P", "r1", "peers", 80), strict=True)}
    assert [problem.line() for problem in reading(rows).problems] == [
        "ratings!C3: “r1” already rated U1 on P in row 2; keep one of the two"
    ]


def test_a_linked_rate_given_twice() -> None:
    rows = {f"linked!{column}3": value for column, value in zip("ABC", ("U1", "2024", 0.8), strict=True)}
    assert [f"{p.sheet}!{p.cell}" for p in reading(rows).problems] == ["linked!A3"]


def test_items_by_name_and_values_that_have_no_effect() -> None:
    result = reading({"actual!B1": "rate", "actual!G2": 5, "actual!H1": "DIM", "actual!H2": 1})
    assert result.errors == ()
    assert result.data.actual["R"][0] == 95.5
    assert [problem.line() for problem in result.problems] == [
        "actual!G2: the value of “P” has no effect here; enter it on the sheet ratings",
        "actual!H2: the value of “DIM” has no effect here",
    ]


def test_a_sheet_whose_name_is_nearly_right_is_not_passed_over() -> None:
    sheets = {**GOOD, "rating": GOOD["ratings"]}
    del sheets["ratings"]
    problems = read_data(opened(sheets), SCHEME).problems
    assert [problem.line() for problem in problems] == [
        "rating!A1: “rating” is no sheet known here; the nearest known one is “ratings”"
    ]


def test_places_of_rows_that_were_taken() -> None:
    rows = {f"ratings!{column}3": value for column, value in zip("ABCDE", ("U2", "P", "r1", "peers", 80), strict=True)}
    result = reading({**rows, "ratings!E2": "bad"})
    assert result.data.ratings is not None
    assert result.locate(Place("ratings", "U2", "score", 0)) == ("ratings", "E3")
    assert result.locate(Place("actual", "U2", "C")) == ("actual", "D3")
    assert result.locate(Place("participants", "U2", "parent_grade")) == ("participants", "A3")
    assert result.locate(Place("adjustments", None, "points", 0)) == ("adjustments", "D2")
