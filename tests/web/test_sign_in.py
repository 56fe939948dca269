"""Signing in and out, and what holds for every page and request."""

from __future__ import annotations

import pytest

from tests.web.conftest import PASSWORD, World

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/unit/list/", "/unit/list/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/%0d%0aSet-Cookie:x", "/"),
    ],
)
def test_a_sign_in_leads_nowhere_but_into_the_platform(shared_world: World, target: str, lands: str) -> None:
    answer = shared_world.browser(None).sign_in("admin", target=target)

    assert answer.headers["Location"] == lands


def test_a_forged_host_does_not_redirect_outward(shared_world: World) -> None:
    browser = shared_world.browser(None)
    answer = browser.get("/unit/list/", headers={"Host": "evil.example"})

    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("name", ["admin", "nobody", "' OR 1=1 --"])
def test_wrong_names_and_wrong_passwords_look_the_same(shared_world: World, name: str) -> None:
    answer = shared_world.browser(None).sign_in(name, "not the password")

    assert answer.status_code == 200
    assert "is not right" in answer.text
    assert "Set-Cookie" not in answer.headers or "plumbline=" in answer.headers["Set-Cookie"]


def test_a_cookie_is_worth_nothing_after_signing_out(world: World) -> None:
    browser = world.browser("admin")
    stolen = browser.client.get_cookie("plumbline")
    assert stolen is not None
    browser.post("/logout/")

    thief = world.app.test_client()
    thief.set_cookie("plumbline", stolen.value)

    assert thief.get("/unit/list/").status_code == 302
    assert thief.get("/api/v1/unit/").status_code == 401


def test_a_new_password_ends_sessions_and_tokens_elsewhere(world: World) -> None:
    browser, elsewhere, program = world.browser("staff"), world.browser("staff"), world.api("staff")
    answer = browser.post(
        "/password/form", {"current": PASSWORD, "password": "a quite new one 7", "again": "a quite new one 7"}
    )

    assert answer.status_code == 302, answer.text
    assert browser.get("/password/form").status_code == 200
    assert elsewhere.get("/password/form").status_code == 302
    assert program("GET", "/api/v1/person/").status_code == 401
    assert world.browser(None).sign_in("staff").status_code == 200
    assert world.browser(None).sign_in("staff", "a quite new one 7").status_code == 302


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "my-staff-word", "password1234"])
def test_weak_passwords_are_refused_with_the_reason(shared_world: World, password: str) -> None:
    answer = shared_world.browser("staff").post(
        "/password/form", {"current": PASSWORD, "password": password, "again": password}
    )

    assert answer.status_code == 200
    assert 'class="err"' in answer.text


def test_a_switched_off_sign_in_is_out_at_once(world: World) -> None:
    admin, liaison, program = world.browser("admin"), world.browser("liaison"), world.api("liaison")
    user = world.id_of("user", username="liaison")
    version = world.record("user", user)["version"]
    answer = admin.json("PUT", f"/api/v1/user/{user}", {"active": False, "version": version})

    assert answer.status_code == 200, answer.text
    assert liaison.get("/unit/list/").status_code == 302
    assert program("GET", "/api/v1/unit/").status_code == 401


@pytest.mark.parametrize("language", ["en", "zh"])
def test_guessing_is_slowed_down_on_page_and_token_alike(world: World, language: str) -> None:
    browser = world.browser(None, language)
    for _ in range(10):
        assert browser.sign_in("admin", "wrong").status_code == 200
    refused = browser.sign_in("admin")

    assert refused.status_code == 429
    assert ("Too many attempts" if language == "en" else "次数过多") in refused.text
    answer = browser.client.post("/api/v1/security/login", json={"username": "admin", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.get_json()["code"] == "too_many"
    assert world.browser(None).sign_in("personnel").status_code == 302


def test_sign_ins_and_failures_are_in_the_audit_trail(world: World) -> None:
    from sqlalchemy import select

    from models.audit import AuditEntry

    world.browser(None).sign_in("admin", "wrong")
    world.browser("admin").post("/logout/")

    with world.session() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.record_entity == "user", AuditEntry.source == "screen")
        )
        seen = [(row.username, row.action, row.address) for row in rows]
    assert ("admin", "sign_in_failed", "127.0.0.1") in seen
    assert ("admin", "sign_in", "127.0.0.1") in seen
    assert ("admin", "sign_out", "127.0.0.1") in seen


def test_the_cookie_is_kept_from_scripts_and_other_sites(make_world_app, tmp_path, databases) -> None:  # type: ignore[no-untyped-def]
    with make_world_app("sqlite", tmp_path, PUBLIC_URL="https://plumbline.example.org") as world:
        client = world.app.test_client()
        answer = client.get("/login/", base_url="https://plumbline.example.org")
        cookie = answer.headers["Set-Cookie"]
        foreign = client.get("/login/", base_url="https://evil.example")

    assert "HttpOnly" in cookie
    assert "Secure" in cookie
    assert "SameSite=Lax" in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert foreign.status_code == 400


@pytest.mark.parametrize("path", ["/login/", "/unit/list/", "/console/scheme/", "/api/v1/unit/", "/nowhere"])
def test_every_answer_carries_the_headers(shared_world: World, path: str) -> None:
    headers = shared_world.browser("comprehensive").get(path).headers
    policy = headers["Content-Security-Policy"]

    assert "strict-dynamic" in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/unit/list/", "/unit/add", "/user/list/", "/console/scheme/", "/console/cycle/new/"])
def test_pages_have_no_script_without_a_nonce_and_no_inline_handlers(shared_world: World, path: str) -> None:
    import re

    for role in ("admin", "indicator", "comprehensive"):
        page = shared_world.browser(role).get(path).text
        assert not re.findall(r"<script(?![^>]*nonce=)[^>]*>", page)
        assert not re.findall(r"\son(?:click|change|submit|load|error|focus)=", page)
        assert "javascript:" not in page


UNSAFE = (
    "/unit/add",
    "/unit/edit/1",
    "/unit/delete/1",
    "/unit/action_post",
    "/console/item/new/",
    "/console/item/edit/?id=1",
    "/console/item/delete/",
    "/console/item/action/",
    "/console/item/ajax/update/",
    "/console/cycle/1/open",
    "/console/scheme/1/publish",
    "/import/unit",
    "/password/form",
    "/api/v1/unit/",
    "/api/v1/form/1/submit",
    "/language/en",
)


@pytest.mark.parametrize("path", UNSAFE)
def test_no_change_without_the_page_s_own_token(shared_world: World, path: str) -> None:
    for role in ("admin", "comprehensive"):
        answer = shared_world.browser(role).client.post(path, data={"x": "1"})
        assert answer.status_code == 400, path


def test_the_sign_in_form_needs_a_token_too(shared_world: World) -> None:
    answer = shared_world.app.test_client().post("/login/", data={"username": "admin", "password": PASSWORD})

    assert answer.status_code == 400


def test_what_is_too_large_is_refused_in_words(make_world_app, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with make_world_app("sqlite", tmp_path, MAX_UPLOAD_MB="1") as world:
        browser = world.browser("admin")
        answer = browser.client.post(
            "/unit/add", data={"csrf_token": browser.csrf, "name": "x" * (3 * 1024 * 1024)}, headers=browser.headers
        )

    assert answer.status_code == 413
    assert "too large" in answer.text


def test_strangers_are_asked_to_sign_in_everywhere(shared_world: World) -> None:
    stranger = shared_world.app.test_client()
    open_to_all = {"SignInView.login", "SignInView.logout", "language.choose"}
    for rule in shared_world.app.url_map.iter_rules():
        if rule.endpoint in open_to_all or "static" in rule.endpoint or rule.endpoint.startswith("TokenApi"):
            continue
        path = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = stranger.open(path, method=method)
            assert answer.status_code in {302, 400, 401}, (method, path, answer.status_code)
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/login/"), (path, answer.headers["Location"])
