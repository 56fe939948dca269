"""Two threads that change different rows through one resource never mix."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import Api, World


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns every 10 µs."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def write_in_pairs(world: World, rounds: int) -> tuple[list[int], list[dict[str, Any]]]:
    """Each of two programs changes a row of its own `rounds` times, both at once; the statuses and the rows."""
    rows = [world.id_of("unit", code="BUDGET"), world.id_of("unit", code="TREASURY")]
    meet = threading.Barrier(2)
    statuses: list[int] = []

    def write(program: Api, row: int) -> None:
        version = world.record("unit", row)["version"]
        for turn in range(rounds):
            meet.wait(60)
            answer = program(
                "PUT",
                f"/api/v1/unit/{row}",
                {"name": f"row {row} turn {turn}", "name_en": f"row {row}", "version": version},
            )
            statuses.append(answer.status_code)
            result = answer.get_json().get("result", {})
            assert result.get("id") == row, answer.text
            assert result["name"] == f"row {row} turn {turn}"
            version = result["version"]

    threads = [threading.Thread(target=write, args=(world.api("admin"), row)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses, [world.record("unit", row) | {"row": row} for row in rows]


@pytest.mark.parametrize("rounds", [40, pytest.param(1000, marks=pytest.mark.soak)])
@pytest.mark.usefixtures("restless")
def test_paired_puts_never_mix(world: World, rounds: int) -> None:
    statuses, rows = write_in_pairs(world, rounds)

    assert statuses == [200] * (2 * rounds)
    for row in rows:
        assert row["name"] == f"row {row['row']} turn {rounds - 1}"
        assert row["name_en"] == f"row {row['row']}"
        assert row["version"] == rounds + 1


@pytest.mark.usefixtures("restless")
def test_lists_under_threads_show_each_person_s_own_filter(make_world_app: Callable[..., Any], tmp_path: Path) -> None:
    with make_world_app("sqlite", tmp_path) as world:
        wrong: list[str] = []

        def read(word: str, other: str) -> None:
            browser = world.browser("admin")
            for _ in range(25):
                page = browser.get(f"/unit/list/?q={word}").text
                if f"ZQunit-{word}<" not in page or f"ZQunit-{other}<" in page:
                    wrong.append(word)

        pairs = (("BUDGET", "TREASURY"), ("TREASURY", "BUDGET"))
        threads = [threading.Thread(target=read, args=pair) for pair in pairs * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
