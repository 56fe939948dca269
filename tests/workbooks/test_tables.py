"""Reading a sheet as a table: headings in any shape, every kind of value, every error at its cell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.workbooks.making import made, opened, repacked
from views.workbooks.book import open_workbook
from views.workbooks.problems import cell_name, cell_position
from views.workbooks.table import Column, Table, read_table

COLUMNS = (
    Column("code", "code", ("Unit code", "单位代码"), required=True),
    Column("full_name", "text", ("Name", "名称")),
    Column("opened_on", "date", ("Opened on", "成立日期")),
    Column("staff", "integer", ("Staff", "人数"), minimum=0),
    Column("budget", "money", ("Budget", "预算")),
    Column(
        "kind", "choice", ("Kind", "类别"), options={"division": ("Division", "处室"), "centre": ("Centre", "中心")}
    ),
    Column("active", "yes_no", ("Active", "启用")),
)


def read(rows: list[list[Any]], **more: Any) -> Table:
    return read_table(opened({"unit": rows}), "unit", COLUMNS, "code", **more)


def lines(table: Table) -> list[str]:
    return [str(problem) for problem in table.problems]


@pytest.mark.parametrize(
    "headings",
    [
        ["code", "full_name", "staff"],
        ["CODE", " Full Name ", "Staff"],
        ["单位代码", "名称", "人数"],
        ["Unit Code", "fullname", "ＳＴＡＦＦ"],
    ],
)
def test_headings_by_code_or_label_in_any_language(headings: list[str]) -> None:
    table = read([headings, ["A", "Budget", 7]])
    assert table.problems == []
    assert table.rows[0].values == {"code": "A", "full_name": "Budget", "staff": 7}


def test_columns_in_any_order_below_title_rows_and_right_of_nothing() -> None:
    table = read([["Units of the department"], [], [None, "staff", "code"], [None, 3, "007"], [], [None, 4, "008"]])
    assert [(row.number, row["code"], row["staff"]) for row in table.rows] == [(4, "007", 3), (6, "008", 4)]
    assert table.heading_row == 3
    assert table.address(4, "staff") == "B4"
    assert table.problems == []


def test_an_unknown_column_names_the_nearest_and_its_cells_are_checked_all_the_same() -> None:
    table = read([["code", "stafff"], ["A", "many"]])
    assert lines(table) == [
        "unit!B1: “stafff” is no column known here; the nearest known one is “staff”",
        "unit!B2: “many” is no number; enter a number such as 12.5",
    ]


def test_a_misspelt_key_column_is_found() -> None:
    table = read([["Units"], ["codee", "staff"], ["A", 1]])
    assert lines(table) == ["unit!A2: “codee” is no column known here; the nearest known one is “code”"]
    assert table.rows[0]["code"] == "A"


def test_no_heading_row_at_all() -> None:
    table = read([["x", "y"], [1, 2]])
    assert [problem.cell for problem in table.problems] == ["A1"]
    assert "no column “code”" in lines(table)[0]


def test_a_column_that_stands_twice_and_one_without_heading() -> None:
    table = read([["code", "staff", None, "Staff"], ["A", 1, "loose", 2]])
    assert [problem.cell for problem in table.problems] == ["D1", "C1"]


def test_a_missing_sheet_names_the_nearest() -> None:
    table = read_table(opened({"units": [["code"]]}), "unit", COLUMNS, "code")
    assert lines(table) == ["unit!A1: the sheet “unit” is missing; the nearest known one is “units”"]


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("code", 7, "7"),
        ("code", "007", "007"),
        ("code", " A1 ", "A1"),
        ("full_name", 12.5, "12.5"),
        ("full_name", " kept as it is ", " kept as it is "),
        ("staff", "12", 12),
        ("staff", "１２", 12),
        ("staff", "1,200", 1200),
        ("staff", 12.0, 12),
        ("budget", 0.1, Decimal("0.1")),
        ("budget", "-0", Decimal("-0.0")),
        ("opened_on", date(2024, 1, 1), date(2024, 1, 1)),
        ("opened_on", datetime(2024, 1, 1, 10, 30), date(2024, 1, 1)),  # noqa: DTZ001
        ("opened_on", "2024-2-29", date(2024, 2, 29)),
        ("opened_on", "2024年12月31日", date(2024, 12, 31)),
        ("opened_on", "2024/1/2", date(2024, 1, 2)),
        ("kind", "Division", "division"),
        ("kind", "处室", "division"),
        ("kind", "CENTRE", "centre"),
        ("active", "是", True),
        ("active", 0, False),
        ("active", True, True),
        ("active", "No", False),
    ],
)
def test_values_are_taken(code: str, value: Any, expected: Any) -> None:
    headings = ["code", code] if code != "code" else ["code"]
    row = ["A", value] if code != "code" else [value]
    table = read([headings, row])
    assert lines(table) == []
    assert table.rows[0][code] == expected


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("staff", 1.5, "1.5 is no whole number"),
        ("staff", "twelve", "“twelve” is no number"),
        ("staff", "nan", "“nan” is no number"),
        ("staff", "1_000", "“1_000” is no number"),
        ("staff", "1,20", "“1,20” is no number"),
        ("staff", "1e999", "“1e999” is no number"),
        ("staff", True, "“TRUE” is no number"),
        ("staff", -1, "-1 is outside what is allowed; enter 0 or more"),
        ("opened_on", 45292, "“45292” is no date"),
        ("opened_on", "2023-02-29", "“2023-02-29” is no date; enter a date such as 2025-12-31"),
        ("kind", "divison", "did you mean “division”"),
        ("active", "maybe", "neither yes nor no"),
        ("code", 12345678901234567890, "lost digits"),
    ],
)
def test_values_that_cannot_be_taken(code: str, value: Any, said: str) -> None:
    headings = ["code", code] if code != "code" else ["code"]
    row = ["A", value] if code != "code" else [value]
    table = read([headings, row])
    assert len(table.problems) == 1
    assert said in lines(table)[0]
    assert table.rows[0][code] is None
    assert table.problems[0].message.in_language("zh_Hans") != table.problems[0].message.in_language("en")


def test_every_cell_in_error_is_reported_and_repeated_keys_name_the_first() -> None:
    table = read(
        [["code", "staff", "active"], ["A", "x", "y"], [None, 1, "maybe"], ["A", "z", None], ["  ", None, None]]
    )
    assert {problem.cell for problem in table.problems} == {"B2", "A3", "C3", "A4", "B4"}
    assert [p.message.in_language("en") for p in table.problems if p.cell == "A4"] == [
        "“A” stands twice; it already stands in row 2"
    ]


def test_a_formula_that_shows_an_error_is_not_taken_for_a_blank_cell() -> None:
    def change(name: str, part: bytes) -> bytes:
        error = b'<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        return part.replace(b'<c r="B2"><v>7</v></c>', error) if name.endswith("sheet1.xml") else part

    book = open_workbook(repacked(made({"unit": [["code", "staff"], ["A", 7]]}), change))
    table = read_table(book, "unit", COLUMNS, "code")
    assert lines(table) == ["unit!B2: the formula in this cell shows #DIV/0!; correct the formula or enter a value"]


def test_progress_is_told_and_may_cancel() -> None:
    class Cancelled(Exception):
        pass

    def stop(rows: int) -> None:
        raise Cancelled(rows)

    rows = [["code"], *([f"K{i}"] for i in range(2500))]
    told: list[int] = []
    read(rows, progress=told.append)
    assert told == [1000, 2000]
    with pytest.raises(Cancelled):
        read(rows, progress=stop)


@pytest.mark.parametrize("position", [(1, 1), (7, 6), (12, 26), (3, 27), (1048576, 16384)])
def test_addresses(position: tuple[int, int]) -> None:
    assert cell_position(cell_name(*position)) == position
