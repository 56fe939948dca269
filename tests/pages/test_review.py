"""The leader's page: submitted beside target and last period, returned with reasons, approved."""

from __future__ import annotations

import pytest
from flask import Flask

from models.operations.form_values import FieldInput
from models.operations.forms import save_form, submit_form
from tests.pages.browsing import Visitor
from tests.pages.conftest import Visit
from tests.pages.organization import acting, form_of
from views.context import EXTENSION

VALUES = {"B1": "93.4", "B2": "99", "C1": "4", "C2": "优"}


@pytest.fixture
def address(app: Flask) -> str:
    """The form that the liaison has submitted."""
    with acting(app.extensions[EXTENSION].database, "liaison") as session:
        form = form_of(session, 2, "BUDGET")
        saved = save_form(session, form.id, form.version, {code: FieldInput(value) for code, value in VALUES.items()})
        return f"/forms/{submit_form(session, form.id, saved.version).id}"


def send_back(visitor: Visitor, address: str, **more: str) -> str:
    """Return the form with a reason at B2; what the page then says."""
    page = visitor.get(f"{address}/review")
    fields = page.form("/return")
    (reason,) = [
        name
        for name in fields
        if name.startswith("reason")
        and page.main.one("textarea", id=name).inside("td")
        and page.row("B2").all("textarea", id=name)
    ]
    return visitor.post(f"{address}/return", fields | {reason: "last year’s figure"} | more).words


def test_the_review_is_found_from_home(visit: Visit, address: str) -> None:
    home = visit("leader").get("/")
    assert "Review what was submitted" in home.words
    assert f"{address}/review" in home.links()


def test_every_value_stands_beside_target_and_last_period_with_its_change(visit: Visit, address: str) -> None:
    page = visit("leader").get(f"{address}/review")
    assert page.heading == "Review: Budget Division, Q4 2025"
    cells = [cell.words for cell in page.row("B1").all("td")][:4]
    assert cells == ["93.4 %", "95 %", "94.8 %", "▼ −1.4"]
    assert page.row("B1").all("span", class_="chip warn")
    assert page.row("B2").all("span", class_="chip ok")
    assert "unchanged" in page.row("C1").words
    assert "Score so far, if approved as it stands: 94.74 of 100" in page.words


def test_a_form_goes_back_with_a_reason_at_one_field_and_comes_again(visit: Visit, address: str) -> None:
    assert "Returned." in send_back(visit("leader"), address)
    liaison = visit("liaison")
    assert "Correct the returned form" in liaison.get("/").words
    form = liaison.get(address)
    said = form.main.one("div", class_="said")
    assert "last year’s figure" in said.words
    assert said.parent.one("label").words == "B2 Replies in time"
    corrected = form.tree.one("form", id="entry").fields()
    page = liaison.post(address, corrected | {"step": "submit"})
    assert "Submitted." in page.words
    leader = visit("leader")
    approved = leader.post(f"{address}/approve", leader.get(f"{address}/review").form("/return"))
    assert "Approved." in approved.words
    assert "Approved" in liaison.get(address).words


def test_a_reason_for_the_whole_form_is_shown_on_top(visit: Visit, address: str) -> None:
    send_back(visit("leader"), address, reason="Please check the second quarter too")
    page = visit("liaison").get(address)
    assert "Returned by leader, 6 Jan 2026, 10:00 Please check the second quarter too" in page.words


def test_returning_without_any_reason_is_refused_and_says_where(visit: Visit, address: str) -> None:
    leader = visit("leader")
    page = leader.post(f"{address}/return", leader.get(f"{address}/review").form("/return"))
    assert page.status == 422
    assert page.main.one("textarea", id="reason").get("aria-invalid") == "true"
    assert page.main.one("p", id="reason-err").words == "Say why the form is returned."


def test_reasons_typed_are_kept_when_the_form_changed_meanwhile(visit: Visit, address: str) -> None:
    leader = visit("leader")
    fields = leader.get(f"{address}/review").form("/return") | {"reason": "not this one", "version": "1"}
    page = leader.post(f"{address}/return", fields)
    assert page.status == 409
    assert page.main.one("textarea", id="reason").value == "not this one"


@pytest.mark.parametrize("role", ["liaison", "comprehensive", "supervision", "leadership"])
def test_nobody_else_reviews(visit: Visit, address: str, role: str) -> None:
    page = visit(role).get(f"{address}/review")
    assert not page.leads_to("/approve")
    assert not page.leads_to("/return")


def test_a_stale_approval_is_refused(visit: Visit, address: str) -> None:
    leader = visit("leader")
    page = leader.post(f"{address}/approve", leader.get(f"{address}/review").form("/return") | {"version": "2"})
    assert page.status == 409
    assert "Someone else saved" in page.words
