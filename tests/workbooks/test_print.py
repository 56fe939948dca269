"""Rankings and rosters for print."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from views.workbooks.outcolumns import OutColumn
from views.workbooks.rankings import RankingSheet, write_ranking
from views.workbooks.rosters import RosterSection, RosterSheet, write_roster

NOW = datetime(2026, 1, 12, 9, 30)  # noqa: DTZ001
GRADES = ["优秀 Excellent", "良好 Good", "较差 Poor"]
COLUMNS = [
    OutColumn("rank", "名次 Rank", "integer"),
    OutColumn("name", "单位 Unit"),
    OutColumn("total", "总分 Total", "number", number_format="0.00"),
    OutColumn("grade", "等次 Grade"),
]


def ranking(rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    sheet = RankingSheet(
        "2025 Ranking",
        COLUMNS,
        rows,
        NOW,
        GRADES,
        sheet="排名 ranking",
        chart_sheet="图 chart",
        lines=("Run 3",),
        language="zh_Hans",
    )
    write_ranking(sheet, file)
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_a_ranking_has_grades_in_colour_bars_and_a_native_chart() -> None:
    content = ranking([[1, "国库 Treasury", 96.41, GRADES[0]], [2, "预算 Budget", 95.08, GRADES[2]]])
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook["排名 ranking"]
    assert (sheet["A1"].value, sheet["A2"].value, sheet["A3"].value) == (
        "2025 Ranking",
        "Run 3",
        "生成时间：2026-01-12 09:30",
    )
    assert [cell.value for cell in sheet[6]] == [1, "国库 Treasury", 96.41, GRADES[0]]
    rules = {
        str(area.sqref): [rule.type for rule in found] for area, found in sheet.conditional_formatting._cf_rules.items()
    }
    assert rules == {"D6:D7": ["cellIs"] * 3, "C6:C7": ["dataBar"]}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "'排名 ranking'!$C$6:$C$7" in chart
    assert "'排名 ranking'!$B$6:$B$7" in chart


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_an_empty_ranking_has_no_chart() -> None:
    assert openpyxl.load_workbook(io.BytesIO(ranking([]))).sheetnames == ["排名 ranking"]


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_a_roster_has_sections_and_room_to_sign() -> None:
    file = io.BytesIO()
    columns = [
        OutColumn("no", "No.", "integer"),
        OutColumn("name", "姓名"),
        OutColumn("reason", "理由", wrap=True, width=20),
    ]
    sections = [
        RosterSection("优秀 (1)", [[1, "王小明", "a reason that goes over several lines of its cell"]]),
        RosterSection("称职 (1)", [[1, "李丽", None]]),
    ]
    write_roster(RosterSheet("名单", columns, sections, NOW, signatures=("制表",), language="zh_Hans"), file)
    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue()))["roster"]
    first = [row[0].value for row in sheet.iter_rows()]
    assert first == [
        "名单",
        "生成时间：2026-01-12 09:30",
        None,
        "No.",
        "优秀 (1)",
        1,
        "称职 (1)",
        1,
        None,
        "制表： " + "_" * 28,
    ]
    assert sheet.row_dimensions[6].height > sheet.row_dimensions[8].height
    assert sheet.print_title_rows == "$4:$4"
