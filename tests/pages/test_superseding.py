"""A run that takes the place of another says what it changed: on its page, in its workbook, to whom it may."""

from __future__ import annotations

import pytest
from flask import Flask

from models.actor import SYSTEM
from models.db import begin_write
from models.operations.scoring import propose_run, publish_run, run_scoring
from tests.pages.browsing import Visitor
from tests.pages.conftest import Visit
from tests.pages.organization import acting, form_of, version_of
from tests.pages.test_results_workbook import sheets, table, verify
from views.context import EXTENSION

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")


@pytest.fixture(autouse=True)
def corrected(app: Flask) -> None:
    """A third-quarter value of budget is corrected after publication, and scored again."""
    database = app.extensions[EXTENSION].database
    with database.session(SYSTEM) as session:
        begin_write(session)
        entries = {entry.item.code: entry for entry in form_of(session, 1, "BUDGET").entries}
        entries["C1"].actual = 6.0
        entries["C2"].choice = "差"
        session.commit()
    with acting(database, "indicator") as session:
        run = run_scoring(session, 1)
        propose_run(session, run.id, version_of(session, run.id))


def publish(app: Flask) -> None:
    database = app.extensions[EXTENSION].database
    with acting(database, "leadership") as session:
        publish_run(session, 2, version_of(session, 2), "a correction")


def cells(visitor: Visitor, path: str = "/runs/2") -> list[list[str]]:
    tables = visitor.get(path).main.all("table", class_="changes")
    return [[cell.words for cell in row.all("td", "th")] for one in tables for row in one.one("tbody").all("tr")]


def test_what_would_change_is_shown_before_it_is_published(visit: Visit) -> None:
    page = visit("leadership").get("/runs/2")
    assert "What changed against run 1" in page.words
    (row,) = cells(visit("leadership"))
    assert row[:2] == ["Budget Division", "95.28 → 79.28"]
    assert "C1 Rules revised, actual: 4 项 → 6 项" in row[4]
    assert "C2 Disclosure level, choice: 优 → 差" in row[4]
    assert "participants are as they were" in page.words


def test_the_workbook_of_the_superseding_run_has_the_changes_and_stays_genuine(app: Flask, visit: Visit) -> None:
    visitor = visit("leadership")
    before = visitor.get("/runs/2/results.xlsx").answer.data
    assert "changes" not in sheets(before)
    publish(app)
    content = visitor.get("/runs/2/results.xlsx").answer.data
    (row,) = table(sheets(content)["changes"], "Inputs that changed")
    assert (row["Code"], row["Rank, run 1"], row["Rank"]) == ("BUDGET", 2, 2)
    assert (row["Total, run 1"], row["Total"]) == (95.28, 79.28)
    for issued in (before, content):
        assert "Genuine" in verify(visitor, issued).words


def test_who_cannot_see_the_superseded_totals_is_shown_no_changes(app: Flask, visit: Visit) -> None:
    publish(app)
    assert cells(visit("leadership"))
    for role in ("liaison", "staff", "admin"):
        page = visit(role).get("/runs/2")
        assert page.status == 200
        assert "What changed" not in page.words


def test_a_run_that_takes_nobodys_place_shows_no_changes(visit: Visit) -> None:
    assert "What changed" not in visit("leadership").get("/runs/1").words
