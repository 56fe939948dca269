"""Every defect in a scheme workbook is reported at its cell."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from plugins.engine.scheme import Place
from tests.workbooks.making import opened
from views.workbooks.scheme_reading import SchemeReading, read_scheme

GOOD: dict[str, list[list[Any]]] = {
    "scheme": [["key", "value"], ["code", "S1"], ["full_marks", 100], ["weighting", "points"], ["min_total", "none"]],
    "items": [
        ["code", "parent", "kind", "name", "weight", "method", "params", "value_type", "direction", "floor"],
        ["A", None, "dimension", "Duties", None, None, None, None, None, None],
        ["A1", "A", "indicator", "Rate", 60, "goalpost", "lo=0; hi=10", "number", "higher", "none"],
        ["A2", "A", "indicator", "Choice", 40, "choice", None, "choice", None, None],
    ],
    "tables": [["item", "x", "rate"], ["A2", "good", 1], ["A2", "poor", 0]],
    "raters": [["group", "name", "weight", "min_raters"], ["peers", "Peers", 1, 3]],
    "grades": [["code", "name", "min_score", "quota"], ["top", "Top", 90, 0.2], ["rest", "Rest", None, None]],
}


def reading(changes: dict[str, Any]) -> SchemeReading:
    sheets = copy.deepcopy(GOOD)
    for address, value in changes.items():
        sheet, _, cell = address.partition("!")
        if not cell:
            sheets[sheet] = value
            continue
        column, row = ord(cell[0]) - 65, int(cell[1:]) - 1
        rows = sheets[sheet]
        while len(rows) <= row:
            rows.append([])
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    return read_scheme(opened(sheets))


def test_the_good_one_has_no_problem() -> None:
    result = reading({})
    assert result.problems == ()
    assert result.scheme is not None
    assert result.scheme.min_total is None
    assert result.scheme.items[1].params == {"lo": "0", "hi": "10"}
    assert [row.x for row in result.scheme.items[2].table] == ["good", "poor"]


@pytest.mark.parametrize(
    ("address", "value", "said"),
    [
        ("scheme!A3", "full_mark", "no setting known here; the nearest known one is “full_marks”"),
        ("scheme!A6", "code", "the setting “code” stands twice; it already stands in row 2"),
        ("scheme!B3", "many", "“many” is no number"),
        ("scheme!B4", "point", "did you mean “points”"),
        ("scheme!B5", "nothing", "“nothing” is no number; enter a number or none"),
        ("scheme!B2", None, "the setting “code” has no value"),
        ("scheme!B1", "val", "“val” is no column known here"),
        ("items!E1", "wieght", "“wieght” is no column known here; the nearest known one is “weight”"),
        ("items!K1", "colour", "“colour” is no column known here"),
        ("items!A3", None, "“code” is missing"),
        ("items!A4", "A1", "“A1” stands twice; it already stands in row 3"),
        ("items!C3", "indicater", "did you mean “indicator”"),
        ("items!C4", None, "“kind” is missing"),
        ("items!E3", "sixty", "“sixty” is no number"),
        ("items!G3", "lo=0; high", "“high” is no parameter; write key=value; key=value"),
        ("items!G3", "lo=0; lo=1", "the parameter “lo” stands twice"),
        ("items!H3", "numbr", "did you mean “number”"),
        ("items!I3", "up", "none of the choices"),
        ("items!J3", "low", "enter a number or none"),
        ("tables!A2", "A3", "there is no item “A3”"),
        ("tables!A3", "Z", "there is no item “Z”"),
        ("tables!C2", "full", "“full” is no number"),
        ("tables!B3", None, "“x” is missing"),
        ("tables!D2", 5, "holds values and has no heading"),
        ("raters!D2", 0, "outside what is allowed; enter 1 or more"),
        ("raters!D2", 2.5, "no whole number"),
        ("grades!D2", 20, "20 is outside what is allowed; enter a number from 0 to 1"),
        ("grades!A3", "top", "“top” stands twice"),
    ],
)
def test_one_defect(address: str, value: Any, said: str) -> None:
    problems = [problem.line() for problem in reading({address: value}).problems]
    reported = address if address != "tables!D2" else "tables!D1"
    assert any(line.startswith(f"{reported}: ") and said in line for line in problems), problems
    follow_ups = {line.partition(":")[0] for line in problems} - {reported}
    assert follow_ups <= {"tables!A2", "tables!A3"}, problems


def test_many_defects_at_once() -> None:
    changes = {"scheme!B3": "x", "items!C3": "x", "items!E4": "x", "tables!C3": "x", "grades!C2": "x"}
    assert [f"{p.sheet}!{p.cell}" for p in reading(changes).problems] == list(changes)


def test_a_number_is_wanted_where_the_method_counts() -> None:
    result = reading({"items!F4": "steps", "items!H4": "number"})
    assert [problem.line() for problem in result.problems] == [
        "tables!B2: “good” is no number; enter a number such as 12.5",
        "tables!B3: “poor” is no number; enter a number such as 12.5",
    ]


def test_a_sheet_whose_name_is_nearly_right_is_not_passed_over() -> None:
    sheets = {**GOOD, "rater": GOOD["raters"]}
    del sheets["raters"]
    assert [problem.line() for problem in read_scheme(opened(sheets)).problems] == [
        "rater!A1: “rater” is no sheet known here; the nearest known one is “raters”"
    ]


def test_sheets_that_are_missing() -> None:
    result = read_scheme(opened({"other": [["x"]]}))
    assert result.scheme is None
    assert [f"{problem.sheet}!{problem.cell}" for problem in result.problems] == ["scheme!A1", "items!A1"]
    assert read_scheme(opened({"scheme": GOOD["scheme"], "items": GOOD["items"]})).problems == ()


def test_headings_and_words_in_chinese_below_a_title() -> None:
    result = reading(
        {
            "scheme": [
                ["考核方案"],
                ["项目", "值"],
                ["代码", "S1"],
                ["权重方式", "百分比"],
                ["排名方式", "并列不占位"],
            ],
            "items": [["指标体系"], [], ["名称", "代码", "类别", "权重"], ["履职", "A", "指标", "100"]],
            "tables": [["item", "x", "rate"]],
        }
    )
    assert result.problems == ()
    assert result.scheme is not None
    assert (result.scheme.weighting, result.scheme.rank_method) == ("percent", "dense")
    assert (result.scheme.items[0].kind, result.scheme.items[0].weight) == ("indicator", 100.0)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("items", "A1", "weight"), ("items", "E3")),
        (Place("items", "A1", "standard"), ("items", "A3")),
        (Place("items", "A1"), ("items", "A3")),
        (Place("items", "nobody", "weight"), ("items", "E1")),
        (Place("items"), ("items", "A1")),
        (Place("scheme", None, "full_marks"), ("scheme", "B3")),
        (Place("scheme", None, "max_total"), ("scheme", "A1")),
        (Place("tables", "A2", "rate", 1), ("tables", "C3")),
        (Place("grades", "rest", "quota"), ("grades", "D3")),
        (Place("raters", "peers", "ballot_rule"), ("raters", "A2")),
    ],
)
def test_places(place: Place, expected: tuple[str, str]) -> None:
    assert reading({}).locate(place) == expected
