"""What if: an analyst moves weights and everybody follows at once; kept as a draft, or without a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.actor import SYSTEM
from models.audit import AuditEntry
from models.operations.schemes import engine_scheme
from models.result import Run
from models.scheme import SchemeVersion
from tests.pages.browsing import Visitor, complaints
from tests.pages.conftest import Visit
from views.context import EXTENSION


def ask(visitor: Visitor, trial: Any, run: int = 1) -> Any:
    """The answer to a trial, sent as the page's script sends it."""
    headers = {"X-CSRFToken": visitor.token()["csrf_token"], "X-Requested-With": "XMLHttpRequest"}
    return visitor.client.post(f"/runs/{run}/what-if", json=trial, headers={**visitor.headers, **headers})


def totals(answer: Any) -> dict[str, tuple[int | None, str]]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {row["code"]: (row["rank"], row["total"]) for row in answer.get_json()["rows"]}


def test_the_page_offers_every_item_and_shows_the_ranking(visit: Visit) -> None:
    visitor = visit("indicator")
    assert "/runs/1/what-if" in visitor.get("/runs/1").links()
    page = visitor.get("/runs/1/what-if")
    assert list(complaints(page)) == []
    weights = {
        row.get("data-item"): row.all("input", data_part="weight")[0].value
        for row in page.main.all("tr")
        if row.get("data-item")
    }
    assert weights == {"B": "60", "B1": "30", "B2": "30", "C": "40", "C1": "20", "C2": "20"}
    assert page.row("Budget Division").words.startswith("2 2 Budget Division 95.28")
    assert "0 participants change rank" in page.words


def test_without_a_change_everybody_stays(visit: Visit) -> None:
    answer = ask(visit("indicator"), {})
    assert totals(answer)["BUDGET"] == (2, "95.28")
    assert (answer.get_json()["moved"], answer.get_json()["regraded"]) == (0, 0)


def test_weights_targets_parameters_and_methods_move_totals_at_once(visit: Visit) -> None:
    visitor = visit("indicator")
    heavier = totals(
        ask(
            visitor,
            {"items": {"B": {"weight": "70"}, "B1": {"weight": "10"}, "B2": {"weight": "60"}, "C": {"weight": "30"}}},
        )
    )
    assert heavier["BUDGET"][1] != "95.28"
    assert totals(ask(visitor, {"targets": {"C1": "4"}}))["BUDGET"] == (2, "99.28")
    table = {"items": {"C2": {"table": "优=0.5; 良=1; 差=0"}}}
    assert totals(ask(visitor, table))["BUDGET"][1] == "85.28"
    method = {"items": {"C1": {"method": "minmax", "params": "across=all"}}}
    assert totals(ask(visitor, method))["ASSETS"][1] != totals(ask(visitor, {}))["ASSETS"][1]


@pytest.mark.parametrize(
    ("trial", "word"),
    [
        ({"items": {"NONE": {"weight": "1"}}}, "NONE"),
        ({"items": {"B1": {"weight": "much"}}}, "B1"),
        ({"items": {"B1": {"weight": "nan"}}}, "B1"),
        ({"items": {"B1": {"weight": "-3"}}}, "B1"),
        ({"items": {"B1": {"method": "magic"}}}, "magic"),
        ({"items": {"B1": {"params": "no equals sign"}}}, "B1"),
        ({"items": {"B1": {"code": "x"}}}, "B1"),
        ({"items": {"C1": {"method": "formula", "params": "expression=__import__('os')"}}}, ""),
        ({"items": []}, "trial"),
        ({"targets": {"B1": None}}, "B1"),
        ({"more": 1}, "trial"),
        ([], "trial"),
        ("x", "trial"),
        (None, "trial"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(visit: Visit, trial: Any, word: str) -> None:
    answer = ask(visit("indicator"), trial)
    assert answer.status_code == 422
    assert word in answer.get_data(as_text=True)


def rows(app: Flask) -> tuple[int, int, int]:
    with app.extensions[EXTENSION].database.session(SYSTEM) as session:
        return tuple(session.scalar(select(func.count(model.id))) for model in (AuditEntry, Run, SchemeVersion))  # type: ignore[attr-defined, return-value]


def test_a_try_leaves_no_trace(app: Flask, visit: Visit) -> None:
    visitor = visit("indicator")
    before = rows(app)
    ask(visitor, {"items": {"B1": {"weight": "40"}}})
    visitor.get("/runs/1/what-if")
    assert rows(app) == before


def keep(visitor: Visitor, trial: Any) -> Any:
    fields = visitor.get("/runs/1/what-if").form("/what-if/keep")
    return visitor.post("/runs/1/what-if/keep", fields | {"trial": json.dumps(trial)})


def test_it_can_be_kept_as_a_draft_version_and_only_one_at_a_time(app: Flask, visit: Visit) -> None:
    visitor = visit("indicator")
    assert "nothing was kept" in keep(visitor, {}).words
    assert "Kept as a draft version." in keep(visitor, {"items": {"B1": {"weight": "25"}, "B2": {"weight": "35"}}}).text
    with app.extensions[EXTENSION].database.session(SYSTEM) as session:
        newest = session.scalars(select(SchemeVersion).order_by(SchemeVersion.number.desc())).first()
        assert newest is not None
        assert (newest.number, newest.state) == (2, "draft")
        kept = {item.code: item.weight for item in engine_scheme(session, newest.id).items}
        assert (kept["B1"], kept["B2"], kept["C1"]) == (25.0, 35.0, 20.0)
        assert {item.code: item.name_en for item in newest.items}["B1"] == "Budget execution rate"
    refused = keep(visitor, {"items": {"B1": {"weight": "20"}}})
    assert (refused.status, "is a draft already" in refused.words) == (409, True)
    assert keep(visitor, {"items": {"B1": {"method": "magic"}}}).status in {409, 422}


@pytest.mark.parametrize("role", ["comprehensive", "leadership", "supervision", "liaison", "staff", "admin"])
def test_it_is_for_those_who_may_score(visit: Visit, role: str) -> None:
    visitor = visit(role)
    assert visitor.get("/runs/1/what-if").status == 403
    assert ask(visitor, {}).status_code == 403
    assert visitor.post("/runs/1/what-if/keep", visitor.token() | {"trial": "{}"}).status == 403
    assert "/runs/1/what-if" not in visitor.get("/runs/1").links()


def test_a_change_without_our_token_is_refused(visit: Visit) -> None:
    visitor = visit("indicator")
    assert visitor.client.post("/runs/1/what-if", json={}, headers=visitor.headers).status_code == 400
