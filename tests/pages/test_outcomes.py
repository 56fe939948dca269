"""Results application on screen: rules are bound by their own forms, applied, reviewed and approved; in both languages."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from models.actor import SYSTEM
from models.cycle import Cycle
from models.outcome import CycleRule, Outcome
from tests.pages.browsing import Page, Visitor, complaints
from views.context import EXTENSION

Visit = Callable[..., Visitor]


@pytest.fixture
def cycle(app: Flask) -> str:
    """The address of the outcomes of the third quarter, whose results are published."""
    with app.extensions[EXTENSION].database.session(SYSTEM) as session:
        return f"/cycles/{session.scalars(select(Cycle.id).where(Cycle.code == '2025Q3')).one()}/outcomes"


def stored(app: Flask) -> dict[str, Outcome]:
    with app.extensions[EXTENSION].database.session(SYSTEM) as session:
        return {f"{row.code} {row.kind}": row for row in session.scalars(select(Outcome))}


def sent(page: Page, action: str, **changed: str) -> dict[str, Any]:
    return page.form(action) | changed


def bind(personnel: Visitor, cycle: str, rule: str, **params: str) -> Page:
    form = personnel.get(f"{cycle}?add={rule}")
    assert form.status == 200
    return personnel.post(
        f"{cycle}/rules", sent(form, "/rules", **{f"p-{name}": value for name, value in params.items()})
    )


def apply(personnel: Visitor, cycle: str) -> Page:
    return personnel.post(f"{cycle}/apply", personnel.token())


@pytest.fixture
def personnel(visit: Visit) -> Visitor:
    return visit("personnel")


@pytest.fixture
def proposed(personnel: Visitor, cycle: str) -> Page:
    """Criticism bound and applied: assets and the centre did poorly."""
    bind(personnel, cycle, "criticism", below="80")
    return apply(personnel, cycle)


def test_every_rule_has_a_form_of_its_own_parameters(app: Flask, personnel: Visitor, cycle: str) -> None:
    rules = app.extensions[EXTENSION].registry.rules
    for code, rule in rules.items():
        page = personnel.get(f"{cycle}?add={code}")
        assert list(complaints(page)) == []
        fields = page.form("/rules")
        assert {name for name in fields if name.startswith("p-")} == {f"p-{name}" for name in rule.Parameters.titles()}
        for title in rule.Parameters.titles().values():
            assert title.en in page.words


def test_a_rule_is_bound_applied_and_says_what_changed(app: Flask, personnel: Visitor, cycle: str) -> None:
    bound = bind(personnel, cycle, "criticism", below="80")
    assert "The rule is bound" in bound.text
    page = apply(personnel, cycle)
    assert page.status == 200
    assert "added" in page.text
    assert list(complaints(page)) == []
    assert {"ASSETS criticism", "CENTER criticism"} <= set(stored(app))
    assert "Total" in page.row("ASSETS").words
    assert "Performance results application measures: criticism" in page.row("ASSETS").words
    assert "Added 2" in page.words
    again = apply(personnel, cycle)
    assert "nothing changed, 2 outcomes as before" in again.words


def test_nonsense_in_a_parameter_is_said_at_its_field_and_nothing_typed_is_lost(personnel: Visitor, cycle: str) -> None:
    page = bind(personnel, cycle, "criticism", below="low")
    assert page.status == 422
    assert page.form("/rules")["p-below"] == "low"
    assert list(complaints(page)) == []
    (field,) = page.tree.all("input", name="p-below")
    assert field.get("aria-invalid") == "true"
    assert "a number" in page.words


def test_a_binding_is_edited_and_removed(app: Flask, personnel: Visitor, cycle: str, proposed: Page) -> None:
    with app.extensions[EXTENSION].database.session(SYSTEM) as session:
        binding = session.scalars(select(CycleRule.id)).one()
    form = personnel.get(f"{cycle}?edit={binding}")
    assert form.form("/rules")["p-below"] == "80"
    personnel.post(
        f"{cycle}/rules", sent(form, "/rules", **{"p-below": "10", "p-on_veto": "false", "clause": "第九条"})
    )
    assert "第九条" in apply(personnel, cycle).words
    page = personnel.get(cycle)
    personnel.post(f"{cycle}/rules/{binding}/remove", sent(page, "/remove"))
    assert stored(app) == {}


def test_an_outcome_is_changed_with_a_reason_and_approved(
    app: Flask, personnel: Visitor, cycle: str, proposed: Page
) -> None:
    wanted = stored(app)["ASSETS criticism"].id
    page = personnel.get(f"{cycle}?open={wanted}")
    assert list(complaints(page)) == []
    action = f"/outcomes/{wanted}"
    refused = personnel.post(f"{cycle}/{wanted}", sent(page, action, value="reminded", step="change"))
    assert refused.status == 422
    assert refused.form(action)["value"] == "reminded"
    assert "Say why it is changed" in refused.words
    page = personnel.post(f"{cycle}/{wanted}", sent(page, action, value="reminded", reason="首次发生", step="change"))
    assert "首次发生" in page.row("ASSETS").words
    assert "reminded" in page.row("ASSETS").words
    row = stored(app)["ASSETS criticism"]
    approving = sent(page, "/approve", outcome=f"{row.id}:{row.version}")
    page = personnel.post(f"{cycle}/approve", approving)
    assert "1 outcome is approved" in page.text
    found = stored(app)
    assert {name: one.state for name, one in found.items()} == {
        "ASSETS criticism": "approved", "CENTER criticism": "proposed",
    }  # fmt: skip


def test_all_are_approved_as_they_were_seen(app: Flask, personnel: Visitor, cycle: str, proposed: Page) -> None:
    page = personnel.get(cycle)
    (button,) = page.tree.all("button", name="all")
    seen = {"all": button.get("value")}
    wanted = stored(app)["CENTER criticism"]
    form = personnel.get(f"{cycle}?open={wanted.id}")
    personnel.post(f"{cycle}/{wanted.id}", sent(form, f"/outcomes/{wanted.id}", reason="数据有误", step="reject"))
    stale = personnel.post(f"{cycle}/approve", personnel.token() | seen)
    assert stale.status == 409
    assert "changed since you looked" in stale.words
    (button,) = personnel.get(cycle).tree.all("button", name="all")
    personnel.post(f"{cycle}/approve", personnel.token() | {"all": button.get("value")})
    assert {one.state for one in stored(app).values()} == {"approved", "rejected"}


def test_approving_nothing_is_refused(personnel: Visitor, cycle: str, proposed: Page) -> None:
    page = personnel.post(f"{cycle}/approve", personnel.token())
    assert page.status == 422
    assert "Tick at least one" in page.words


def test_calibration_shows_before_and_after_against_the_quota(app: Flask, personnel: Visitor, cycle: str) -> None:
    bands = {"excellent_from": "50", "competent_from": "40", "basically_from": "30"}
    bind(personnel, cycle, "annual_grade", subjects="unit", quota_by="all", quota="25", **bands)
    apply(personnel, cycle)
    page = personnel.get(f"{cycle}/calibration")
    assert list(complaints(page)) == []
    assert "Within the quota" in page.words
    other = next(one for one in stored(app).values() if one.value != "excellent")
    form = personnel.get(f"{cycle}?open={other.id}")
    personnel.post(
        f"{cycle}/{other.id}", sent(form, f"/outcomes/{other.id}", value="excellent", reason="x", step="change")
    )
    page = personnel.get(f"{cycle}/calibration")
    assert "Over the quota" in page.words
    assert "→ then 2 / 1" in page.words
    (button,) = personnel.get(cycle).tree.all("button", name="all")
    refused = personnel.post(f"{cycle}/approve", personnel.token() | {"all": button.get("value")})
    assert refused.status == 409
    assert "More than the quota" in refused.words


def cells(page: Page) -> str:
    sheet = CalamineWorkbook.from_filelike(BytesIO(page.answer.get_data())).get_sheet_by_index(0)
    return "\n".join(" ".join(str(cell) for cell in row) for row in sheet.to_python())


def test_the_workbook_groups_the_outcomes(personnel: Visitor, cycle: str, proposed: Page) -> None:
    page = personnel.get(f"{cycle}/workbook")
    assert page.status == 200
    said = cells(page)
    assert "Criticism: criticised (2)" in said
    assert "0 of 2 outcomes are approved" in said


def test_the_roster_shows_what_is_approved_and_the_person_sees_it(
    app: Flask, visit: Visit, personnel: Visitor, cycle: str
) -> None:
    with app.extensions[EXTENSION].database.session(SYSTEM) as session:
        from models.operations.records import save_record
        from models.organization import Person, Unit

        assets = session.scalars(select(Unit).where(Unit.code == "ASSETS")).one()
        person = session.scalars(select(Person).where(Person.code == "P0001")).one()
        save_record(session, "unit", assets.id, {"leader": person.id}, assets.version)
    bind(personnel, cycle, "criticism", below="80")
    apply(personnel, cycle)
    assert "admonitory interview" not in cells(personnel.get("/reports/roster"))
    staff = visit("staff")
    assert "P0001" not in staff.get(cycle).words
    (button,) = personnel.get(cycle).tree.all("button", name="all")
    personnel.post(f"{cycle}/approve", personnel.token() | {"all": button.get("value")})
    assert "Accountability: admonitory interview" in cells(personnel.get("/reports/roster"))
    page = staff.get(cycle)
    assert page.status == 200
    assert list(complaints(page)) == []
    assert "admonitory interview" in page.row("P0001").words
    assert "ASSETS criticised" not in page.words
    assert not page.leads_to("/approve")
    assert cycle in staff.get("/outcomes/").links()


@pytest.mark.parametrize("name", ["comprehensive", "leadership", "supervision"])
def test_watchers_read_and_change_nothing(visit: Visit, cycle: str, proposed: Page, name: str) -> None:
    page = visit(name).get(cycle)
    assert page.status == 200
    assert "ASSETS" in page.words
    for action in ("/apply", "/rules", "/remove"):
        assert not page.leads_to(action)
    assert not page.tree.all("input", type="checkbox")
    for action in ("apply", "rules", "approve"):
        refused = visit(name).post(f"{cycle}/{action}", visit(name).token() | {"all": "x", "rule": "criticism"})
        assert refused.status in (403, 404)


@pytest.mark.parametrize("name", ["admin", "indicator", "liaison"])
def test_others_see_nothing(visit: Visit, cycle: str, proposed: Page, name: str) -> None:
    for path in ("/outcomes/", cycle, f"{cycle}/calibration", f"{cycle}/workbook"):
        assert visit(name).get(path).status == 403


@pytest.mark.parametrize("path", ["", "/calibration", "?add=annual_grade"])
def test_in_chinese_nothing_is_left_in_english(visit: Visit, cycle: str, proposed: Page, path: str) -> None:
    page = visit("personnel", "zh_Hans").get(cycle + path)
    assert list(complaints(page)) == []
    for word in ("Outcome", "Rule", "Reason", "Quota", "Total", "Default"):
        assert word not in page.words


def test_the_menu_leads_to_the_cycles_with_results(personnel: Visitor, cycle: str) -> None:
    page = personnel.get("/outcomes/")
    assert list(complaints(page)) == []
    assert cycle in page.links()
    assert "Q4 2025" not in page.words
