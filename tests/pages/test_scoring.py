"""From the track's page to a published ranking: run, look, propose, publish, supersede; the arithmetic behind it."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from tests.pages.browsing import Page, Visitor
from tests.pages.conftest import Visit
from tests.pages.organization import enter
from views.context import EXTENSION

BUDGET = {"B1": "93.4", "B2": "98", "C1": "4", "C2": "优"}


@pytest.fixture(autouse=True)
def entered(app: Flask) -> None:
    """Budget has handed in as well as the treasury; the two others have not."""
    enter(app.extensions[EXTENSION].database, 2, "BUDGET", BUDGET)


def compute(visitor: Visitor, **fields: str) -> Page:
    """The page of a fresh run of the fourth quarter."""
    return visitor.post("/tracks/2/score", visitor.get("/tracks/2").form("/score") | fields)


def propose(visitor: Visitor, number: int = 2) -> Page:
    """What comes of proposing run `number` of the database."""
    return visitor.post(f"/runs/{number}/propose", visitor.get(f"/runs/{number}").form("/propose"))


def publish(visitor: Visitor, number: int = 2, **fields: str) -> Page:
    """What comes of publishing it."""
    return visitor.post(f"/runs/{number}/publish", visitor.get(f"/runs/{number}").form("/publish") | fields)


def test_the_track_says_who_has_handed_in_and_offers_to_run(visit: Visit) -> None:
    page = visit("indicator").get("/tracks/2")
    assert page.heading == "Divisions, Q4 2025"
    assert "2 of 4 forms are approved" in page.words
    assert page.leads_to("/tracks/2/score")
    assert not visit("supervision").get("/tracks/2").leads_to("/tracks/2/score")


def test_a_run_shows_ranking_grades_moves_and_what_is_missing(visit: Visit) -> None:
    page = compute(visit("indicator"), trial="0")
    assert page.heading == "Ranking, Q4 2025"
    assert "Run 1 is computed." in page.words
    rows = [[cell.words for cell in row.all("td", "th")] for row in page.main.one("tbody").all("tr")]
    assert [row[:3] for row in rows[:2]] == [
        ["1", "Treasury Payment Bureau", "100.00"],
        ["2", "Budget Division", "94.44"],
    ]
    assert rows[0][3:7] == ["优秀", "– 0", "60.0", "40.0"]
    budget = page.row("Budget Division")
    assert budget.all("svg", class_="meter ok")
    assert page.main.all("span", class_="chip")[0].words == "Draft"


def test_any_score_opens_down_to_its_arithmetic(visit: Visit) -> None:
    visitor = visit("indicator")
    ranking = compute(visitor, trial="0")
    (link,) = ranking.row("Budget Division").all("a")
    why = visitor.get(link.get("href").partition("#")[0])
    panel = why.main.one("aside", id="why")
    assert panel.words.startswith("Why 94.44? Budget Division")
    assert "29.04 of 30" in panel.words
    (whole,) = [link.get("href") for link in panel.all("a")]
    page = visitor.get(whole)
    assert page.heading == "Score of Budget Division"
    assert "58.44 Performance of duties + 36.00 Institution building = 94.44 of 100" in page.words
    cells = [cell.words for cell in page.row("B1").all("td")]
    assert cells[:5] == ["93.4 %", "95 %", "0.9680", "30", "29.04"]
    assert "Entered by system" in cells[5]
    assert "approved by system" in cells[5]
    assert "Input hash" in page.words


def test_who_only_sees_the_published_ranking_cannot_open_a_draft(visit: Visit) -> None:
    compute(visit("indicator"), trial="0")
    for role in ("liaison", "leader", "staff", "personnel", "admin"):
        assert visit(role).get("/runs/2").status == 404


def test_a_unit_opens_its_own_published_score_and_no_other(visit: Visit) -> None:
    liaison = visit("liaison")
    page = liaison.get("/runs/1")
    opened = [row.words for row in page.main.all("tr") if row.all("a")]
    assert len(opened) == 1
    assert "Budget Division" in opened[0]
    assert liaison.get("/runs/1/participants/2").heading == "Score of Budget Division"
    for other in (1, 3, 4):
        assert liaison.get(f"/runs/1/participants/{other}").status == 404
    assert "Why" not in [aside.words for aside in liaison.get("/runs/1?why=1").main.all("aside")]


def test_a_ranking_is_proposed_published_and_seen_on_everyones_home_page(visit: Visit) -> None:
    indicator, leadership = visit("indicator"), visit("leadership")
    compute(indicator, trial="0")
    assert "Check and propose the ranking" in indicator.get("/").words
    assert "Proposed. Leadership can publish it now." in propose(indicator).words
    assert not indicator.get("/runs/2").leads_to("/publish")
    assert "Publish the ranking" in leadership.get("/").words
    page = publish(leadership)
    assert "Published. Everyone signed in sees the ranking now." in page.words
    for role in ("leadership", "liaison", "staff"):
        home = visit(role).get("/").words
        assert "Q4 2025 · Divisions" in home
        assert "Treasury Payment Bureau 100.00 优秀" in home
    assert "Ranking, Q4 2025" in visit("staff").get("/runs/2").heading


def test_taking_the_place_of_a_published_run_needs_a_reason(visit: Visit) -> None:
    indicator, leadership = visit("indicator"), visit("leadership")
    compute(indicator, trial="0")
    propose(indicator)
    publish(leadership)
    compute(indicator, trial="0")
    propose(indicator, 3)
    refused = publish(leadership, 3)
    assert refused.status == 422
    assert refused.main.one("textarea", id="reason").get("aria-invalid") == "true"
    page = publish(leadership, 3, reason="appeal of the treasury")
    assert "supersedes run 1: appeal of the treasury" in page.words
    assert "Superseded" in leadership.get("/runs/2").words


def test_a_trial_is_marked_and_can_never_be_proposed(visit: Visit) -> None:
    visitor = visit("indicator")
    page = compute(visitor, trial="1")
    assert "This is a trial." in page.words
    assert not page.leads_to("/propose")
    forced = visitor.post("/runs/2/propose", visitor.token() | {"version": "1"})
    assert forced.status == 409
    assert "Trial" in visitor.get("/tracks/2").row("Run 1").words


def test_an_older_page_cannot_publish(visit: Visit) -> None:
    indicator, leadership = visit("indicator"), visit("leadership")
    compute(indicator, trial="0")
    propose(indicator)
    page = publish(leadership, version="1")
    assert page.status == 409
    assert "Someone else saved" in page.words


def test_the_ranking_workbook_holds_what_the_page_shows_and_taking_it_is_kept(visit: Visit) -> None:
    leadership = visit("leadership")
    answer = leadership.get("/runs/1/workbook").answer
    assert "Ranking, Q3 2025, Divisions.xlsx" in answer.headers["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_name("ranking").to_python()
    (head,) = [at for at, row in enumerate(rows) if "Total" in row]
    table = [dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 :]]
    assert [(row["Rank"], row["Name"], row["Total"], row["Grade"]) for row in table[:2]] == [
        (1, "Treasury Payment Bureau", 100, "优秀"),
        (2, "Budget Division", 95.28, "良好"),
    ]
    assert "Exported" in visit("supervision").get("/audit/?action=export&entity=run").words
