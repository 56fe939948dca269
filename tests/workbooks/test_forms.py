"""The form workbook: it guides who fills it in, comes back cell by cell, and is refused when foreign or stale."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.workbooks.making import made
from views.workbooks.book import open_workbook
from views.workbooks.form_reading import CheckedForm, check_form, read_form
from views.workbooks.form_sheet import FormLine, FormSection, FormSheet
from views.workbooks.form_writing import write_form
from views.workbooks.problems import WorkbookError

LINES = [
    FormLine("B1", "Execution rate", "Full marks at 95 %", "%", "percent", (), 0, 120, 95.0, 91.2, 1 / 3),
    FormLine("B2", "Reform tasks", "", "", "date", (), None, None, date(2025, 12, 15), None, date(2025, 12, 12)),
    FormLine("B3", "Class", value_type="choice", options=("优", "良, 中", "差"), actual="良, 中"),
    FormLine("B4", "Report filed", value_type="yes_no", actual=True),
    FormLine("B5", "Cases", "=not a formula", "cases", "count", minimum=0, not_applicable=True, note="-none"),
    FormLine("B6", "Remarks", value_type="text", actual="=1+1"),
    FormLine("B7", "Agreed", value_type="number", actual=5.0, locked=True),
]
FORM = FormSheet(
    "17",
    3,
    "Quarterly form",
    "BUDGET",
    "Budget Division",
    [FormSection("B · Duties", LINES)],
    datetime(2026, 1, 5),  # noqa: DTZ001
    "Q4 2025",
    datetime(2026, 1, 8, 18),  # noqa: DTZ001
)


def written(form: FormSheet = FORM, language: str = "en") -> bytes:
    file = io.BytesIO()
    write_form(form, file, language=language)
    return file.getvalue()


def filled(changes: dict[str, Any], delete_row: int | None = None) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(written()))
    for cell, value in changes.items():
        workbook["form"][cell].value = value
    if delete_row:
        workbook["form"].delete_rows(delete_row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def checked(content: bytes, form: FormSheet = FORM) -> CheckedForm:
    return check_form(read_form(open_workbook(content)), form)


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_what_is_written_comes_back(language: str) -> None:
    result = checked(written(language=language))
    assert result.problems == ()
    assert [(entry.item, entry.value, entry.not_applicable, entry.note) for entry in result.entries] == [
        ("B1", 1 / 3, False, ""),
        ("B2", date(2025, 12, 12), False, ""),
        ("B3", "良, 中", False, ""),
        ("B4", True, False, ""),
        ("B5", None, True, "-none"),
        ("B6", "=1+1", False, ""),
        ("B7", 5.0, False, ""),
    ]
    assert [entry.cell("actual") for entry in result.entries] == [f"G{row}" for row in range(8, 15)]


def test_only_inputs_are_unlocked_and_every_one_has_its_check_and_hint() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written()))["form"]
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert sheet.protection.sheet
    assert unlocked == {f"{column}{row}" for column in "GHI" for row in range(8, 14)}
    checks = {str(check.sqref): check for check in sheet.data_validations.dataValidation}
    rate = checks["G8"]
    assert (rate.type, rate.formula1, rate.formula2) == ("decimal", "0", "120")
    assert (rate.promptTitle, rate.prompt) == ("B1 Execution rate", "A number from 0 to 120 %\nFull marks at 95 %")
    assert rate.error == "A number from 0 to 120 %"
    assert checks["G9"].type == "date"
    assert (checks["G10"].type, checks["G10"].formula1) == ("list", "'_lists'!$A$1:$A$3")
    assert checks["G11"].formula1 == '"yes,no"'
    assert checks["G12"].type == "whole"
    assert "G14" not in checks


def test_the_form_says_which_it_is_in_sight_and_out_of_sight() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(written()))
    assert workbook["form"]["A3"].value == "Form 17 · version 3"
    assert {workbook[name].sheet_state for name in ("_form", "_lists")} == {"veryHidden"}
    file = read_form(open_workbook(written()))
    assert (file.form_id, file.version) == ("17", 3)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (replace(FORM, form_id="18"), "belongs to form 17, not to form 18"),
        (replace(FORM, version=4), "made from version 3 of the form, which has changed since \\(version 4\\)"),
    ],
)
def test_a_foreign_or_stale_file_is_refused_with_the_reason(form: FormSheet, said: str) -> None:
    with pytest.raises(WorkbookError, match=said):
        checked(written(), form)


@pytest.mark.parametrize(
    "content",
    [
        made({"form": [["Item", "Indicator", "Actual"], ["B1", "Rate", 5]]}),
        made({"form": [["Item"]], "_form": [["key", "value"], ["kind", "something else"]]}),
        made({"_form": [["key", "value"], ["kind", "plumbline form"], ["form_id", "17"], ["version", "3"]]}),
    ],
)
def test_a_workbook_that_is_no_form_is_refused(content: bytes) -> None:
    with pytest.raises(WorkbookError, match="no form that the platform issued"):
        read_form(open_workbook(content))


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("G8", 912, "912 is outside what is allowed; A number from 0 to 120 %"),
        ("G8", "ninety", "“ninety” is no number"),
        ("G9", "soon", "“soon” is no date"),
        ("G10", "中等", "none of the choices"),
        ("G11", "perhaps", "neither yes nor no"),
        ("H11", "perhaps", "neither yes nor no"),
        ("G12", 3, "a value stands beside “not applicable”"),
        ("A8", "B9", "the form has no line “B9”"),
    ],
)
def test_every_bad_cell_is_found(cell: str, value: Any, said: str) -> None:
    problems = [problem.line() for problem in checked(filled({cell: value})).problems]
    assert any(line.startswith(f"form!{cell}: ") and said in line for line in problems), problems


def test_values_typed_as_people_type_them() -> None:
    changes = {"G8": "95.5", "G9": "2025年12月1日", "G11": "否", "G12": "N/A", "H12": None, "H13": "是", "G13": None}
    entries = {entry.item: entry for entry in checked(filled(changes)).entries}
    assert (entries["B1"].value, entries["B2"].value, entries["B4"].value) == (95.5, date(2025, 12, 1), False)
    assert (entries["B5"].not_applicable, entries["B6"].not_applicable) == (True, True)


def test_a_line_that_was_deleted_is_missed() -> None:
    problems = [problem.line() for problem in checked(filled({}, delete_row=9)).problems]
    assert problems == ["form!A1: the line “B2” is missing; download the form again and fill it in"]
