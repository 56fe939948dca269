"""Data workbooks: whole or not at all, blank cells leave what is there, what comes in counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from models.cycle import Adjustment, Entry, Form, Participant
from models.errors import NotAllowed
from models.operations.data import import_data
from models.operations.import_report import ImportReport
from models.operations.records import save_record
from models.scheme import Item
from plugins.engine.data import Adjustments, Data, Participants
from tests.operations.factories import World, add_cycle, add_scheme, form_of, full_cycle, make_organization

NAN = np.nan


def data(*codes: str, **more: Any) -> Data:
    blank = ("",) * len(codes)
    groups = more.pop("groups", blank)
    return Data(Participants(codes, blank, groups, blank, blank), **more)


def run(world: World, given: Data, *, commit: bool = True, role: str = "indicator") -> ImportReport:
    with world.as_role(role) as session:
        return import_data(session, world.ids["track"], given, commit=commit)


def actual(world: World, unit: str, code: str) -> Entry:
    with world.system() as session:
        entries = form_of(session, unit, world.ids["track"]).entries
        return next(entry for entry in entries if entry.item.code == code)


def test_values_count_as_approved_and_blanks_leave_what_is_there(world: World) -> None:
    full_cycle(world, "TAX")
    given = data("TAX", "BUDGET", actual={"EXEC": np.array([NAN, 88.0]), "COUNT": np.array([2.0, NAN])})
    report = run(world, given)
    assert (report.added, report.changed, report.same) == (0, 2, 2)
    assert (actual(world, "TAX", "EXEC").actual, actual(world, "TAX", "COUNT").actual) == (91.2, 2.0)
    entry = actual(world, "BUDGET", "EXEC")
    assert (entry.actual, entry.entered_by, entry.approved_by, entry.target) == (88.0, "indicator", "indicator", 95.0)
    assert actual(world, "BUDGET", "COUNT").approved_by is None
    assert (run(world, given).same, run(world, given).changed) == (4, 0)


def test_a_form_of_which_every_line_came_in_is_approved(world: World) -> None:
    full_cycle(world)
    numbers = {"EXEC": np.array([88.0, 90.0]), "COUNT": np.array([2.0, NAN])}
    run(world, data("TAX", "BUDGET", actual=numbers, choices={"LEVEL": ("A", "A"), "DONE": ("yes", "no")}))
    with world.system() as session:
        assert form_of(session, "TAX", world.ids["track"]).state == "approved"
        assert form_of(session, "BUDGET", world.ids["track"]).state == "draft"


@pytest.mark.parametrize(
    ("given", "column"),
    [
        (data("TAX", actual={"NOPE": np.array([1.0])}), "NOPE"),
        (data("TAX", choices={"LEVEL": ("Z",)}), "LEVEL"),
        (data("TAX", "TAX", actual={"EXEC": np.array([1.0, 2.0])}), "code"),
        (data("HARBOUR", actual={"EXEC": np.array([1.0])}), "code"),
        (data("TAX", groups=("甲组",), actual={"EXEC": np.array([1.0])}), "group"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(world: World, given: Data, column: str) -> None:
    full_cycle(world)
    for commit in (False, True):
        report = run(world, given, commit=commit)
        assert column in {problem.place.column for problem in report.problems if problem.place}
        assert not report.committed
    assert actual(world, "TAX", "EXEC").actual is None


def test_a_value_outside_the_indicator_s_own_range_is_refused(world: World) -> None:
    make_organization(world)
    version_id = add_scheme(world, publish=False)
    with world.as_role("indicator") as session:
        item = session.scalars(select(Item).where(Item.code == "EXEC")).one()
        save_record(session, "item", item.id, {"max_value": "100"}, item.version)
    add_cycle(world, version_id)
    report = run(world, data("TAX", actual={"EXEC": np.array([912.0])}))
    assert [(problem.field, problem.value) for problem in report.problems] == [("EXEC", 912.0)]


def test_newcomers_join_a_draft_cycle(world: World) -> None:
    make_organization(world)
    add_cycle(world, add_scheme(world), units=("TAX",))
    given = data("HARBOUR", "TAX", "NOWHERE", groups=("市", "", ""), actual={"EXEC": np.array([1.0, 2.0, 3.0])})
    report = run(world, given)
    assert [(problem.index, problem.field) for problem in report.problems] == [(2, "code")]
    with world.system() as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 1
    good = data("HARBOUR", "TAX", groups=("市", ""), actual={"EXEC": np.array([1.0, 2.0])})
    assert (run(world, good, commit=False).added, run(world, good).added) == (3, 3)
    with world.system() as session:
        row = session.scalars(select(Participant).where(Participant.code == "HARBOUR")).one()
        assert (row.name, row.group, row.parent_code) == ("海港市", "市", "DEPT")
        assert session.scalar(select(func.count()).select_from(Form)) == 2


def test_adjustments_come_in_once(world: World) -> None:
    full_cycle(world)
    rows = Adjustments(
        np.array([0, 0, 0]), ("PRAISE", "PRAISE", "FAULT"), np.array([1.0, 1.0, NAN]), np.array([NAN, NAN, 3.0]),
        ("表彰", "表彰", "通报"),
    )  # fmt: skip
    given = data("TAX", adjustments=rows)
    assert (run(world, given).added, run(world, given).added) == (3, 0)
    with world.system() as session:
        found = session.scalars(select(Adjustment)).all()
        assert [(row.points, row.approved_by) for row in found][-1] == (3.0, "indicator")


def test_the_import_is_for_those_who_may(world: World) -> None:
    full_cycle(world)
    given = data("TAX", actual={"EXEC": np.array([1.0])})
    for role in ("comprehensive", "leadership", "admin", "regional"):
        with pytest.raises(NotAllowed):
            run(world, given, role=role)
