"""Registers: what is exported and imported again is identical, and nothing in it ever runs."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbooks.making import opened
from views.workbooks.book import open_workbook
from views.workbooks.looks import Styles, new_workbook
from views.workbooks.outcolumns import OutColumn
from views.workbooks.problems import WorkbookError
from views.workbooks.registers import read_register, write_csv, write_register
from views.workbooks.table import Column
from views.workbooks.tablesheet import write_table

NOW = datetime(2026, 1, 12, 9, 30)  # noqa: DTZ001
OUT = [
    OutColumn("code", "Code", "code"),
    OutColumn("name", "Name"),
    OutColumn("staff", "Staff", "integer"),
    OutColumn("rate", "Execution rate", "percent"),
    OutColumn("budget", "Budget", "money"),
    OutColumn("opened_on", "Opened on", "date"),
    OutColumn("seen_at", "Seen at", "datetime"),
    OutColumn("active", "Active", "yes_no"),
    OutColumn("kind", "Kind", "choice", {"division": "Division", "centre": "Centre"}),
]
IN = [
    Column("code", "code", ("Code", "代码"), required=True),
    Column("name", "text", ("Name",)),
    Column("staff", "integer", ("Staff",)),
    Column("rate", "percent", ("Execution rate",)),
    Column("budget", "money", ("Budget",)),
    Column("opened_on", "date", ("Opened on",)),
    Column("seen_at", "datetime", ("Seen at",)),
    Column("active", "yes_no", ("Active",)),
    Column("kind", "choice", ("Kind",), options={"division": ("Division", "处室"), "centre": ("Centre", "中心")}),
]
ROW = ["007", "Budget", 12, 95.2, Decimal("1234.56"), date(2020, 2, 29), NOW, True, "division"]
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "\t=1", "\r=1"]


def written(rows: list[list[Any]], columns: list[OutColumn] = OUT, **more: Any) -> bytes:
    file = io.BytesIO()
    write_register(columns, rows, file, sheet="unit", title="Units", generated_at=NOW, **more)
    return file.getvalue()


def reread(content: bytes) -> list[list[Any]]:
    table = read_register(open_workbook(content), IN, "code", sheet="unit")
    assert [str(problem) for problem in table.problems] == []
    return [[row[column.code] for column in IN] for row in table.rows]


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co"))
TEXTS = st.text(LETTERS, min_size=1, max_size=40).filter(str.strip)
CODES = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            CODES,
            maybe(TEXTS),
            maybe(st.integers(-(10**12), 10**12)),
            maybe(st.floats(allow_nan=False, allow_infinity=False)),
            maybe(st.decimals(-(10**10), 10**10, places=2, allow_nan=False)),
            maybe(st.dates(date(1900, 1, 1))),
            maybe(st.datetimes(datetime(1900, 1, 1)).map(lambda moment: moment.replace(microsecond=0))),  # noqa: DTZ001
            maybe(st.booleans()),
            maybe(st.sampled_from(("division", "centre"))),
        ),
        max_size=6,
        unique_by=lambda row: row[0],
    )
)
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_what_is_exported_comes_back(language: str, rows: list[tuple[Any, ...]]) -> None:
    assert reread(written([list(row) for row in rows], language=language)) == [list(row) for row in rows]


def test_the_looks_of_a_register() -> None:
    content = written([ROW], filter_words="kind is Division")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["unit"]
    assert sheet["A1"].value == "Units"
    assert sheet["A2"].value == "Generated 2026-01-12 09:30   Filter: kind is Division"
    assert [cell.value for cell in sheet[4]] == [column.label for column in OUT]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B5", "A4:I5", "$4:$4")
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    assert "&P" in sheet.oddFooter.right.text
    formats = {cell.column_letter: cell.number_format for cell in sheet[5]}
    assert (formats["A"], formats["E"], formats["F"]) == ("@", "#,##0.00", "yyyy-mm-dd")
    assert sheet["E5"].value == pytest.approx(1234.56)
    assert sheet["F5"].value == datetime(2020, 2, 29)  # noqa: DTZ001
    assert all(sheet.column_dimensions[letter].width >= 7 for letter in "ABCDEFGHI")


def test_labels_that_are_alike_become_codes() -> None:
    columns = [OutColumn("code", "Code", "code"), OutColumn("unit", "Name"), OutColumn("post", "Name")]
    sheet = openpyxl.load_workbook(io.BytesIO(written([["A", "b", "c"]], columns)))["unit"]
    assert [cell.value for cell in sheet[4]] == ["Code", "unit", "post"]


@pytest.mark.parametrize("value", DANGEROUS)
def test_text_that_begins_like_a_formula_is_text(value: str) -> None:
    content = written([["A", value, *[None] * 7]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
    cell = openpyxl.load_workbook(io.BytesIO(content))["unit"]["B5"]
    assert cell.data_type != "f"
    assert cell.quotePrefix
    assert reread(content)[0][1] == value


@pytest.mark.parametrize("value", DANGEROUS)
def test_text_that_begins_like_a_formula_in_csv(value: str) -> None:
    file = io.BytesIO()
    assert write_csv(OUT, [["A", value, -5, *[None] * 6]], file) == 1
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[0] == [column.label for column in OUT]
    assert rows[1][:3] == ["A", f"'{value}", "-5"]


def test_csv_values() -> None:
    file = io.BytesIO()
    write_csv(OUT, [ROW], file, language="zh_Hans")
    line = file.getvalue().decode("utf-8-sig").splitlines()[1]
    assert line == "007,Budget,12,95.2,1234.56,2020-02-29,2026-01-12 09:30:00,是,Division"


def test_the_register_is_found_under_another_name_and_a_foreign_book_is_refused() -> None:
    book = opened({"readme": [["hello"]], "Sheet1": [["代码", "Name"], ["A", "One"]]})
    assert read_register(book, IN, "code", sheet="unit").sheet == "Sheet1"
    with pytest.raises(WorkbookError, match="No sheet of the workbook holds the column “code”"):
        read_register(opened({"x": [["hello"], [1]]}), IN, "code")


def test_a_table_goes_on_past_the_last_row_of_a_sheet() -> None:
    file = io.BytesIO()
    with new_workbook(file) as workbook:
        parts = write_table(
            workbook, Styles(workbook), "scores", [OutColumn("n", kind="integer")], ([n] for n in range(8)), last_row=4
        )
    assert [part.sheet for part in parts] == ["scores", "scores 2", "scores 3"]
    book = open_workbook(file.getvalue())
    found = [values[0] for name in book.names for _, _, values in book.rows(name)]
    assert found == ["n", 0, 1, 2, "n", 3, 4, 5, "n", 6, 7]


def test_progress_and_cancelling_an_export(tmp_path: Path) -> None:
    told: list[int] = []
    written([[str(n), *[None] * 8] for n in range(2500)], progress=told.append)
    assert told == [1000, 2000]

    def stop(_: int) -> None:
        raise InterruptedError

    target = tmp_path / "units.xlsx"
    with pytest.raises(InterruptedError):
        write_register(
            OUT,
            ([str(n), *[None] * 8] for n in range(2500)),
            str(target),
            sheet="unit",
            title="Units",
            generated_at=NOW,
            progress=stop,
        )
    assert list(tmp_path.iterdir()) == []
