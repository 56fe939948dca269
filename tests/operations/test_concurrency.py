"""Several people at once: exactly one save wins, the others are told, and nothing is lost between them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from models.errors import Invalid, PlumblineError, Stale
from models.operations.form_values import FieldInput
from models.operations.forms import save_form
from models.operations.records import get_record, save_record
from models.organization import Unit
from tests.operations.factories import World, form_of, full_cycle, make_organization

PEOPLE = 4


def together(work: Callable[[int], str]) -> list[str]:
    """What each of several threads that start at the same moment says: done, or the error's code."""
    barrier = Barrier(PEOPLE)

    def one(number: int) -> str:
        barrier.wait()
        try:
            return work(number)
        except PlumblineError as error:
            return error.code

    with ThreadPoolExecutor(PEOPLE) as pool:
        return sorted(pool.map(one, range(PEOPLE)))


def test_of_several_saves_of_one_version_one_wins_and_the_others_see_it(world: World) -> None:
    make_organization(world)
    for _ in range(5):
        with world.as_role("admin") as session:
            version = get_record(session, "unit", world.ids["TAX"]).version

        def save(number: int, version: int = version) -> str:
            with world.as_role("admin") as session:
                save_record(session, "unit", world.ids["TAX"], {"name": f"税政{number}处{version}"}, version)
            return "done"

        assert together(save) == ["done", *[Stale.code] * (PEOPLE - 1)]


def test_of_several_records_with_one_code_one_is_added(world: World) -> None:
    make_organization(world)

    def add(number: int) -> str:
        with world.as_role("admin") as session:
            save_record(session, "unit", None, {"code": "SAME", "name": str(number), "kind": "division"}, None)
        return "done"

    assert together(add) == ["done", *[Invalid.code] * (PEOPLE - 1)]
    with world.system() as session:
        assert len(session.scalars(select(Unit).where(Unit.code == "SAME")).all()) == 1


def test_a_form_saved_by_several_keeps_one_save_whole(world: World) -> None:
    full_cycle(world)
    with world.system() as session:
        form = form_of(session, "TAX", world.ids["track"])
        number, version = form.id, form.version

    def save(who: int) -> str:
        with world.as_role("liaison", "TAX") as session:
            save_form(session, number, version, {"EXEC": FieldInput(str(90 + who)), "COUNT": FieldInput(str(who))})
        return "done"

    assert together(save) == ["done", *[Stale.code] * (PEOPLE - 1)]
    with world.system() as session:
        values = {entry.item.code: entry.actual for entry in form_of(session, "TAX", world.ids["track"]).entries}
    assert values["EXEC"] == 90.0 + (values["COUNT"] or 0.0)
