"""The results workbook of a run: everything the run found, known again by its code, raters in nobody's hands."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from tests.pages.browsing import Page, Visitor
from tests.pages.conftest import Visit
from tests.pages.panel import NAMES, participants_of, publish_panel
from views.context import EXTENSION

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # data bars, to openpyxl

OTHERS = ("admin", "personnel", "liaison", "leader", "staff")


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Sheet → rows."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def table(rows: list[list[Any]], key: str) -> list[dict[str, Any]]:
    """The rows below the heading row, which holds `key`."""
    (head,) = [at for at, row in enumerate(rows) if key in row]
    return [dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 :]]


def edited(content: bytes, sheet: str, cell: str, value: Any) -> bytes:
    """The workbook with one cell changed."""
    book = openpyxl.load_workbook(BytesIO(content))
    book[sheet][cell] = value
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cell_of(content: bytes, sheet: str, column: str, row: int = 0) -> str:
    """The address of a cell by its heading and the row's place in the table."""
    book = openpyxl.load_workbook(BytesIO(content))[sheet]
    for line in book.iter_rows():
        for cell in line:
            if cell.value == column:
                return f"{cell.column_letter}{cell.row + 1 + row}"
    raise AssertionError(column)


def verify(visitor: Visitor, content: bytes, name: str = "results.xlsx") -> Page:
    """The page about a workbook handed in."""
    return visitor.post("/verify/", visitor.token() | {"file": (BytesIO(content), name)})


def test_the_results_workbook_says_what_the_run_found(visit: Visit) -> None:
    visitor = visit("leadership")
    assert "/runs/1/results.xlsx" in visitor.get("/runs/1").links()
    answer = visitor.get("/runs/1/results.xlsx").answer
    assert "Results, Q3 2025, Divisions.xlsx" in answer.headers["Content-Disposition"]
    found = sheets(answer.data)
    assert list(found) == ["ranking", "scores", "unscored", "notes", "about"]
    ranking = table(found["ranking"], "Total")
    assert [(row["Rank"], row["Code"], row["Total"], row["Grade"]) for row in ranking[:2]] == [
        (1, "TREASURY", 100, "优秀"),
        (2, "BUDGET", 95.28, "良好"),
    ]
    scores = {(row["Code"], row["Item"]): row for row in table(found["scores"], "Explanation")}
    assert scores["BUDGET", "B2"]["Points"] == pytest.approx(29.4)
    assert "98" in scores["BUDGET", "B2"]["Explanation"]
    about = {row[0]: row[1] for row in found["about"] if row[0]}
    assert about["State"] == "published"
    assert re.fullmatch(r"PL-1(-[0-9A-F]{4}){8}", about["Verification code"])
    footers = {sheet.oddFooter.center.text for sheet in openpyxl.load_workbook(BytesIO(answer.data))}
    assert footers == {about["Verification code"]}


@pytest.mark.parametrize("role", OTHERS)
def test_who_sees_only_some_scores_gets_no_results_workbook(visit: Visit, role: str) -> None:
    visitor = visit(role)
    assert visitor.get("/runs/1/results.xlsx").status in {403, 404}
    assert "/runs/1/results.xlsx" not in visitor.get("/runs/1").links()


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize("what", ["results.xlsx", "workbook"])
def test_a_workbook_of_ours_is_known_again(visit: Visit, what: str, language: str) -> None:
    content = visit("leadership", language).get(f"/runs/1/{what}").answer.data
    page = verify(visit("supervision"), content)
    assert (page.status, page.heading) == (200, "Check a results workbook")
    assert "Genuine: results.xlsx is what run 1 holds, cell by cell." in page.words
    resaved = edited(content, "ranking", "A1", openpyxl.load_workbook(BytesIO(content))["ranking"]["A1"].value)
    assert "Genuine" in verify(visit("supervision"), resaved).words


def test_every_cell_that_was_changed_is_named(visit: Visit) -> None:
    visitor = visit("supervision")
    content = visitor.get("/runs/1/results.xlsx").answer.data
    total = cell_of(content, "ranking", "Total", 1)
    why = cell_of(content, "scores", "Explanation", 2)
    forged = edited(edited(content, "ranking", total, 99.5), "scores", why, "for good work")
    words = verify(visitor, forged).words
    assert "2 cells were changed" in words
    assert f"ranking!{total}: holds “99.5”; in the run it is “95.28”" in words or f"ranking!{total}: holds 99.5" in words
    assert f"scores!{why}: holds" in words


def test_a_state_that_the_run_was_never_in_is_a_change(visit: Visit) -> None:
    visitor = visit("indicator")
    visitor.post("/tracks/2/score", visitor.get("/tracks/2").form("/score") | {"trial": "0"})
    content = visitor.get("/runs/2/results.xlsx").answer.data
    assert "Genuine" in verify(visitor, content).words
    rows = sheets(content)["about"]
    (state,) = [f"B{at}" for at, row in enumerate(rows, 1) if row[0] == "State"]
    assert f"about!{state}" in verify(visitor, edited(content, "about", state, "published")).words


def test_a_code_belongs_to_its_own_run(visit: Visit) -> None:
    visitor = visit("indicator")
    visitor.post("/tracks/2/score", visitor.get("/tracks/2").form("/score") | {"trial": "0"})
    mine = {row[0]: row[1] for row in sheets(visitor.get("/runs/1/results.xlsx").answer.data)["about"] if row[0]}
    other = visitor.get("/runs/2/results.xlsx").answer.data
    (cell,) = [f"B{at}" for at, row in enumerate(sheets(other)["about"], 1) if row[0] == "Verification code"]
    made_up = mine["Verification code"].replace("PL-1-", "PL-2-")
    assert "Not genuine" in verify(visitor, edited(other, "about", cell, made_up)).words
    assert "changed" in verify(visitor, edited(other, "about", cell, mine["Verification code"])).words
    assert "Not genuine" in verify(visitor, edited(other, "about", cell, "PL-7")).words


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_of_ours_is_refused(visit: Visit, content: bytes) -> None:
    assert verify(visit("staff"), content).status == 422


def test_a_workbook_without_a_code_is_refused(visit: Visit) -> None:
    file = BytesIO()
    openpyxl.Workbook().save(file)
    page = verify(visit("staff"), file.getvalue())
    assert (page.status, "carries no verification code" in page.words) == (422, True)


def test_nobody_learns_scores_by_having_a_workbook_checked(visit: Visit) -> None:
    content = visit("leadership").get("/runs/1/results.xlsx").answer.data
    guess = edited(content, "scores", cell_of(content, "scores", "Points"), 1.0)
    page = verify(visit("liaison"), guess)
    assert page.status == 422
    assert "changed" not in page.words
    visitor = visit("indicator")
    visitor.post("/tracks/2/score", visitor.get("/tracks/2").form("/score") | {"trial": "0"})
    draft = visitor.get("/runs/2/workbook").answer.data
    assert verify(visit("staff"), draft).status == 422


@pytest.fixture
def panel(app: Flask) -> tuple[int, dict[str, int]]:
    """The published run of a panel and its participants."""
    database = app.extensions[EXTENSION].database
    run_id = publish_panel(database)
    return run_id, participants_of(database, run_id)


def everything(visitor: Visitor, run_id: int, participants: dict[str, int]) -> str:
    """All that a person can open or export of a run, as text."""
    paths = [f"/runs/{run_id}", *(f"/runs/{run_id}/participants/{one}" for one in participants.values())]
    paths += [f"/runs/{run_id}?why={one}" for one in participants.values()]
    paths += ["/results/", "/forms/", "/", f"/tracks/{3}"]
    paths += [f"/api/v1/{entity}/" for entity in ("run", "total", "score", "participant", "form")]
    texts = [visitor.get(path).text for path in paths]
    for what in ("workbook", "results.xlsx"):
        answer = visitor.get(f"/runs/{run_id}/{what}").answer
        if answer.status_code == 200 and "sheet" in answer.mimetype:
            texts.append(str(sheets(answer.data)))
    return "\n".join(texts)


@pytest.mark.parametrize("role", [*OTHERS, "comprehensive", "leadership", "supervision"])
def test_raters_stay_anonymous(visit: Visit, panel: tuple[int, dict[str, int]], role: str) -> None:
    text = everything(visit(role), *panel)
    assert [name for name in NAMES if name in text] == []
    assert not re.search(r"PAIR \d", text)
    if role in {"leader", "liaison"}:
        assert "评议" in text


def test_those_who_run_the_scoring_are_told_whose_ballot_is_void(
    visit: Visit, panel: tuple[int, dict[str, int]]
) -> None:
    text = everything(visit("indicator"), *panel)
    assert [name for name in NAMES if name in text] == ["li-void"]
    book = sheets(visit("comprehensive").get(f"/runs/{panel[0]}/results.xlsx").answer.data)
    assert any("1 ballots broke a rule" in str(row) for row in book["notes"])


@pytest.mark.parametrize(("exporter", "checker"), [("indicator", "leadership"), ("leadership", "indicator")])
def test_named_or_not_the_workbook_is_genuine_to_those_who_may_know(
    visit: Visit, panel: tuple[int, dict[str, int]], exporter: str, checker: str
) -> None:
    content = visit(exporter).get(f"/runs/{panel[0]}/results.xlsx").answer.data
    words = verify(visit(checker), content).words
    assert ("Genuine" in words) is (checker == "indicator")
    assert "Genuine" in verify(visit(exporter), content).words


def test_results_altered_in_the_database_are_noticed(app: Flask, visit: Visit) -> None:
    visitor = visit("supervision")
    content = visitor.get("/runs/1/results.xlsx").answer.data
    with app.extensions[EXTENSION].database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE total SET total = 99 WHERE run_id = 1 AND rank = 2")
    words = verify(visitor, content).words
    assert "Not genuine" in words
    assert "no longer those that it found" in words
