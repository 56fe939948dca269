"""The sensitivity page: a plot, the numbers beside it, the seed that gives them again."""

from __future__ import annotations

import pytest

from tests.pages.browsing import Page, complaints
from tests.pages.conftest import Visit


def table(page: Page) -> list[list[str]]:
    return [
        [cell.words for cell in row.all("td", "th")]
        for row in page.main.one("table", class_="steady").one("tbody").all("tr")
    ]


@pytest.mark.parametrize(("language", "heading"), [("en", "Sensitivity to the weights"), ("zh_Hans", "权重敏感性")])
def test_ranks_and_grades_are_counted_and_drawn(look: Visit, language: str, heading: str) -> None:
    visitor = look("indicator", language)
    assert "/runs/1/sensitivity" in visitor.get("/runs/1").links()
    page = visitor.get("/runs/1/sensitivity")
    assert page.heading == heading
    assert list(complaints(page)) == []
    rows = table(page)
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0][2] == "100.0 %"
    svg = page.main.one("svg", class_="plot")
    assert svg.get("role") == "img"
    assert len(svg.all("circle")) == 4


def test_the_same_seed_gives_the_same_numbers(look: Visit) -> None:
    visitor = look("indicator")
    first = visitor.get("/runs/1/sensitivity?percent=40&seed=7")
    assert "drawn from seed 7" in first.words
    assert "±40 %" in first.words
    assert table(first) == table(visitor.get("/runs/1/sensitivity?percent=40&seed=7"))


@pytest.mark.parametrize("query", ["percent=0", "percent=51", "percent=-3", "seed=1000000"])
def test_what_is_out_of_bounds_is_said(look: Visit, query: str) -> None:
    page = look("indicator").get(f"/runs/1/sensitivity?{query}")
    assert page.status in {200, 422}
    if page.status == 422:
        assert "1 to 50 percent" in page.words


@pytest.mark.parametrize("role", ["comprehensive", "leadership", "liaison", "staff", "admin"])
def test_it_is_for_those_who_may_score(look: Visit, role: str) -> None:
    assert look(role).get("/runs/1/sensitivity").status == 403
    assert "/runs/1/sensitivity" not in look(role).get("/runs/1").links()
