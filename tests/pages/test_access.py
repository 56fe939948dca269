"""Who comes to which page: default deny, strangers are asked to sign in, changes need a form of ours."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pages.conftest import Visit
from tests.pages.organization import PASSWORD, ROLES

EVERYONE = frozenset(ROLES)
FOLLOWERS = frozenset({"comprehensive", "indicator", "leadership", "supervision"})
GROUPS = FOLLOWERS | {"personnel"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PAGES = {
    "/": EVERYONE,
    "/results/": EVERYONE,
    "/runs/1": EVERYONE,
    "/search?q=预算": EVERYONE,
    "/reports/": EVERYONE,
    "/forms/": EVERYONE - {"admin", "personnel"},
    "/cycles/": EVERYONE,
    "/cycles/2/progress": EVERYONE - {"admin", "personnel"},
    "/tracks/2": FOLLOWERS,
    "/audit/": frozenset({"admin", "supervision"}),
    "/runs/1/workbook": EVERYONE,
    "/reports/roster": frozenset({"personnel", "liaison", "leader", "leadership", "supervision"}),
    "/cycles/2/progress/workbook": FOLLOWERS | {"liaison", "leader"},
}
"""Page → the roles that see it; everyone else is refused."""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_its_roles_and_for_no_others(look: Visit, path: str, role: str) -> None:
    page = look(role).get(path)
    assert page.status == (200 if role in PAGES[path] else 403), page.words[:300]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_sign_in_and_comes_back(look: Visit, path: str) -> None:
    stranger = look(None)
    answer = stranger.get(path, follow=False).answer
    assert answer.status_code == 302
    asked = urlsplit(answer.location)
    assert asked.path == "/login/"
    assert path == "/" or parse_qs(asked.query)["next"] == [path]
    assert stranger.get(path).heading == "Sign in"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(look: Visit) -> None:
    stranger = look(None)
    page = stranger.get("/forms/")
    (form,) = [form for form in page.tree.all("form") if form.all("input", type="password")]
    fields = form.fields() | {"username": "liaison", "password": PASSWORD}
    came = stranger.post(form.get("action") or "/login/?next=/forms/", fields)
    assert came.heading == "Forms"


def test_a_program_without_a_sign_in_is_told_so_in_json(look: Visit) -> None:
    stranger = look(None)
    answer = stranger.client.get("/forms/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("path", ["/forms/999", "/forms/1", "/runs/999", "/runs/1/participants/1", "/tracks/999"])
def test_what_is_out_of_reach_does_not_exist_for_a_liaison(look: Visit, path: str) -> None:
    page = look("liaison").get(path)
    assert page.status in {403, 404}
    assert "Asset Management" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/forms/6",
        "/forms/6/draft",
        "/forms/6/return",
        "/forms/6/approve",
        "/tracks/2/score",
        "/runs/1/propose",
        "/runs/1/publish",
        "/language/zh_Hans",
    ],
)
def test_a_change_without_a_token_of_ours_is_refused(look: Visit, path: str) -> None:
    page = look("indicator").post(path, {"version": "1"})
    assert page.status == 400


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("liaison", "/tracks/2/score", 403),
        ("comprehensive", "/tracks/2/score", 403),
        ("indicator", "/runs/1/publish", 403),
        ("supervision", "/runs/1/propose", 403),
        ("supervision", "/forms/6", 403),
        ("leader", "/forms/6/draft", 403),
        ("liaison", "/forms/6/approve", 403),
        ("liaison", "/forms/6/return", 403),
        ("staff", "/forms/6", 404),
    ],
)
def test_a_step_of_another_role_is_refused(look: Visit, role: str, path: str, status: int) -> None:
    visitor = look(role)
    page = visitor.post(path, visitor.token() | {"version": "1", "reason": "no"})
    assert page.status == status


@pytest.mark.parametrize(
    "path",
    [
        "/forms/?page=abc",
        "/forms/?cycle=x&state=y&page=-4",
        "/audit/?page=9999999&since=x",
        "/audit/?record=99999999999999&until=2026-13-01",
        "/runs/1?why=abc",
        "/results/?page=0",
        "/reports/roster?on=yesterday",
        "/cycles/2/progress?track=zzz&state=%00",
        "/search?q=%25%5C_'\"",
        "/search?q=" + "x" * 400,
    ],
)
def test_addresses_that_make_no_sense_do_no_harm(look: Visit, path: str) -> None:
    assert look("supervision").get(path).status == 200
