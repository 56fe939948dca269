"""The console: the scheme's tree, values edited in their row, the cycle's page; stale and unfinished ones refused."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import World


def draft(world: World) -> int:
    return world.id_of("scheme_version", number=2)


def item_of(world: World, code: str) -> int:
    return world.id_of("item", code=code, scheme_version_id=draft(world))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_console_entity_has_all_its_pages(shared_world: World, language: str) -> None:
    for role in ("indicator", "comprehensive", "admin"):
        browser = shared_world.browser(role, language)
        for entity, spec in shared_world.platform.specs.items():
            if spec.spec.tool != "console":
                continue
            base = f"/console/{entity}"
            for path in (
                f"{base}/",
                f"{base}/?q=x&page=abc&order=nope",
                f"{base}/new/",
                f"{base}/details/?id=1",
                f"{base}/edit/?id=1",
            ):
                assert browser.get(path, follow_redirects=True).status_code in {200, 403, 404}, (role, path)


@pytest.mark.parametrize("written", ["9" * 20, "\u00b2", "-1", "abc", "0"])
def test_a_reference_handed_in_by_the_address_may_be_anything(shared_world: World, written: str) -> None:
    page = shared_world.browser("comprehensive").get(f"/console/participant/new/?track={written}")

    assert page.status_code == 200


def test_nobody_is_led_to_a_progress_page_that_is_closed(shared_world: World) -> None:
    for role, there in (("personnel", False), ("comprehensive", True)):
        browser = shared_world.browser(role)
        found = re.search(r'href="(/cycles/\d+/progress)"', browser.get("/").text)

        assert (found is not None) is there, role
        assert found is None or browser.get(found.group(1)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/console/item/export/csv/", "/console/item/ajax/lookup/?name=x", "/console/item/details/", "/console/scheme/999"],
)
def test_what_the_framework_offers_beside_is_closed(shared_world: World, path: str) -> None:
    assert shared_world.browser("indicator").get(path).status_code == 404


def test_a_weight_is_edited_in_the_tree_and_the_sums_follow(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A1")
    change = {"list_form_pk": str(item), "version": str(world.record("item", item)["version"]), "weight": "58"}
    saved = browser.post("/console/item/ajax/update/", change, headers={"X-Requested-With": "XMLHttpRequest"})
    sums = browser.get("/console/scheme/1/sums?version=2").get_json()
    page = browser.get("/console/scheme/1").text

    assert saved.status_code == 200, saved.text
    assert saved.get_json()["value"] == "58"
    assert sums["right"] is False
    assert sums["wrong"]
    assert "98" in page
    assert 'class="chip bad"' in page


def test_a_stale_value_in_its_row_is_refused_with_both_versions(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A1")
    version = str(world.record("item", item)["version"])
    change = {"list_form_pk": str(item), "version": version}
    assert browser.post("/console/item/ajax/update/", change | {"weight": "50"}).status_code == 200
    refused = browser.post("/console/item/ajax/update/", change | {"weight": "70"})

    assert refused.status_code == 409
    assert refused.get_json()["theirs"] == {"weight": 50.0}
    assert refused.get_json()["yours"] == {"weight": "70"}
    assert world.record("item", item)["weight"] == 50.0


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"weight": "much"}, 422),
        ({"code": "X9"}, 422),
        ({}, 422),
        ({"weight": "1", "list_form_pk": "999999"}, 404),
        ({"weight": "1", "list_form_pk": "abc"}, 404),
        ({"weight": "1", "version": ""}, 422),
    ],
)
def test_other_changes_in_the_row_are_refused_in_words(
    shared_world: World, change: dict[str, str], status: int
) -> None:
    item = item_of(shared_world, "A2")
    given = {"list_form_pk": str(item), "version": str(shared_world.record("item", item)["version"])} | change
    program = {"X-Requested-With": "XMLHttpRequest"}
    answer = shared_world.browser("indicator").post("/console/item/ajax/update/", given, headers=program)

    assert answer.status_code == status
    assert answer.get_json()["message"]


def test_a_stale_form_in_the_console_shows_both_versions(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A2")
    page = browser.get(f"/console/item/edit/?id={item}").text
    sent = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    values = {
        "scheme_version": str(draft(world)),
        "position": "2",
        "code": "A2",
        "parent": "A",
        "kind": "indicator",
        "weight": "40",
        "method": "goalpost",
        "params": "lo=0; hi=100",
        "value_type": "percent",
        "version": str(world.record("item", item)["version"]),
    }
    assert sent
    first = browser.post(f"/console/item/edit/?id={item}", values | {"name": "Theirs"})
    assert first.status_code == 302, first.text
    answer = browser.post(f"/console/item/edit/?id={item}", values | {"name": "Mine"})

    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert world.record("item", item)["name"] == "Theirs"


def test_publishing_says_every_reason_and_freezes(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A1")
    with world.session() as session:
        from models.operations.records import save_record

        save_record(session, "item", item, {"weight": "50", "source": ""}, world.record("item", item)["version"])
    page = {"version": "2", "row_version": str(world.record("scheme_version", draft(world))["version"])}
    refused = browser.post("/console/scheme/1/publish", page)
    assert refused.status_code == 422
    assert refused.text.count("<li>") >= 2
    assert world.record("scheme_version", draft(world))["state"] == "draft"

    with world.session() as session:
        save_record(
            session, "item", item, {"weight": "60", "source": "Treasury"}, world.record("item", item)["version"]
        )
    done = browser.post("/console/scheme/1/publish", page)
    assert done.status_code == 302, done.text
    frozen = browser.post(
        "/console/item/ajax/update/",
        {"list_form_pk": str(item), "version": str(world.record("item", item)["version"]), "weight": "1"},
    )
    assert frozen.status_code in {409, 422}
    assert world.record("item", item)["weight"] == 60.0
    assert browser.post("/console/scheme/1/new_version").status_code == 302
    assert world.id_of("scheme_version", number=3)


def test_a_cycle_is_made_bound_filled_and_opened_in_the_console(world: World) -> None:
    browser = world.browser("comprehensive")
    values = {"code": "Q4", "name": "第四季度", "kind": "quarter", "start_on": "2026-10-01", "end_on": "2026-12-31"}
    assert browser.post("/console/cycle/new/", values | {"is_trial": "0"}).status_code == 302
    cycle = world.id_of("cycle", code="Q4")
    empty = browser.post(f"/console/cycle/{cycle}/open", {"version": "1"})
    assert empty.status_code == 422
    assert empty.text.count("<li>") >= 3

    version = world.id_of("scheme_version", number=1)
    assert browser.post(f"/console/cycle/{cycle}/track", {"scheme_version": str(version)}).status_code == 302
    track = world.id_of("track", cycle_id=cycle)
    assert (
        browser.post(f"/console/cycle/{cycle}/participants", {"track": str(track), "kind": "division"}).status_code
        == 302
    )
    window = {"version": "1", "opens_at": "2020-01-01T08:00", "due_at": "2099-01-01T18:00", "is_trial": "0"}
    edited = browser.post(f"/console/cycle/edit/?id={cycle}", values | window)
    assert edited.status_code == 302, edited.text
    page = browser.get(f"/console/cycle/{cycle}").text
    assert "2 participants" in page
    opened = browser.post(f"/console/cycle/{cycle}/open", {"version": str(world.record("cycle", cycle)["version"])})
    assert opened.status_code == 302, opened.text
    assert world.record("cycle", cycle)["state"] == "open"
    assert str(world.record("cycle", cycle)["opens_at"]) == "2020-01-01 00:00:00+00:00"


def test_an_unfinished_scheme_cannot_be_opened_with(world: World) -> None:
    browser, cycle = world.browser("comprehensive"), world.id_of("cycle", code="C2")
    bound = browser.post(f"/console/cycle/{cycle}/track", {"scheme_version": str(draft(world))})
    opened = browser.post(f"/console/cycle/{cycle}/open", {"version": str(world.record("cycle", cycle)["version"])})

    assert (bound.status_code, opened.status_code) in {(302, 422), (422, 302), (409, 302)}
    if bound.status_code == 302:
        assert "draft" in opened.text


@pytest.mark.parametrize("role", ["liaison", "staff", "leadership", "supervision"])
def test_others_change_nothing_in_the_console(shared_world: World, role: str) -> None:
    browser = shared_world.browser(role)
    item = item_of(shared_world, "A2")
    for path, data in (
        ("/console/item/new/", {}),
        (f"/console/item/edit/?id={item}", {"name": "x"}),
        ("/console/item/delete/", {"id": str(item)}),
        ("/console/item/action/", {"action": "delete", "rowid": str(item)}),
        ("/console/item/ajax/update/", {"list_form_pk": str(item), "weight": "1", "version": "1"}),
        ("/console/scheme/1/publish", {"version": "2", "row_version": "1"}),
        ("/console/scheme/1/new_version", {}),
        ("/console/cycle/2/open", {"version": "1"}),
        ("/console/cycle/2/track", {"scheme_version": "1"}),
    ):
        assert browser.post(path, data).status_code in {403, 404}, path
