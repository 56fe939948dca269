"""What if and sensitivity in Chromium, on the demo: the ranking follows what is typed, and what is kept is a draft."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.support.browser import Watch
from tests.support.server import Serve

Shot = Callable[[Page, str], Path]


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_the_ranking_follows_what_is_typed(
    serve: Serve, new_page: Callable[..., Page], shot: Shot, watch: Watch, language: str
) -> None:
    watch.expect("status of 422")  # what is refused on purpose
    analyst = Visitor(new_page, serve("sqlite"), "indicator", language)
    page = analyst.page
    analyst.go("/runs/1/what-if")
    summary = page.locator("[data-summary]")
    unchanged = summary.inner_text()
    weight = page.locator("tr[data-item] input[data-part=weight]:not([value=''])").last
    before = weight.input_value()
    weight.fill("90")
    expect(summary).not_to_have_text(unchanged)
    expect(page.locator("[data-rows] tr.sel").first).to_be_visible()
    shot(page, f"what-if-{language}")
    weight.fill("much")
    expect(page.locator("[data-problem]")).to_be_visible()
    weight.fill(before)
    expect(page.locator("[data-problem]")).to_be_hidden()
    expect(summary).to_have_text(unchanged)
    weight.fill("91")
    page.locator("[data-reset]").click()
    expect(weight).to_have_value(before)
    expect(summary).to_have_text(unchanged)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_plot_of_sensitivity(serve: Serve, new_page: Callable[..., Page], shot: Shot, scheme: str) -> None:
    analyst = Visitor(new_page, serve("sqlite"), "indicator", "en")
    analyst.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    analyst.go("/runs/1/sensitivity?percent=20")
    expect(analyst.page.locator("svg.plot circle").first).to_be_visible()
    analyst.sees("Keeps its rank")
    shot(analyst.page, f"sensitivity-{scheme}")
