"""The scheme designer over HTTP: the panel of an item, its parameters drawn from its method, trying a value."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.conftest import Browser, World


def version_id(world: World, number: int = 2) -> int:
    return world.id_of("scheme_version", number=number)


def item_of(world: World, code: str, number: int = 2) -> int:
    return world.id_of("item", code=code, scheme_version_id=version_id(world, number))


def stored_version(world: World, item: int) -> str:
    return str(world.record("item", item)["version"])


def scoring(world: World, browser: Browser, item: int, step: str = "save", **values: Any) -> Any:
    named = {"p_lo": "p.lo", "p_hi": "p.hi", "p_below": "p.below", "p_expression": "p.expression"}
    fields = {named.get(name, name): value for name, value in values.items()}
    given = {"row_version": stored_version(world, item), "step": step, "method": "goalpost", "direction": "higher"}
    return browser.post(f"/console/item/{item}/scoring", given | fields)


def tried(browser: Browser, item: int, *fields: tuple[str, str]) -> Any:
    body = {"form": [list(pair) for pair in fields]}
    return browser.json("POST", f"/console/item/{item}/try", body, **{"X-Requested-With": "XMLHttpRequest"})


@pytest.mark.parametrize(("language", "title", "table"), [("en", "Lower goalpost", "Rate"), ("zh", "下限值", "得分率")])
def test_the_panel_is_drawn_from_the_parameters_of_the_method(
    shared_world: World, language: str, title: str, table: str
) -> None:
    browser, item = shared_world.browser("indicator", language), item_of(shared_world, "A1")
    page = browser.get(f"/console/scheme/1?version=2&item={item}").text

    assert title in page
    assert re.search(r'name="p\.hi" value="100"', page)
    assert '<path class="rate" d="M' in page
    assert re.search(r"<svg[^>]*aria-label=\"[^\"]+\"", page)
    assert table in page


def test_a_parameter_is_saved_with_its_version_and_a_stale_one_refused(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A1")
    before = stored_version(world, item)
    saved = scoring(world, browser, item, p_lo="10", p_hi="90")
    stale = scoring(world, browser, item, p_lo="20", p_hi="90", row_version=before)

    assert saved.status_code == 302, saved.text
    assert saved.location.endswith(f"version=2&item={item}")
    assert world.record("item", item)["params"] == {"lo": "10", "hi": "90"}
    assert stale.status_code == 409
    assert 'name="p.lo" value="20"' in stale.text
    assert "lo=10" in stale.text


@pytest.mark.parametrize(
    ("values", "beside"),
    [
        ({"p_lo": "much", "p_hi": "90"}, "panel-p-lo-err"),
        ({"p_lo": "1", "p_hi": ""}, "panel-p-hi-err"),
        ({"p_lo": "5", "p_hi": "5"}, "panel-params-err"),
        ({"method": "interpolate", "x": ["1", "2"], "rate": ["0", "?"]}, "panel-table_rows-err"),
        ({"method": "formula", "p_expression": "x/10", "more": "a"}, "panel-more-err"),
        ({"method": "nonsense"}, "panel-method-err"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_kept(
    shared_world: World, values: dict[str, Any], beside: str
) -> None:
    browser, item = shared_world.browser("indicator"), item_of(shared_world, "A2")
    before = shared_world.record("item", item)
    answer = scoring(shared_world, browser, item, **values)

    assert answer.status_code == 422, answer.text
    assert f'id="{beside}"' in answer.text
    assert shared_world.record("item", item) == before


def test_another_method_shows_its_parameters_before_it_is_saved(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A1")
    shown = scoring(world, browser, item, step="method", method="interpolate")
    saved = scoring(world, browser, item, method="interpolate", x=["70", "90", "95", ""], rate=["0", "0.9", "1", ""])

    assert shown.status_code == 200
    assert 'name="p.below"' in shown.text
    assert 'name="rate"' in shown.text
    assert saved.status_code == 302, saved.text
    assert world.record("item", item)["table_rows"] == [[70, 0], [90, 0.9], [95, 1]]


def test_a_value_is_tried_on_what_is_typed_and_nothing_is_kept(shared_world: World) -> None:
    browser, item = shared_world.browser("indicator"), item_of(shared_world, "A1")
    before = shared_world.record("item", item)
    table = [("x", "70"), ("rate", "0"), ("x", "90"), ("rate", "0.9"), ("x", "95"), ("rate", "1")]
    answer = tried(browser, item, ("method", "interpolate"), *table, ("try.actual", "94.8"))

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["rate"] == pytest.approx(0.996)
    assert answer.get_json()["marks"] == pytest.approx(59.76)
    assert "<circle" in answer.get_json()["curve"]
    assert "94.8" in answer.get_json()["result"]
    assert shared_world.record("item", item) == before


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((("method", "minmax"), ("try.actual", "5")), 422),
        ((("try.actual", "five"),), 422),
        ((("method", "goalpost"), ("p.lo", "x"), ("try.actual", "5")), 422),
        ((("try.actual", "5"),), 200),
        ((), 200),
    ],
)
def test_what_cannot_be_tried_is_said_in_words(
    shared_world: World, fields: tuple[tuple[str, str], ...], status: int
) -> None:
    answer = tried(shared_world.browser("indicator"), item_of(shared_world, "A1"), *fields)

    assert answer.status_code == status, answer.text
    assert status == 200 or answer.get_json()["message"]


@pytest.mark.parametrize("body", [None, [], {"form": "x"}, {"form": [["a"]]}, {"form": [["a", 1]]}])
def test_a_trial_that_is_no_form_is_refused(shared_world: World, body: Any) -> None:
    path = f"/console/item/{item_of(shared_world, 'A1')}/try"
    assert shared_world.browser("indicator").json("POST", path, body).status_code == 422


def test_a_trial_needs_the_token_of_the_page(shared_world: World) -> None:
    browser = shared_world.browser("indicator")
    answer = browser.json(
        "POST", f"/console/item/{item_of(shared_world, 'A1')}/try", {"form": []}, **{"X-CSRFToken": ""}
    )
    assert answer.status_code == 400


def test_a_published_version_is_read_and_tried_and_not_changed(shared_world: World) -> None:
    browser, item = shared_world.browser("indicator"), item_of(shared_world, "A1", 1)
    page = browser.get(f"/console/scheme/1?version=1&item={item}").text

    assert re.search(r"<fieldset disabled>", page)
    assert 'value="save"' not in page
    assert tried(browser, item, ("try.actual", "50")).get_json()["rate"] == pytest.approx(0.5)
    assert scoring(shared_world, browser, item, p_lo="1", p_hi="2").status_code in {409, 422}
    assert shared_world.record("item", item)["params"] == {"lo": "0", "hi": "100"}


@pytest.mark.parametrize(("role", "status"), [("comprehensive", 403), ("regional", 404), ("staff", 404)])
def test_only_who_may_edit_items_changes_one(shared_world: World, role: str, status: int) -> None:
    answer = scoring(shared_world, shared_world.browser(role), item_of(shared_world, "A1"), p_lo="1", p_hi="2")
    assert answer.status_code == status


def test_two_versions_are_compared_item_by_item(world: World) -> None:
    from models.operations.records import delete_record, save_record

    first, second = item_of(world, "A1"), item_of(world, "A2")
    with world.session() as session:
        save_record(session, "item", first, {"weight": 55, "params": "lo=5; hi=100"}, int(stored_version(world, first)))
        delete_record(session, "item", second, int(stored_version(world, second)))
        added = {"scheme_version": version_id(world), "code": "A9", "parent": "A", "name": "Fresh", "method": "ratio"}
        save_record(session, "item", None, added | {"value_type": "number", "direction": "higher"}, None)
    page = world.browser("comprehensive").get("/console/scheme/1/compare?from=1&to=2").text
    cells = re.findall(r"<(?:del|ins)>(.*?)</(?:del|ins)>", page)

    assert cells == ["60", "55", "lo=0; hi=100", "lo=5; hi=100"]
    assert [word for word in ("Added", "Removed", "Changed") if f">{word}</span>" in page] == [
        "Added",
        "Removed",
        "Changed",
    ]
    assert page.index("Fresh") < page.index("item-A2")


def test_a_comparison_of_a_version_with_itself_or_none(shared_world: World) -> None:
    browser = shared_world.browser("indicator")
    assert "<table" not in browser.get("/console/scheme/1/compare?from=1&to=1").text
    assert browser.get("/console/scheme/1/compare").status_code == 200
    assert browser.get("/console/scheme/1/compare?from=1&to=9").status_code == 404
    assert "/console/scheme/1/compare?to=2" in browser.get("/console/scheme/1").text
    assert shared_world.browser("staff").get("/console/scheme/1/compare?from=1&to=2").status_code in {403, 404}


def test_items_are_moved_added_and_deleted_on_the_page(world: World) -> None:
    browser, item = world.browser("indicator"), item_of(world, "A2")
    moved = browser.post(f"/console/item/{item}/move", {"row_version": stored_version(world, item), "step": "up"})
    stale = browser.post(f"/console/item/{item}/move", {"row_version": "99", "step": "up"}, follow_redirects=True)
    added = browser.post(
        f"/console/item/{item}/add", {"code": "A3", "name": "Third", "kind": "indicator", "place": "after"}
    )
    twice = browser.post(
        f"/console/item/{item}/add", {"code": "A3", "name": "Again", "kind": "indicator", "place": "after"}
    )
    page = browser.get("/console/scheme/1?version=2").text
    gone = browser.post(f"/console/item/{item}/remove", {"row_version": stored_version(world, item)})

    assert moved.status_code == 302
    assert 'class="note bad"' in stale.text
    assert added.status_code == 302, added.text
    assert twice.status_code == 422
    assert 'value="Again"' in twice.text
    assert page.index("item-A2") < page.index("Third") < page.index("item-A1")
    assert gone.status_code == 302
    assert world.record("item", item) == {}


def test_a_published_version_has_nothing_to_move_with(shared_world: World) -> None:
    item = item_of(shared_world, "A2", 1)
    page = shared_world.browser("indicator").get(f"/console/scheme/1?version=1&item={item}").text
    assert "/move" not in page
    assert "draggable" not in page


def test_a_draft_is_tried_on_the_data_published_last(world: World) -> None:
    from models.operations.records import save_record

    browser, bonus, renamed = world.browser("indicator"), item_of(world, "B1"), item_of(world, "A2")
    same = browser.get("/console/scheme/1/trial?version=2").text
    with world.session() as session:
        save_record(session, "item", bonus, {"cap": "1"}, int(stored_version(world, bonus)))
        save_record(session, "item", renamed, {"code": "A7"}, int(stored_version(world, renamed)))
    changed = browser.get("/console/scheme/1/trial?version=2").text
    pattern = r'<td class="n">([0-9.]+)</td><td class="n">([0-9.]+)</td><td>'

    assert re.findall(pattern, same) == [("2.00", "2.00")] * 2
    assert re.findall(pattern, changed) == [("1.00", "2.00")] * 2
    assert "A7" in changed
    assert "/console/scheme/1/trial?version=2" in browser.get("/console/scheme/1?version=2").text


@pytest.mark.parametrize("role", ["comprehensive", "leadership", "staff"])
def test_only_who_may_score_tries_a_draft_on_data(shared_world: World, role: str) -> None:
    browser = shared_world.browser(role)
    assert browser.get("/console/scheme/1/trial?version=2").status_code in {403, 404}
    assert "/trial?" not in browser.get("/console/scheme/1?version=2").text


def test_items_are_copied_from_another_version_with_their_scoring(world: World) -> None:
    browser, gone = world.browser("indicator"), item_of(world, "A2")
    browser.post(f"/console/item/{gone}/remove", {"row_version": stored_version(world, gone)})
    source, page = str(version_id(world, 1)), "/console/scheme/1/copy?version=2"
    shown = browser.get(f"{page}&source={source}").text
    taken = browser.post(page, {"source": source, "code": ["A1", "A2"], "parent": "A"})
    nothing = browser.post(page, {"source": source})
    copied = browser.post(page, {"source": source, "code": ["A2"], "parent": "A"})
    fresh = world.record("item", item_of(world, "A2"))

    assert re.search(r'value="A2">', shown)
    assert re.search(r'value="A1" disabled>', shown)
    assert (taken.status_code, nothing.status_code) == (422, 422)
    assert 'value="A2" checked' in taken.text
    assert copied.status_code == 302, copied.text
    assert (fresh["parent"], fresh["weight"], fresh["params"]) == ("A", 40.0, {"lo": "0", "hi": "100"})
    assert world.browser("comprehensive").get(page).status_code == 403
    assert browser.post("/console/scheme/1/copy?version=1", {"source": source, "code": ["A2"]}).status_code == 409
