"""The API: resources and verbs, versions, and an answer in words to whatever a client sends."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.cycle import Rating
from tests.web.conftest import Api, World

NONSENSE_QUERIES = (
    "((",
    "!",
    "(",
    "'",
    "\x00",
    "(page:abc)",
    "(page:-1)",
    "(page:99999999999999999999)",
    "(page_size:100000000)",
    "(page_size:-5)",
    "(order_column:nope)",
    "(order_column:!(a))",
    "(order_column:id,order_direction:sideways)",
    "(columns:!(nope))",
    "(columns:!(password))",
    "(filters:!((col:nope,opr:eq,value:1)))",
    "(filters:!((col:id,opr:eq,value:abc)))",
    "(filters:!((col:id,opr:eq,value:99999999999999999999999)))",
    "(filters:!((col:code,opr:nope,value:1)))",
    "(filters:!((col:code,opr:ct,value:!(1,2))))",
    "(filters:!((col:code,opr:in,value:(a:1))))",
    "(filters:!((opr:eq)))",
    "(filters:!(1,2))",
    "(filters:x)",
    "(keys:!(none))",
    "null",
    "[]",
    "{}",
    "0",
    "(" * 300,
    "!(" * 500,
)

NONSENSE_BODIES: tuple[Any, ...] = (
    None,
    [],
    "text",
    1,
    {},
    {"nope": 1},
    {"code": None},
    {"code": {"a": 1}},
    {"code": ["x"]},
    {"code": "x" * 10_000},
    {"code": "X\x00Y"},
    {"code": "\ud800"},
    {"code": 10**40},
    {"version": "new", "name": "x"},
    {"version": 10**12, "name": "x"},
    {"id": 7, "name": "x"},
    {"parent": 10**30},
    {"parent": -1},
    {"parent": {"id": 1}},
    {"parent": True},
    {"position": 1e308},
    {"opened_on": "2026-13-45"},
    {"opened_on": 20260101},
    {"kind": "planet"},
    {"path": "/1/"},
)


@pytest.mark.parametrize("query", NONSENSE_QUERIES)
def test_no_query_makes_the_server_fail(shared_world: World, query: str) -> None:
    program = shared_world.api("admin")
    for path in ("/api/v1/unit/", "/api/v1/unit/_info", "/api/v1/unit/1", "/api/v1/grant/", "/api/v1/audit/"):
        answer = program.client.get(path, query_string={"q": query}, headers=program.headers)
        assert answer.status_code < 500, (path, answer.text)
        if answer.status_code >= 400:
            assert {"code", "message", "fields"} <= answer.get_json().keys()


@pytest.mark.parametrize("body", NONSENSE_BODIES, ids=lambda body: ascii(body)[:30])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_no_body_makes_the_server_fail(shared_world: World, method: str, body: Any) -> None:
    program = shared_world.api("admin")
    path = "/api/v1/unit/" if method == "POST" else "/api/v1/unit/2"
    answer = program(method, path, body)

    assert 400 <= answer.status_code < 500, answer.text
    assert {"code", "message", "fields"} <= answer.get_json().keys()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"a":' * 5000, b"[" * 5000])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_no_bytes_make_the_server_fail(shared_world: World, content: bytes, kind: str) -> None:
    program = shared_world.api("admin")
    for method, path in (("POST", "/api/v1/unit/"), ("PUT", "/api/v1/unit/1"), ("POST", "/api/v1/security/login")):
        answer = program.client.open(
            path, method=method, data=content, headers=program.headers | {"Content-Type": kind}
        )
        assert 400 <= answer.status_code < 500, (path, answer.text)


@pytest.mark.parametrize("record", ["0", "-1", "abc", "99999999999999999999", "1.5", "%00"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_id_makes_the_server_fail(shared_world: World, method: str, record: str) -> None:
    answer = shared_world.api("admin")(
        method, f"/api/v1/unit/{record}", {"name": "x", "version": 1} if method == "PUT" else None
    )

    assert answer.status_code in {400, 404}


def test_a_record_goes_round_and_its_version_is_asked_for(world: World) -> None:
    program = world.api("admin")
    made = program("POST", "/api/v1/unit/", {"code": "API", "name": "By API", "kind": "division", "parent": "DEPT"})
    assert made.status_code == 201, made.text
    path = f"/api/v1/unit/{made.get_json()['id']}"
    assert made.headers["Location"].endswith(path)
    read = program("GET", path)
    assert read.headers["ETag"] == '"1"'
    assert read.get_json()["result"]["parent"]["text"] == "DEPT ZQunit-DEPT"

    assert program("PUT", path, {"name": "x"}).status_code == 422
    by_header = program("PUT", path, {"name": "Second"}, **{"If-Match": '"1"'})
    assert by_header.status_code == 200
    assert by_header.headers["ETag"] == '"2"'
    by_body = program("PUT", path, {"name": "Third", "version": 2, "parent_id": None})
    assert by_body.status_code == 200
    assert by_body.get_json()["result"]["parent"] is None
    stale = program("PUT", path, {"name": "Late"}, **{"If-Match": 'W/"2"'})
    assert stale.status_code == 409
    told = stale.get_json()
    assert (told["code"], told["version"], told["theirs"], told["yours"]) == (
        "stale",
        3,
        {"name": "Third"},
        {"name": "Late"},
    )
    assert program("PUT", path, {"name": "x"}, **{"If-Match": "*"}).status_code == 422
    assert program("DELETE", path, **{"If-Match": '"1"'}).status_code == 409
    assert program("DELETE", path).status_code == 200
    assert program("GET", path).status_code == 404


def test_what_is_taken_or_unknown_is_told_by_field(shared_world: World) -> None:
    answer = shared_world.api("admin")(
        "POST", "/api/v1/unit/", {"code": "BUDGET", "name": "Twice", "kind": "division", "parent": 424242}
    )

    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) >= {"parent"}
    taken = shared_world.api("admin")("POST", "/api/v1/unit/", {"code": "BUDGET", "name": "Twice", "kind": "division"})
    assert taken.status_code == 422
    assert set(taken.get_json()["fields"]) == {"code"}


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("(filters:!((col:code,opr:sw,value:bu)))", ["BUDGET"]),
        ("(filters:!((col:code,opr:ct,value:u),(col:kind,opr:eq,value:division)))", ["BUDGET", "TREASURY"]),
        (
            "(filters:!((col:parent,opr:rel_o_m,value:1)),order_column:code,order_direction:desc)",
            ["TREASURY", "BUDGET"],
        ),
        (
            "(filters:!((col:kind,opr:in,value:!(city,county))),order_column:code,order_direction:asc)",
            ["CITY", "COUNTY"],
        ),
        ("(filters:!((col:code,opr:nct,value:u)),order_column:code)", ["CITY", "DEPT"]),
        ("(page:1,page_size:2,order_column:code,order_direction:asc)", ["COUNTY", "DEPT"]),
        ("(columns:!(code),filters:!((col:id,opr:eq,value:1)))", ["DEPT"]),
        ('{"filters":[{"col":"code","opr":"eq","value":"DEPT"}]}', ["DEPT"]),
    ],
)
def test_lists_are_filtered_sorted_and_paged(shared_world: World, query: str, codes: list[str]) -> None:
    program = shared_world.api("admin")
    answer = program.client.get("/api/v1/unit/", query_string={"q": query}, headers=program.headers)

    assert answer.status_code == 200, answer.text
    found = [row["code"] for row in answer.get_json()["result"]]
    assert (found if "order_column" in query else sorted(found)) == codes


def test_a_page_never_holds_more_than_a_hundred(shared_world: World) -> None:
    answer = shared_world.api("supervision")("GET", "/api/v1/audit/?q=(page_size:100000)")

    assert answer.status_code == 200
    assert len(answer.get_json()["result"]) <= 100


def test_the_cookie_reads_and_with_the_page_s_token_writes(world: World) -> None:
    browser = world.browser("admin")
    new = {"code": "COOKIE", "name": "By cookie", "kind": "division"}

    assert browser.get("/api/v1/unit/").status_code == 200
    assert browser.client.post("/api/v1/unit/", json=new).status_code == 400
    assert browser.json("POST", "/api/v1/unit/", new).status_code == 201
    token = world.api("liaison").headers["Authorization"]
    as_liaison = browser.json("POST", "/api/v1/unit/", new | {"code": "MIXED"}, Authorization=token)
    assert as_liaison.status_code == 403  # the token says who acts, whatever cookie is there


def test_the_verbs_carry_a_form_from_draft_to_approval(world: World) -> None:
    liaison, leader = world.api("liaison"), world.api("leader")
    form = liaison("GET", "/api/v1/form/").get_json()["result"][0]
    path = f"/api/v1/form/{form['id']}"
    assert liaison("POST", f"{path}/fill", {"values": {"A1": "", "A2": ""}}).status_code == 200
    early = liaison("POST", f"{path}/submit")
    assert early.status_code == 422
    assert set(early.get_json()["fields"]) == {"A1", "A2"}

    bad = liaison("POST", f"{path}/fill", {"values": {"A1": "much"}, "draft": False})
    assert bad.status_code == 422
    filled = liaison("POST", f"{path}/fill", {"values": {"A1": 55, "A2": {"actual": "70", "note": "by API"}}})
    assert filled.status_code == 200, filled.text
    stale = liaison("POST", f"{path}/fill", {"values": {"A1": 56}, "version": form["version"]})
    assert stale.status_code == 409
    assert liaison("POST", f"{path}/approve").status_code in {403, 409}
    assert liaison("POST", f"{path}/submit").status_code == 200
    assert leader("POST", f"{path}/return", {"reason": "Look again", "by_item": {"A1": "Too low?"}}).status_code == 200
    assert liaison("POST", f"{path}/submit").status_code == 200
    approved = leader("POST", f"{path}/approve")
    assert approved.status_code == 200
    assert approved.get_json()["result"]["state"] == "approved"
    assert liaison("POST", f"{path}/fill", {"values": {"A1": 1}}).status_code == 409


def test_the_verbs_score_propose_and_publish(world: World) -> None:
    indicator, leadership = world.api("indicator"), world.api("leadership")
    with world.session() as session:
        for rating in session.scalars(select(Rating)):  # the scheme rates nothing
            session.delete(rating)
        session.commit()
    track = world.id_of("track", name="ZQtrack-C1")
    scored = indicator("POST", f"/api/v1/track/{track}/score")
    assert scored.status_code == 200, scored.text
    run = scored.get_json()["id"]
    assert leadership("POST", f"/api/v1/run/{run}/publish").status_code == 409
    assert indicator("POST", f"/api/v1/run/{run}/propose").status_code == 200
    assert indicator("POST", f"/api/v1/run/{run}/publish").status_code == 403
    assert leadership("POST", f"/api/v1/run/{run}/publish").status_code == 422  # one is published: say why another
    published = leadership("POST", f"/api/v1/run/{run}/publish", {"reason": "A correction"})
    assert published.status_code == 200, published.text
    assert published.get_json()["result"]["state"] == "published"
    assert len(world.api("staff")("GET", "/api/v1/total/").get_json()["result"]) == 2


@pytest.mark.parametrize(
    "body", [[], "x", {"nope": 1}, {"version": "x"}, {"values": []}, {"values": {"A1": [1]}}, {"draft": 1}]
)
def test_no_verb_fails_on_what_is_sent_to_it(shared_world: World, body: Any) -> None:
    liaison = shared_world.api("liaison")
    form = liaison("GET", "/api/v1/form/").get_json()["ids"][0]
    answer = liaison("POST", f"/api/v1/form/{form}/fill", body)

    assert 400 <= answer.status_code < 500, answer.text
    assert liaison("POST", "/api/v1/form/99999999999/fill", {}).status_code == 404
    assert liaison("POST", "/api/v1/form/424242/submit", {}).status_code == 404


def test_tokens_are_refreshed_and_a_refresh_token_opens_nothing_else(shared_world: World) -> None:
    from tests.web.conftest import PASSWORD

    client = shared_world.app.test_client()
    tokens = client.post(
        "/api/v1/security/login", json={"username": "admin", "password": PASSWORD, "provider": "db", "refresh": True}
    ).get_json()
    refresh = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    fresh = client.post("/api/v1/security/refresh", headers=refresh)

    assert client.get("/api/v1/unit/", headers=refresh).status_code in {401, 422}
    assert fresh.status_code == 200
    access = {"Authorization": f"Bearer {fresh.get_json()['access_token']}"}
    assert client.get("/api/v1/unit/", headers=access).status_code == 200


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer " + "A" * 5000])
def test_a_bad_token_is_refused(shared_world: World, token: str) -> None:
    answer = shared_world.app.test_client().get("/api/v1/unit/", headers={"Authorization": token})

    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/unit/"),
        ("POST", "/api/v1/unit/"),
        ("PUT", "/api/v1/unit/1"),
        ("DELETE", "/api/v1/unit/1"),
        ("POST", "/api/v1/form/1/submit"),
    ],
)
def test_a_program_that_brings_nothing_is_asked_to_sign_in(shared_world: World, method: str, path: str) -> None:
    """And not told to reload a page: there is no session that could have been forged."""
    answer = shared_world.app.test_client().open(path, method=method, json={} if method != "GET" else None)

    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_signed_in"


def test_the_description_names_every_resource_and_verb(shared_world: World) -> None:
    from views.rest.verbs import VERBS

    document = shared_world.api("staff")("GET", "/api/v1/_openapi").get_json()
    paths = document["paths"]

    for entity, spec in shared_world.platform.specs.items():
        assert (f"/api/v1/{entity}/" in paths) == spec.spec.rest
    for entity, verbs in VERBS.items():
        for verb in verbs:
            operation = paths[f"/api/v1/{entity}/{{pk}}/{verb}"]["post"]
            assert operation["summary"]
            assert "409" in operation["responses"]
    assert "If-Match" in str(paths["/api/v1/unit/{pk}"]["put"])
    assert shared_world.browser("staff").get("/swagger/v1").status_code == 200


def test_answers_speak_the_client_s_language(shared_world: World) -> None:
    program: Api = shared_world.api("admin")
    answer = program("PUT", "/api/v1/unit/1", {"name": "x"}, **{"Accept-Language": "zh-CN"})

    assert "版本" in answer.get_json()["fields"]["version"]
