"""Filling in a form: everything at hand, drafts that keep whatever was typed, errors beside their fields."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from models.clock import FixedClock
from tests.pages.browsing import Page, Visitor
from tests.pages.conftest import Visit
from tests.pages.organization import PASSWORD, acting, form_of
from views.context import EXTENSION

GOOD = {"B1": "93.4", "B2": "97", "C1": "4", "C2": "优"}


@pytest.fixture
def address(app: Flask) -> str:
    """The liaison's open form."""
    return f"/forms/{form_id(app)}"


def form_id(app: Flask, code: str = "BUDGET") -> int:
    """The form of a division in the fourth quarter."""
    with acting(app.extensions[EXTENSION].database, "supervision") as session:
        return form_of(session, 2, code).id


def fields_of(page: Page) -> dict[str, str]:
    """The fields of the entry form as they stand."""
    return page.tree.one("form", id="entry").fields()


def named(page: Page, code: str) -> str:
    """The name of the field in which an item's value is typed."""
    (label,) = [label for label in page.main.all("label") if label.words.startswith(f"{code} ")]
    return label.get("for")


def typed(page: Page, **values: str) -> dict[str, str]:
    """The form's fields with these values typed over."""
    return fields_of(page) | {named(page, code): value for code, value in values.items()}


def error_at(page: Page, code: str) -> str:
    """What the page says is wrong at an item's field."""
    return page.main.one("p", id=f"{named(page, code)}-err").words


def test_the_form_is_found_from_home_with_its_deadline(visit: Visit, address: str) -> None:
    home = visit("liaison").get("/")
    assert "Fill in the form" in home.words
    assert "Due in 2 days · 8 Jan 10:00" in home.words
    assert address in home.links()


def test_everything_that_decides_is_at_hand(visit: Visit, address: str) -> None:
    page = visit("liaison").get(address)
    assert page.heading == "Budget Division, Q4 2025"
    sections = [head.words for head in page.main.all("h2")]
    assert sections == [
        "B · Performance of duties 60 marks · 0 of 2 filled",
        "C · Institution building 40 marks · 0 of 2 filled",
    ]
    line = page.main.one("label", for_=named(page, "B1")).parent.parent
    assert "达到 95% 得满分，低于 70% 不得分。" in line.words
    assert "Target 95 %" in line.words
    assert "Last period 94.8 %" in line.words
    count = page.main.one("label", for_=named(page, "C1")).parent.parent
    assert "Unit of measure: 项" in count.words


@pytest.mark.parametrize(
    ("code", "tag", "mode"), [("B1", "input", "decimal"), ("C1", "input", "decimal"), ("C2", "select", "")]
)
def test_each_value_type_has_its_input(visit: Visit, address: str, code: str, tag: str, mode: str) -> None:
    page = visit("liaison").get(address)
    field = page.main.one("input", "select", id=named(page, code))
    assert (field.tag, field.get("inputmode")) == (tag, mode)
    if tag == "select":
        assert [option.get("value") for option in field.all("option")] == ["", "优", "良", "差"]


def test_a_draft_is_kept_half_way(visit: Visit, address: str) -> None:
    visitor = visit("liaison")
    page = visitor.get(address)
    after = visitor.post(address, typed(page, B1="93.4") | {"step": "save"})
    assert "Draft saved." in after.words
    assert "1 of 2 filled" in after.words
    again = visit("liaison").get(address)
    assert fields_of(again)[named(again, "B1")] == "93.4"
    assert "Score so far, if approved as it stands: 29.04 of 100" in again.words


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("B1", "912", "Did you mean 91.2?"),
        ("B1", "about ninety", "number"),
        ("C1", "3.5", "whole number"),
        ("C1", "-2", "At least 0"),
        ("C2", "excellent", "优, 良, 差"),
        ("B2", "<script>alert(1)</script>", "number"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    visit: Visit, address: str, code: str, value: str, said: str
) -> None:
    visitor = visit("liaison")
    page = visitor.post(address, typed(visitor.get(address), **{code: value}) | {"step": "save"})
    name = named(page, code)
    assert fields_of(page)[name] == value
    field = page.main.one("input", "select", id=name)
    assert field.get("aria-invalid") == "true"
    assert f"{name}-err" in field.get("aria-describedby")
    assert error_at(page, code)
    assert said in page.words
    summary = page.main.one("div", id="error-summary")
    assert [link.get("href") for link in summary.all("a")] == [f"#{name}"]


def test_submitting_names_every_field_that_needs_attention(visit: Visit, address: str) -> None:
    visitor = visit("liaison")
    page = visitor.post(address, typed(visitor.get(address), B1="93.4", B2="980") | {"step": "submit"})
    assert page.status == 422
    summary = page.main.one("div", id="error-summary")
    assert summary.get("role") == "alert"
    assert summary.words.startswith("3 fields need you before this can be submitted")
    assert [link.get("href")[1:] for link in summary.all("a")] == [named(page, code) for code in ("B2", "C1", "C2")]
    assert error_at(page, "C1") == "A value is needed, or mark it not applicable."
    assert error_at(page, "B1") == ""
    assert fields_of(page)[named(page, "B1")] == "93.4"
    assert fields_of(visitor.get(address))[named(page, "B2")] == "980"


def test_a_complete_form_is_submitted_and_then_only_shown(visit: Visit, address: str) -> None:
    visitor = visit("liaison")
    page = visitor.post(address, typed(visitor.get(address), **GOOD) | {"step": "submit"})
    assert "Submitted. The leader of the unit sees it now." in page.words
    assert not page.main.all("form", id="entry")
    assert page.row("B1").words.startswith("B1 Budget execution rate")
    assert "93.4 %" in page.row("B1").words


def test_a_claim_counts_as_filled_and_not_beside_a_value(visit: Visit, address: str) -> None:
    visitor = visit("liaison")
    page = visitor.get(address)
    claim = named(page, "C1").replace("v", "na", 1)
    both = visitor.post(address, typed(page, C1="3") | {claim: "y", "step": "save"})
    assert "not both" in error_at(both, "C1")
    only = visitor.post(address, typed(both, C1="") | {claim: "y", "step": "save"})
    assert error_at(only, "C1") == ""
    assert only.main.one("input", id=claim).attributes.get("checked") is not None


def draft(visitor: Visitor, address: str, fields: dict[str, Any]) -> Any:
    """What saving as one goes answers."""
    return visitor.post(f"{address}/draft", fields, Accept="application/json").answer


def test_a_draft_is_saved_as_one_goes(visit: Visit, address: str) -> None:
    visitor = visit("liaison")
    page = visitor.get(address)
    answer = draft(visitor, address, typed(page, B1="93.4", B2="980"))
    assert answer.status_code == 200
    assert list(answer.json["errors"]) == [named(page, "B2")]
    assert answer.json["score"] == {"points": "29.04", "full": "100"}
    assert answer.json["filled"]["B"] == "1 of 2 filled"
    assert answer.json["version"] == int(fields_of(page)["version"]) + 1
    then = draft(visitor, address, typed(page, B1="95", B2="98") | {"version": str(answer.json["version"])})
    assert (then.status_code, then.json["errors"]) == (200, {})


def test_a_stale_draft_is_refused_and_both_versions_are_shown(visit: Visit, address: str) -> None:
    first, second = visit("liaison"), visit("liaison")
    old = first.get(address)
    second.post(address, typed(second.get(address), B1="90", B2="50") | {"step": "save"})
    assert draft(first, address, typed(old, B1="93.4")).status_code == 409
    page = first.post(address, typed(old, B1="93.4") | {"step": "save"})
    assert page.status == 409
    assert "Someone else saved" in page.words
    assert fields_of(page)[named(page, "B1")] == "93.4"
    assert "Saved by someone else: 90" in page.words
    assert "Saved by someone else: 50" in page.words
    now = first.post(address, typed(page, B1="93.4") | {"step": "save"})
    assert "Draft saved." in now.words
    assert fields_of(now)[named(now, "B1")] == "93.4"


def test_after_the_window_nothing_is_saved_and_nothing_typed_is_lost(app: Flask, visit: Visit, address: str) -> None:
    page = visit("liaison").get(address)
    clock = app.extensions[EXTENSION].clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(days=3))
    visitor = Visitor(app)
    visitor.sign_in("liaison", PASSWORD)  # the session of three days ago has ended
    late = visitor.post(address, typed(page, B1="93.4") | visitor.token() | {"step": "save"})
    assert late.status == 409
    assert "ended on 2026-01-08 10:00" in late.words
    assert fields_of(late)[named(late, "B1")] == "93.4"
    shown = visitor.get(address)
    assert not shown.main.all("form", id="entry")
    assert "ended on" in shown.words


def test_markup_in_what_was_typed_stays_text(visit: Visit, address: str) -> None:
    visitor = visit("liaison")
    page = visitor.get(address)
    note = named(page, "B1").replace("v", "note", 1)
    after = visitor.post(address, typed(page, B1='"><script>x</script>') | {note: "</textarea><b>x", "step": "save"})
    assert '"><script>x</script>' not in after.text
    assert fields_of(after)[note] == "</textarea><b>x"


def test_the_form_can_be_taken_along_and_that_is_kept(visit: Visit, address: str) -> None:
    answer = visit("liaison").get(f"{address}/workbook").answer
    assert answer.status_code == 200
    assert "Budget Division, Q4 2025.xlsx" in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    written = {str(cell) for row in book.get_sheet_by_name("form").to_python() for cell in row}
    assert {"B1", "Budget execution rate", "Indicator"} <= written
    trail = visit("supervision").get("/audit/?action=export")
    assert "BUDGET 预算处" in trail.words


def test_the_list_narrows_by_cycle_state_and_words(visit: Visit) -> None:
    visitor = visit("indicator")
    everything = visitor.get("/forms/?cycle=all")
    assert len(everything.main.one("tbody").all("tr")) == 8
    assert len(visitor.get("/forms/").main.one("tbody").all("tr")) == 4
    approved = visitor.get("/forms/?cycle=all&state=approved&q=treas")
    assert len(approved.main.one("tbody").all("tr")) == 2
    assert "There are no forms here" in visitor.get("/forms/?cycle=all&q=nothing").words
