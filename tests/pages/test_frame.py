"""The frame: what everybody can use, in both languages, by role."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.pages.browsing import Page, Visitor, complaints
from tests.pages.conftest import Visit
from tests.pages.organization import acting
from tests.pages.test_access import PAGES
from views.context import EXTENSION

SHOWN = [
    *(
        ("supervision", path)
        for path, roles in PAGES.items()
        if "workbook" not in path and "supervision" in roles and "roster" not in path
    ),
    ("supervision", "/runs/1?why=2"),
    ("supervision", "/runs/1/participants/2"),
    ("liaison", "/forms/6"),
    ("liaison", "/"),
    ("indicator", "/forms/5"),
    ("indicator", "/tracks/2"),
    ("liaison", "/nowhere"),
    ("liaison", "/audit/"),
    (None, "/login/"),
]
LEFT_IN_ENGLISH = {"Plumbline", "EN", "CSV", "xlsx", "JSON"}
NAMES = re.compile(
    r"DIVISIONS|BUDGET|TREASURY|ASSETS|CENTER|FINANCE|Bo|Liaison|Supervision|Indicator|\b[A-Z]\d*\b|\bv\d|\bP\d+|[\w-]*-\d+"
    r"|\b(?:admin|comprehensive|indicator|personnel|leadership|supervision|liaison|leader|staff|system)\b"
    r"|\b[0-9a-f]{8,64}\b|(?:aggregate|method):\w+|engine|\d+Q\d"
)


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize(("role", "path"), SHOWN)
def test_everybody_can_use_the_page(look: Visit, role: str | None, path: str, language: str) -> None:
    assert list(complaints(look(role, language).get(path))) == []


@pytest.mark.parametrize(("role", "path"), SHOWN)
def test_a_chinese_page_is_chinese_throughout(look: Visit, role: str | None, path: str) -> None:
    page = look(role, "zh_Hans").get(path)
    assert page.tree.one("html").get("lang") == "zh-Hans"
    for cell in page.tree.all("td", class_="changes"):  # what was written down of the data, in its own language
        cell.children.clear()
    spoken = [page.tree.one("body").words, page.tree.one("title").words]
    spoken += [node.get(name) for node in page.tree.walk() for name in ("aria-label", "placeholder", "title")]
    english = set(re.findall(r"[A-Za-z]{3,}", NAMES.sub(" ", " ".join(spoken)))) - LEFT_IN_ENGLISH
    assert english == set()


@pytest.mark.parametrize(("role", "path"), SHOWN)
def test_every_script_carries_the_nonce_that_the_policy_asks_for(look: Visit, role: str | None, path: str) -> None:
    page = look(role).get(path)
    policy = page.answer.headers["Content-Security-Policy"]
    scripts = page.tree.all("script")
    assert scripts
    for script in scripts:
        assert script.get("src").startswith("/static/shell/")
        assert f"'nonce-{script.get('nonce')}'" in policy


@pytest.mark.parametrize(
    ("role", "there", "not_there"),
    [
        ("liaison", {"Forms", "Units", "Published results"}, {"Audit trail", "Sign-ins", "Progress", "Schemes"}),
        ("admin", {"Units", "Sign-ins", "Grants", "Audit trail"}, {"Forms", "Progress"}),
        ("indicator", {"Forms", "Progress", "Schemes", "Cycles"}, {"Audit trail", "Sign-ins"}),
        ("supervision", {"Audit trail", "Progress", "People"}, set()),
        ("staff", {"Published results"}, {"Audit trail", "Schemes"}),
    ],
)
def test_the_navigation_goes_by_role(look: Visit, role: str, there: set[str], not_there: set[str]) -> None:
    links = {re.sub(r" \d+ waiting for you$", "", link.words) for link in nav(look(role).get("/")).all("a")}
    assert there <= links
    assert not (not_there & links)


def nav(page: Page) -> object:
    """The main navigation."""
    return page.tree.one("nav", id="nav")


@pytest.mark.parametrize("role", ["liaison", "admin", "indicator", "supervision", "personnel"])
def test_every_line_of_the_navigation_leads_somewhere(look: Visit, role: str) -> None:
    visitor = look(role)
    for link in nav(visitor.get("/")).all("a"):
        assert visitor.get(link.get("href")).status == 200, link.get("href")


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "Overview"),
        ("/forms/", "Forms 1 waiting for you"),
        ("/forms/6", "Forms 1 waiting for you"),
        ("/results/", "Published results"),
    ],
)
def test_the_line_of_the_page_is_marked(look: Visit, path: str, label: str) -> None:
    marked = nav(look("liaison").get(path)).all("a", aria_current="page")
    assert [link.words for link in marked] == [label]


def test_signing_out_is_a_form_and_ends_the_session(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.sign_in("leader", "Plumb-line-2024")
    visitor.post("/logout/", visitor.get("/").form("/logout/"))
    assert visitor.get("/").heading == "Sign in"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("en-GB,en", "en"),
        ("de,fr;q=0.5", "en"),
        ("", "en"),
    ],
)
def test_a_stranger_is_spoken_to_as_the_browser_asks(shared_app: Flask, header: str, code: str) -> None:
    answer = shared_app.test_client().get("/login/", headers={"Accept-Language": header})
    assert f'<html lang="{code}"' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_stranger_may_choose_and_the_choice_is_kept(app: Flask) -> None:
    visitor = Visitor(app)
    page = visitor.post("/language/zh_Hans", visitor.get("/login/").form("/language/zh_Hans"))
    assert page.heading == "登录"
    assert visitor.get("/login/").heading == "登录"


def test_the_choice_of_whoever_is_signed_in_is_kept_with_the_sign_in(app: Flask) -> None:
    first = Visitor(app)
    first.sign_in("leader", "Plumb-line-2024")
    page = first.post("/language/zh_Hans", first.get("/results/").form("/language/zh_Hans"))
    assert page.heading == "已发布结果"
    elsewhere = Visitor(app)
    assert elsewhere.sign_in("leader", "Plumb-line-2024").heading == "工作台"
    with acting(app.extensions[EXTENSION].database, "leader") as session:
        assert session.info["actor"].language == "zh_Hans"


@pytest.mark.parametrize(
    "wanted",
    ["//elsewhere.example/x", "https://elsewhere.example", "/\\elsewhere.example", "javascript:x", "\t//e.example"],
)
def test_no_change_of_language_leads_elsewhere(app: Flask, wanted: str) -> None:
    visitor = Visitor(app)
    fields = visitor.get("/login/").form("/language/en") | {"next": wanted}
    assert visitor.post("/language/en", fields, follow=False).answer.location == "/"


def test_an_unknown_language_is_not_found(look: Visit) -> None:
    visitor = look("liaison")
    assert visitor.post("/language/xx", visitor.token()).status == 404


def test_dates_and_numbers_follow_the_language(look: Visit) -> None:
    assert "28 Sep 2025, 10:00" in look("staff").get("/results/").words
    assert "2025年9月28日 10:00" in look("staff", "zh_Hans").get("/results/").words


def test_static_files_are_our_own_and_change_their_address_with_their_content(look: Visit) -> None:
    page = look("liaison").get("/forms/6")
    addresses = [link.get("href") for link in page.tree.all("link", rel="stylesheet")]
    addresses += [script.get("src") for script in page.tree.all("script")]
    assert len(addresses) >= 3
    for address in addresses:
        assert re.fullmatch(r"/static/shell/.+\?v=[0-9a-f]{10}", address)
        with look(None).client.get(address) as answer:
            assert answer.status_code == 200
