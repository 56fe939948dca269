"""The generated registers: lists that never fail, forms that lose nothing, saves that are refused when stale."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import World


def names_on(page: str) -> list[str]:
    """The codes in the first column of a list."""
    return re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"]),
        ("?order=-code", ["TREASURY", "DEPT", "COUNTY", "CITY", "BUDGET"]),
        ("?q=unit-tre", ["TREASURY"]),
        ("?q=%25", []),
        ("?q=_", []),
        ("?kind=division", ["BUDGET", "TREASURY"]),
        ("?kind=division&q=bud", ["BUDGET"]),
        ("?parent=1&order=-name", ["TREASURY", "BUDGET"]),
        ("?order=parent&kind=division", ["BUDGET", "TREASURY"]),
        ("?opened_on_from=2020-01-01", []),
        # what cannot be read is left out and said, never an error
        ("?page=abc", ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"]),
        ("?page=-3&size=100000&order=nope", ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"]),
        ("?page=99999999999999999999", ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"]),
        ("?kind=planet&parent=x&opened_on_from=13", ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"]),
        (
            "?page_UnitRegister=abc&_oc_UnitRegister=nope&_od_UnitRegister=asc&psize_UnitRegister=1000000",
            ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"],
        ),
        ("?_flt_9_code=x&_flt_0_nope=y", ["BUDGET", "CITY", "COUNTY", "DEPT", "TREASURY"]),
    ],
)
def test_lists_filter_search_and_sort_and_never_fail(shared_world: World, query: str, codes: list[str]) -> None:
    answer = shared_world.browser("admin").get(f"/unit/list/{query}")

    assert answer.status_code == 200
    assert names_on(answer.text) == codes


def test_a_page_beyond_the_last_is_empty(shared_world: World) -> None:
    answer = shared_world.browser("admin").get("/unit/list/?page=99999")

    assert answer.status_code == 200
    assert names_on(answer.text) == []


def test_what_was_not_understood_is_said(shared_world: World) -> None:
    page = shared_world.browser("admin").get("/unit/list/?kind=planet").text

    assert "Not understood" in page
    assert "kind" in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_register_has_all_its_pages(shared_world: World, language: str) -> None:
    browser = shared_world.browser("admin", language)
    for entity, spec in shared_world.platform.specs.items():
        if spec.spec.tool != "register":
            continue
        for path in (
            f"/{entity}/list/",
            f"/{entity}/list/?q=x",
            f"/{entity}/add",
            f"/{entity}/show/1",
            f"/{entity}/edit/1",
        ):
            answer = browser.get(path)
            assert answer.status_code in {200, 403, 404}, (path, answer.status_code)
            if answer.status_code == 200:
                assert f'lang="{ {"en": "en", "zh": "zh-Hans"}[language] }"' in answer.text


@pytest.mark.parametrize(
    "path", ["/unit/show/0", "/unit/show/-1", "/unit/show/abc", "/unit/show/99999999999999999999", "/unit/edit/77777"]
)
def test_what_does_not_exist_is_not_found(shared_world: World, path: str) -> None:
    assert shared_world.browser("admin").get(path).status_code == 404


def test_a_unit_is_added_changed_and_deleted_on_screen(world: World) -> None:
    browser = world.browser("admin")
    values = {"code": "AUDIT", "name": "审计处", "kind": "division", "parent__text": "DEPT", "position": "3"}
    added = browser.post("/unit/add", values)
    assert added.status_code == 302, added.text
    unit = world.id_of("unit", code="AUDIT")
    assert added.headers["Location"] == f"/unit/show/{unit}"
    assert world.record("unit", unit)["parent_id"] == world.id_of("unit", code="DEPT")

    changed = browser.post(
        f"/unit/edit/{unit}", values | {"version": "1", "name": "内审处", "effective_on": "2026-12-01"}
    )
    assert changed.status_code == 302, changed.text
    assert world.record("unit", unit)["name"] == "内审处"
    assert "内审处" in browser.get(f"/unit/show/{unit}").text

    deleted = browser.post(f"/unit/delete/{unit}", {"version": "2"})
    assert deleted.status_code == 302
    assert world.record("unit", unit) == {}


def test_every_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(shared_world: World) -> None:
    values = {
        "code": "no/slash",
        "name": "",
        "kind": "planet",
        "parent__text": "NOWHERE",
        "opened_on": "soon",
        "position": "1.5",
    }
    answer = shared_world.browser("admin").post("/unit/add", values)

    assert answer.status_code == 422
    wrong = re.findall(r'id="(\w+)-err"', answer.text)
    assert sorted(wrong) == ["code", "kind", "name", "opened_on", "parent", "position"]
    assert "soon" in answer.text
    assert "NOWHERE" in answer.text
    assert "planet" in answer.text
    summary = answer.text[answer.text.index('class="sum"') :]
    assert all(f'href="#{name}"' in summary for name in wrong)


def test_a_stale_save_shows_both_versions_and_loses_neither(world: World) -> None:
    unit = world.id_of("unit", code="BUDGET")
    first, second = world.browser("admin"), world.browser("admin")
    page = second.get(f"/unit/edit/{unit}").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version is not None
    base = {"code": "BUDGET", "kind": "division", "parent": str(world.id_of("unit", code="DEPT")), "position": "0"}
    assert first.post(f"/unit/edit/{unit}", base | {"version": version[1], "name": "Theirs & co"}).status_code == 302
    answer = second.post(f"/unit/edit/{unit}", base | {"version": version[1], "name": "Mine <b>"})

    assert answer.status_code == 409
    assert "Theirs &amp; co" in answer.text
    assert "Mine &lt;b&gt;" in answer.text
    assert world.record("unit", unit)["name"] == "Theirs & co"
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    again.pop("csrf_token")
    assert second.post(f"/unit/edit/{unit}", again | {"name": "Mine <b>"}).status_code == 302
    assert world.record("unit", unit)["name"] == "Mine <b>"


@pytest.mark.parametrize("path", ["/unit/edit/{unit}", "/console/item/edit/?id={item}"])
def test_a_form_that_does_not_say_which_version_it_read_writes_nothing(world: World, path: str) -> None:
    """Not even the field's default: that is the newest version, and would overwrite what somebody else saved."""
    unit = world.id_of("unit", code="BUDGET")
    item = world.id_of("item", code="A1", scheme_version_id=world.id_of("scheme_version", number=2))
    entity, record, role = ("item", item, "indicator") if "item" in path else ("unit", unit, "admin")
    before = world.record(entity, record)

    answer = world.browser(role).post(path.format(unit=unit, item=item), {"name": "Overwritten"})

    assert answer.status_code == 422
    assert world.record(entity, record) == before


def test_a_stale_deletion_is_refused(world: World) -> None:
    post = world.id_of("post", code="P-COUNTY")
    browser = world.browser("personnel")
    with world.session() as session:
        from models.operations.records import save_record

        save_record(session, "post", post, {"establishment": "3"}, 1)
    answer = browser.post(f"/post/delete/{post}", {"version": "1"})

    assert answer.status_code == 409
    assert world.record("post", post)


def test_deleting_the_chosen_ones_keeps_what_is_in_use_and_says_why(world: World) -> None:
    browser = world.browser("admin")
    browser.post("/unit/add", {"code": "EMPTY", "name": "Empty", "kind": "division", "position": "0"})
    empty, used = world.id_of("unit", code="EMPTY"), world.id_of("unit", code="BUDGET")
    chosen = {"action": "delete", "rowid": [str(empty), str(used)], f"version_{empty}": "1", f"version_{used}": "1"}
    answer = browser.post("/unit/action_post", chosen, follow_redirects=True)

    assert world.record("unit", empty) == {}
    assert world.record("unit", used)
    assert "1 record was deleted" in answer.text
    assert "other records refer to it" in answer.text


@pytest.mark.parametrize(
    "data", [{}, {"action": "nope", "rowid": "1"}, {"action": "delete", "rowid": "x"}, {"action": "delete"}]
)
def test_nonsense_for_the_chosen_ones_does_nothing(shared_world: World, data: dict[str, str]) -> None:
    assert shared_world.browser("admin").post("/unit/action_post", data).status_code == 302


def test_a_reference_is_searched_for_not_listed(shared_world: World) -> None:
    browser = shared_world.browser("admin")
    page = browser.get(f"/unit/edit/{shared_world.id_of('unit', code='BUDGET')}").text
    found = browser.get("/lookup/unit?q=zqunit tre").get_json()

    assert "ZQunit-TREASURY" not in page
    assert [record["text"] for record in found] == ["TREASURY ZQunit-TREASURY"]
    assert browser.get("/lookup/score?q=").status_code == 404
    assert browser.get("/lookup/nope").status_code == 404


def test_a_reference_out_of_reach_is_kept_when_the_rest_is_saved(world: World) -> None:
    """A person in charge whom the admin may not open stays in charge."""
    unit = world.id_of("unit", code="TREASURY")
    person = world.id_of("person", code="TREASURY-1")
    with world.session() as session:
        from models.operations.records import save_record

        save_record(session, "unit", unit, {"leader": person}, 1)
    browser = world.browser("admin")
    page = browser.get(f"/unit/edit/{unit}").text
    sent = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    sent |= dict(re.findall(r'name="(version)"[^>]*value="(\d+)"', page))
    sent.pop("csrf_token", None)
    answer = browser.post(
        f"/unit/edit/{unit}", sent | {"code": "TREASURY", "name": "Renamed", "kind": "division", "position": "0"}
    )

    assert answer.status_code == 302, answer.text
    assert world.record("unit", unit)["leader_id"] == person
    assert world.record("unit", unit)["name"] == "Renamed"


def test_a_sign_in_is_made_with_person_password_role_and_scope_in_one_form(world: World) -> None:
    browser = world.browser("admin")
    unit = world.id_of("unit", code="TREASURY")
    values = {
        "username": "liu",
        "first_name": "Min",
        "last_name": "Liu",
        "email": "liu@example.org",
        "active": "1",
        "person": str(world.id_of("person", code="TREASURY-1")),
        "role": "liaison",
        "scope": "unit",
    }
    refused = browser.post("/user/add", values | {"password": "short"})
    assert refused.status_code == 422
    assert refused.text.count('class="err"') >= 1
    with pytest.raises(Exception, match="No row"):
        world.id_of("user", username="liu")
    made = browser.post("/user/add", values | {"unit": str(unit)}, follow_redirects=True)
    password = re.search(r"The password of liu is (\w+)", made.text)

    assert made.status_code == 200
    assert password is not None
    assert world.browser(None).sign_in("liu", password[1]).status_code == 302
    assert "Unit liaison" in browser.get(f"/user/show/{world.id_of('user', username='liu')}").text
    assert password[1] not in browser.get("/user/list/").text


def test_a_new_password_given_by_the_admin_ends_the_person_s_sessions(world: World) -> None:
    admin, person = world.browser("admin"), world.browser("leader")
    user = world.id_of("user", username="leader")
    values = {"username": "leader", "first_name": "L", "last_name": "T", "email": "leader@example.org", "active": "1"}
    version = str(world.record("user", user)["version"])
    answer = admin.post(f"/user/edit/{user}", values | {"version": version, "password": "something else 9"})

    assert answer.status_code == 302, answer.text
    assert person.get("/unit/list/").status_code == 302
    assert world.browser(None).sign_in("leader", "something else 9").status_code == 302


def test_reading_somebody_s_personal_values_is_audited_and_one_s_own_is_not(world: World) -> None:
    from sqlalchemy import select

    from models.audit import AuditEntry

    other, own = world.id_of("person", code="BUDGET-2"), world.id_of("person", code="BUDGET-1")
    world.browser("personnel").get(f"/person/show/{other}")
    world.browser("staff").get(f"/person/show/{own}")

    with world.session() as session:
        read = session.scalars(select(AuditEntry).where(AuditEntry.action == "read")).all()
        seen = [(row.username, row.record_id, row.changes) for row in read]
    assert seen == [("personnel", other, {"fields": ["phone"]})]
