"""Results application through the API: rules bound and applied, outcomes read, changed, approved; nothing else written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api, World

RESOURCE = "/api/v1/outcome/"


def applied(world: World) -> Api:
    """Criticism of everybody below full marks, bound and applied by the personnel office."""
    personnel, cycle = world.api("personnel"), world.id_of("cycle", code="C1")
    bound = personnel(
        "POST", f"/api/v1/cycle/{cycle}/bind", {"rule": "criticism", "params": {"below": 1000}, "clause": "第九条"}
    )
    assert bound.status_code == 200, bound.text
    assert bound.get_json()["result"]["rule"] == "criticism"
    done = personnel("POST", f"/api/v1/cycle/{cycle}/apply")
    assert done.status_code == 200, done.text
    return personnel


def rows(program: Api, query: str = "") -> list[dict[str, Any]]:
    answer = program("GET", RESOURCE + query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["result"]
    return found


def test_outcomes_are_read_changed_approved_and_rejected(world: World) -> None:
    personnel = applied(world)
    found = {row["code"]: row for row in rows(personnel, "?q=(filters:!((col:state,opr:eq,value:proposed)))")}
    assert set(found) == {"BUDGET", "TREASURY"}
    one = found["BUDGET"]
    shown = personnel("GET", f"{RESOURCE}{one['id']}").get_json()["result"]
    assert shown["cites"] == {"en": "第九条", "zh_Hans": "第九条"}
    assert shown["reason"]["zh_Hans"].startswith("总分")
    path = f"{RESOURCE}{one['id']}"
    assert personnel("POST", f"{path}/change", {"value": "nonsense", "reason": "x"}).status_code == 422
    changed = personnel("POST", f"{path}/change", {"value": "reminded", "reason": "首次发生"})
    assert changed.get_json()["result"]["value"] == "reminded"
    assert personnel("POST", f"{path}/approve", {"version": one["version"]}).status_code == 409
    approved = personnel("POST", f"{path}/approve", {"version": changed.get_json()["result"]["version"]})
    assert approved.get_json()["result"]["state"] == "approved"
    assert personnel("POST", f"{path}/reject", {"reason": "late"}).status_code == 409
    other = f"{RESOURCE}{found['TREASURY']['id']}"
    assert personnel("POST", f"{other}/reject", {}).status_code == 422
    assert personnel("POST", f"{other}/reject", {"reason": "数据有误"}).get_json()["result"]["state"] == "rejected"


def test_applying_again_tells_what_changed_at_the_rules(world: World) -> None:
    personnel = applied(world)
    (rule,) = personnel("GET", "/api/v1/cycle_rule/").get_json()["result"]
    told = personnel("GET", f"/api/v1/cycle_rule/{rule['id']}").get_json()["result"]["changes"]
    assert (told["counts"]["added"], told["counts"]["same"]) == (2, 0)
    assert personnel("POST", f"/api/v1/cycle/{world.id_of('cycle', code='C1')}/apply").status_code == 200
    told = personnel("GET", f"/api/v1/cycle_rule/{rule['id']}").get_json()["result"]["changes"]
    assert (told["counts"]["added"], told["counts"]["same"]) == (0, 2)


def test_nothing_is_written_past_the_verbs(world: World) -> None:
    personnel = applied(world)
    one = rows(personnel)[0]
    for method, path, body in (
        ("PUT", f"{RESOURCE}{one['id']}", {"value": "reminded", "version": one["version"]}),
        ("POST", RESOURCE, {"code": "X", "value": "criticised"}),
        ("DELETE", f"{RESOURCE}{one['id']}", None),
    ):
        assert personnel(method, path, body).status_code in (403, 405), method
    assert world.record("outcome", one["id"])["value"] == "criticised"


@pytest.mark.parametrize(
    ("role", "before", "after"),
    [
        ("comprehensive", 2, 2),
        ("leadership", 2, 2),
        ("supervision", 2, 2),
        ("leader", 0, 1),
        ("indicator", None, None),
        ("admin", None, None),
        ("liaison", None, None),
    ],
)
def test_who_reads_them_before_and_after_approval(
    world: World, role: str, before: int | None, after: int | None
) -> None:
    personnel = applied(world)
    for wanted in (before, after):
        answer = world.api(role)("GET", RESOURCE)
        assert (answer.get_json()["count"] if answer.status_code == 200 else None) == wanted
        for one in rows(personnel):
            assert world.api(role)("POST", f"{RESOURCE}{one['id']}/approve").status_code in (403, 404)
            personnel("POST", f"{RESOURCE}{one['id']}/approve")
