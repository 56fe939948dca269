"""A workbook given back with its errors marked in place."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from config.text import text
from tests.workbooks.making import Formula, made
from views.workbooks.annotate import annotate
from views.workbooks.book import open_workbook
from views.workbooks.looks import BAD_SOFT
from views.workbooks.problems import Problem, WorkbookError
from views.workbooks.table import Column, read_table

COLUMNS = [Column("code", "code"), Column("staff", "number"), Column("opened_on", "date")]
ROWS = [
    ["Units"],
    ["code", "staff", "opened_on"],
    ["007", "many", "=now"],
    ["A", 3, "never"],
    ["A", Formula("=1+2"), None],
]


def problems_of(content: bytes) -> tuple[Problem, ...]:
    return tuple(read_table(open_workbook(content), "unit", COLUMNS, "code").problems)


def marked(content: bytes, problems: Sequence[Problem], language: str = "en") -> bytes:
    file = io.BytesIO()
    annotate(content, problems, file, language=language)
    return file.getvalue()


def test_bad_cells_are_coloured_and_commented_and_a_summary_stands_in_front() -> None:
    content = made({"unit": ROWS})
    found = problems_of(content)
    assert sorted(problem.cell for problem in found) == ["A5", "B3", "C3", "C4"]
    workbook = openpyxl.load_workbook(io.BytesIO(marked(content, found)))
    assert workbook.sheetnames == ["problems", "unit"]
    for problem in found:
        cell = workbook["unit"][problem.cell]
        assert cell.fill.start_color.rgb == "FF" + BAD_SOFT.lstrip("#")
        assert str(problem.message) in cell.comment.text
    untouched = workbook["unit"]["B4"]
    assert (untouched.value, untouched.comment, untouched.fill.fill_type) == (3, None, None)
    assert workbook["unit"]["A3"].value == "007"
    assert workbook["unit"]["B5"].value == "=1+2"


def test_the_summary_lists_every_problem_and_leads_to_it() -> None:
    found = problems_of(made({"unit": ROWS}))
    summary = openpyxl.load_workbook(io.BytesIO(marked(made({"unit": ROWS}), found)))["problems"]
    listed = [[cell.value or "" for cell in row] for row in summary.iter_rows(min_row=5)]
    assert [row[:2] for row in listed] == [[problem.sheet, problem.cell] for problem in found]
    assert [row[3] for row in listed] == [str(problem.wrong) for problem in found]
    quoted = next(cell for cell in summary["C"] if cell.value == "=now")
    assert quoted.data_type == "s"
    assert summary["B5"].hyperlink.location == f"'unit'!{found[0].cell}"


def test_marking_again_takes_away_what_was_marked_before() -> None:
    content = made({"unit": ROWS})
    first = marked(content, problems_of(content))
    again = [Problem("unit", 4, 2, 3.0, text("wrong", "错误"))]
    workbook = openpyxl.load_workbook(io.BytesIO(marked(first, again, "zh_Hans")))
    assert workbook.sheetnames == ["问题", "unit"]
    comments = {
        cell.coordinate: cell.comment.text for row in workbook["unit"].iter_rows() for cell in row if cell.comment
    }
    assert comments == {"B4": "错误"}
    assert workbook["unit"]["C3"].fill.fill_type is None


def test_a_sheet_of_the_same_name_that_is_someone_elses_stays() -> None:
    content = made({"unit": ROWS, "problems": [["mine"]]})
    workbook = openpyxl.load_workbook(io.BytesIO(marked(content, problems_of(content))))
    assert workbook.sheetnames == ["problems 2", "unit", "problems"]


def test_the_marked_workbook_reads_as_the_original_once_its_formulas_are_computed() -> None:
    rows = [*ROWS[:4]]
    content = made({"unit": rows})
    found = problems_of(content)
    again = problems_of(marked(content, found))
    assert [problem.line() for problem in again] == [problem.line() for problem in found]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(WorkbookError):
        marked(content, [])


def test_a_problem_on_a_sheet_that_is_not_there_is_only_listed() -> None:
    missing: Any = Problem("gone", 1, 1, None, text("the sheet is missing", "缺少工作表"))
    workbook = openpyxl.load_workbook(io.BytesIO(marked(made({"unit": ROWS}), [missing])))
    assert workbook["problems"]["A5"].value == "gone"
