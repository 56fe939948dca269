"""Before a run: what is odd is listed on the track's page, never in the way, and can be answered."""

from __future__ import annotations

import pytest
from flask import Flask

from models.operations.scoring import run_scoring
from models.operations.warnings import list_warnings
from tests.pages.browsing import Page, complaints
from tests.pages.conftest import Visit
from tests.pages.organization import acting, enter
from tests.pages.panel import NAMES, publish_panel
from views.context import EXTENSION


@pytest.fixture(autouse=True)
def jumped(app: Flask) -> None:
    """Assets executed 30 % of its budget after 82 % the quarter before."""
    enter(app.extensions[EXTENSION].database, 2, "ASSETS", {"B1": "30", "B2": "98", "C1": "4", "C2": "优"})


def warnings(page: Page) -> list[str]:
    return [row.words for table in page.main.all("table", class_="warnings") for row in table.one("tbody").all("tr")]


def test_a_jump_is_listed_and_the_run_goes_on(visit: Visit) -> None:
    visitor = visit("indicator")
    page = visitor.get("/tracks/2")
    (warning,) = warnings(page)
    assert "资产管理处, 预算执行率: 30 against 82 last period (−63.4 %)" in warning
    assert list(complaints(page)) == []
    assert visitor.post("/tracks/2/score", page.form("/score") | {"trial": "0"}).status == 200


def test_in_chinese(visit: Visit) -> None:
    (warning,) = warnings(visit("indicator", "zh_Hans").get("/tracks/2"))
    assert "本期 30，上期 82" in warning


def test_an_answer_is_kept_with_its_author_until_the_number_changes(app: Flask, visit: Visit) -> None:
    visitor = visit("indicator")
    fields = visitor.get("/tracks/2").form("/warnings")
    assert visitor.post("/tracks/2/warnings", fields | {"answer": " "}).status == 422
    page = visitor.post("/tracks/2/warnings", fields | {"answer": "a project was cancelled"})
    (warning,) = warnings(page)
    assert "a project was cancelled indicator" in warning
    assert "Answer" not in [button.words for button in page.main.all("button")]
    stale = visitor.post("/tracks/2/warnings", fields | {"key": "0" * 64, "answer": "x"})
    assert stale.status == 404


@pytest.mark.parametrize("role", ["comprehensive", "leadership", "supervision", "liaison", "leader"])
def test_only_those_who_score_see_and_answer(visit: Visit, role: str) -> None:
    fields = visit("indicator").get("/tracks/2").form("/warnings")
    visitor = visit(role)
    page = visitor.get("/tracks/2")
    assert page.status in {200, 403}
    assert "against 82 last period" not in page.words
    answered = visitor.post("/tracks/2/warnings", visitor.token() | {"key": fields["key"], "answer": "no"})
    assert answered.status in {403, 404}


def test_ballots_are_looked_at_too(app: Flask) -> None:
    database = app.extensions[EXTENSION].database
    publish_panel(database)
    with acting(database, "indicator") as session:
        found = list_warnings(session, 3)
        assert any("li-void" in str(warning.text) for warning in found if warning.kind == "lenient")
        assert not any(name in warning.key for warning in found for name in NAMES)
        assert run_scoring(session, 3, trial=True).is_trial
