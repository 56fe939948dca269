"""The results workbook says what the run found, number for number."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import openpyxl
import pytest

from config.text import Text, text
from plugins.engine.data import Data, Note, Participants
from plugins.engine.results import Results
from plugins.engine.scheme import GradeBand, Item, Place, Scheme, TableRow
from views.workbooks.book import open_workbook
from views.workbooks.results import write_results
from views.workbooks.results_format import About

SCHEME = Scheme(
    "S1",
    "Quarterly scheme",
    version="3",
    decimals=1,
    items=(
        Item("ROOT", kind="dimension", name="All"),
        Item("A", "ROOT", "dimension", "Duties", 60, aggregate="geometric"),
        Item("A1", "A", "indicator", "Done on", 60, method="milestone", value_type="date"),
        Item(
            "B", "ROOT", "indicator", "Class", 40, method="choice", value_type="choice", table=(TableRow("good", 1.0),)
        ),
        Item("PLUS", kind="bonus", name="Praise"),
    ),
    grades=(GradeBand("top", "Excellent", 90), GradeBand("rest", "Good")),
)
NAN = float("nan")
DAY = float(date(2025, 12, 12).toordinal())
RESULTS = Results(
    scheme=SCHEME,
    data=Data(
        Participants(("U1", "U2", "U3"), ("One", "Two", "Three"), ("g", "g", "h"), ("",) * 3, ("",) * 3),
        actual={"A1": np.array([DAY, NAN, NAN])},
        target={"A1": np.array([DAY, DAY, NAN])},
        choices={"B": ("good", "", "")},
        not_applicable={"B": np.array([False, True, False])},
    ),
    item_codes=("A", "A1", "B", "ROOT"),
    rates=np.array([[1 / 3, 0.9, NAN], [1 / 3, 0.9, NAN], [1.0, NAN, NAN], [0.6, 0.9, NAN]]),
    weights=np.array([[0.6, 1, 0], [0.6, 1, 0], [0.4, 0, 0], [1, 1, 0.0]]),
    points=np.array([[20.0, 90, NAN], [20.0, 90, NAN], [40.0, 0, NAN], [60.0, 90, NAN]]),
    before=np.array([60.0, 90, NAN]),
    bonus=np.array([2.5, 0, 0]),
    deduction=np.array([0.0, 0, 0]),
    total=np.array([62.5, 90.0, NAN]),
    adjustment_points={"PLUS": np.array([2.5, 0, 0])},
    occurrences={"PLUS": np.array([1.0, 0, 0])},
    vetoes=np.array([0, 1, 0]),
    rank=np.array([2, 1, 0]),
    group_rank=np.array([2, 1, 0]),
    grade=("rest", "top", ""),
    scored=np.array([True, True, False]),
    reasons={("", 2): text("no indicator is left", "没有可计分的指标")},
    notes=(Note("quota_tie", Place("grades", "top", "quota"), text("a tie", "同分")),),
    plugin_versions={"method:milestone": "1.0"},
)
ABOUT = About("8f2c", datetime(2026, 1, 12, 9, 30, tzinfo=UTC), cycle="Q4 2025", run="Run 3")


def told(item: str, position: int) -> Text:
    return text("why {item} {position}", "为何 {item} {position}", item=item, position=position)


def written(language: str | None = None) -> bytes:
    file = io.BytesIO()
    further = [Note("no_effect", ("actual", "G2"), text("ignored", "忽略"))]
    write_results(RESULTS, told, ABOUT, file, language, locate=lambda place: (place.sheet, "D2"), notes=further)
    return file.getvalue()


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = open_workbook(content)
    return {name: [values for _, _, values in book.rows(name)] for name in book.names}


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_headless_has_codes_as_headings_in_the_first_row() -> None:
    found = sheets(written())
    assert list(found) == ["ranking", "scores", "unscored", "notes", "about"]
    assert found["ranking"] == [
        [
            "rank",
            "group",
            "group_rank",
            "participant",
            "name",
            "total",
            "grade",
            "A",
            "B",
            "bonus",
            "deduction",
            "veto",
        ],
        [1, "g", 1, "U2", "Two", 90, "top", 90, 0, 0, 0, 1],
        [2, "g", 2, "U1", "One", 62.5, "rest", 20, 40, 2.5, 0, 0],
    ]
    assert found["scores"][0] == [
        "participant", "item", "name", "actual", "target", "rate", "weight", "points", "method", "explanation",
    ]  # fmt: skip
    assert found["unscored"] == [["participant", "name", "reason"], ["U3", "Three", "no indicator is left"]]
    assert found["notes"] == [
        ["kind", "sheet", "cell", "message"],
        ["quota_tie", "grades", "D2", "a tie"],
        ["no_effect", "actual", "G2", "ignored"],
    ]


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_scores_hold_every_item_of_every_participant_to_the_last_bit() -> None:
    rows = {(row[0], row[1]): row for row in sheets(written())["scores"][1:]}
    assert [code for participant, code in rows if participant == "U1"] == ["ROOT", "A", "A1", "B", "PLUS"]
    day = date(2025, 12, 12)
    assert rows["U1", "A1"] == ["U1", "A1", "Done on", day, day, 1 / 3, 0.6, 20, "milestone", "why A1 0"]
    assert rows["U1", "A"][8] == "geometric"
    assert rows["U1", "B"][3] == "good"
    assert rows["U2", "B"][3:7] == ["n/a", "", "", 0]
    assert rows["U1", "PLUS"][3:9] == [1, "", "", "", 2.5, "bonus"]
    assert rows["U3", "A1"][5:8] == ["", 0, ""]
    assert ("U2", "PLUS") not in rows


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_about_tells_where_the_results_come_from() -> None:
    about = {row[0]: row[1] for row in sheets(written())["about"]}
    assert (about["scheme"], about["version"], about["cycle"], about["run"]) == ("S1", "3", "Q4 2025", "Run 3")
    assert (about["input_hash"], about["plugin:method:milestone"]) == ("8f2c", "1.0")
    assert (about["participants"], about["scored"]) == (3, 2)
    assert about["time"] == datetime(2026, 1, 12, 9, 30)  # noqa: DTZ001


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_with_a_language_there_is_a_title_block_and_words() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(written("zh_Hans")))
    sheet = workbook["ranking"]
    assert sheet["A1"].value == "排名 · Quarterly scheme"
    assert (sheet["A2"].value, sheet["A3"].value) == ("Q4 2025 · Run 3", "生成时间：2026-01-12 09:30")
    assert [cell.value for cell in sheet[5]][:7] == ["名次", "组别", "组内名次", "考核对象代码", "名称", "总分", "等次"]
    assert [cell.value for cell in sheet[6]][6:9] == ["Excellent", 90, 0]
    assert [cell.value for cell in workbook["notes"]["A"]][5:] == ["名额同分", "不起作用"]
    assert workbook["unscored"]["C6"].value == "没有可计分的指标"


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_the_ranking_has_a_chart_bars_and_coloured_grades() -> None:
    content = written()
    sheet = openpyxl.load_workbook(io.BytesIO(content))["ranking"]
    assert {str(area.sqref) for area in sheet.conditional_formatting} == {"G2:G3", "F2:F3"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:L3", "$1:$1")
    assert sheet["F2"].number_format == "0.0"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "ranking!$F$2:$F$3" in archive.read("xl/charts/chart1.xml").decode()
