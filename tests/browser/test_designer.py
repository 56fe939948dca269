"""The scheme designer in Chromium: choose an item, try a value, change a table, and see the tree follow."""

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
def test_an_item_is_designed_beside_the_tree(
    serve: Serve, new_page: Callable[..., Page], shot: Shot, watch: Watch, language: str
) -> None:
    watch.expect("status of 422")  # what is refused on purpose
    designer = Visitor(new_page, serve("sqlite"), "indicator", language)
    page = designer.page
    designer.go("/console/scheme/1")
    if page.locator("form[action$='/new_version']").count():
        page.locator("form[action$='/new_version'] button").click()
    page.wait_for_load_state()
    name = page.locator("tr:has(.chip:text-is('interpolate')) th a").first
    name.click()
    expect(page.locator("tr.sel th a")).to_have_attribute("href", str(name.get_attribute("href")))
    page.locator("[name='try.actual']").fill("80")
    expect(page.locator("#panel-try .result b")).to_contain_text("80 →")
    expect(page.locator("#panel-curve circle")).to_be_visible()
    shot(page, f"designer-{language}-panel")

    page.locator("#panel [name=rate]").first.fill("much")
    page.locator("#panel [value=save]").click()
    expect(page.locator("#panel-table_rows-err")).to_be_visible()
    page.locator("#panel [name=rate]").first.fill("0.25")
    page.locator("#panel [value=save]").click()
    expect(page.locator(".messages .note")).to_be_visible()
    expect(page.locator("#panel [name=rate]").first).to_have_value("0.25")
    page.locator("#panel-method").select_option("formula")
    expect(page.locator("[name='p.expression']")).to_be_visible()
    shot(page, f"designer-{language}-formula")

    moved = page.locator("tr.sel")
    before = moved.evaluate("row => row.rowIndex")
    moved.locator("th a").press("Alt+ArrowUp")
    expect(page.locator(f".tree tbody tr:nth-child({before - 1}).sel")).to_be_visible()
    expect(page.locator("tr.sel th a")).to_be_focused()
    below = page.locator("tr.sel + tr")
    height = below.evaluate("row => row.offsetHeight")
    page.locator("tr.sel").drag_to(below, target_position={"x": 90, "y": height - 4})
    expect(page.locator(f".tree tbody tr:nth-child({before}).sel")).to_be_visible()
    shot(page, f"designer-{language}-moved")
