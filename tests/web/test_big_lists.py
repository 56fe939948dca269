"""A list over 100,000 rows takes few statements, and no page loads a table that is only referred to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert

from tests.web.conftest import World

MOST_STATEMENTS = 10
ROWS = 100_000


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = world.platform.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def big_world(make_world_app: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world with 100,000 more people, spread over its units."""
    from models.organization import Person

    with make_world_app("sqlite", tmp_path_factory.mktemp("big")) as world:
        rows = [
            {
                "code": f"N{number:06}",
                "name": f"Person {number}",
                "name_sort": f"{number:06}",
                "unit_id": 1 + number % 5,
                "version": 1,
            }
            for number in range(ROWS)
        ]
        with world.platform.database.engine.begin() as connection:
            connection.execute(insert(Person.__table__), rows)
        yield world


@pytest.mark.parametrize("role", ["personnel", "liaison"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?order=-code&page=700",
        "?unit=2&size=100",
        "?q=N0000",
        "?gender=male&joined_on_from=2020-01-01",
        "?order=unit",
    ],
)
def test_a_list_of_a_hundred_thousand_takes_at_most_ten_statements(big_world: World, role: str, query: str) -> None:
    browser = big_world.browser(role)
    browser.get("/person/list/")
    with statements(big_world) as seen:
        answer = browser.get(f"/person/list/{query}")

    assert answer.status_code == 200
    assert len(seen) <= MOST_STATEMENTS, "\n".join(seen)
    assert len(answer.data) < 200_000


def test_a_page_is_never_larger_than_a_hundred_rows(big_world: World) -> None:
    page = big_world.browser("personnel").get("/person/list/?size=100000&psize_PersonRegister=100000").text

    assert page.count('name="rowid"') <= 100


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("admin", "/user/add"),
        ("admin", "/unit/edit/2"),
        ("personnel", "/appointment/add"),
        ("personnel", "/person/edit/3"),
        ("admin", "/unit/show/2"),
    ],
)
def test_no_page_holds_the_rows_of_a_referenced_table(big_world: World, role: str, path: str) -> None:
    browser = big_world.browser(role)
    with statements(big_world) as seen:
        answer = browser.get(path)

    assert answer.status_code == 200
    assert answer.text.count("Person ") < 30
    assert len(seen) <= 30


def test_searching_for_a_reference_gives_a_handful(big_world: World) -> None:
    browser = big_world.browser("personnel")
    with statements(big_world) as seen:
        found = browser.get("/lookup/person?q=Person").get_json()

    assert len(found) == 20
    assert len(seen) <= MOST_STATEMENTS


def test_the_api_s_list_takes_few_statements_too(big_world: World) -> None:
    program = big_world.api("personnel")
    with statements(big_world) as seen:
        answer = program("GET", "/api/v1/person/?q=(page:500,page_size:100,order_column:code)")

    assert answer.get_json()["count"] >= ROWS
    assert len(answer.get_json()["result"]) == 100
    assert len(seen) <= MOST_STATEMENTS
