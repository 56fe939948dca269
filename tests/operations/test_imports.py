"""Registers in and out: every bad cell at once, nothing half-written, unchanged files change nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import migrate
from models.audit import AuditEntry
from models.clock import FixedClock
from models.db import Database
from models.errors import Invalid, NotAllowed
from models.operations.imports import ImportReport, export_rows, import_rows
from models.operations.records import get_record, save_record
from models.organization import Appointment, Person, Post, Unit
from tests.operations.conftest import METADATA
from tests.operations.factories import NOON, World, make_organization

PEOPLE = [
    {"code": "E1", "name": "王芳", "unit": "BUDGET", "gender": "女", "born_on": "1980-02-03"},
    {"code": "E2", "name": "李娜", "unit": "TAX", "gender": "female", "born_on": "1981/02/03"},
    {"code": "E3", "name": "张伟", "unit": "TAX", "gender": "", "born_on": ""},
]


def run(world: World, role: str, entity: str, rows: list[dict[str, Any]], *, commit: bool, **who: Any) -> ImportReport:
    with world.as_role(role, **who) as session:
        return import_rows(session, entity, rows, commit=commit)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, report.refused


def count(world: World, model: Any) -> int:
    with world.system() as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def test_a_dry_run_says_what_a_commit_does_and_writes_nothing(world: World) -> None:
    make_organization(world)
    assert counts(run(world, "personnel", "person", PEOPLE, commit=False)) == (3, 0, 0, 0)
    assert count(world, Person) == 0
    done = run(world, "personnel", "person", PEOPLE, commit=True)
    assert counts(done) == (3, 0, 0, 0)
    assert done.committed
    assert count(world, Person) == 3
    assert counts(run(world, "personnel", "person", PEOPLE, commit=True)) == (0, 0, 3, 0)
    changed = [{**PEOPLE[0], "name": "王芳芳"}, *PEOPLE[1:]]
    assert counts(run(world, "personnel", "person", changed, commit=True)) == (0, 1, 2, 0)
    with world.system() as session:
        person = session.scalars(select(Person).where(Person.code == "E1")).one()
        assert (person.name, person.name_sort, person.version) == ("王芳芳", "wang fang fang", 2)


def test_every_bad_cell_is_found_and_nothing_is_written(world: World) -> None:
    make_organization(world)
    rows = [
        PEOPLE[0],
        {"code": "E2", "name": "", "unit": "NOWHERE", "gender": "x", "born_on": "soon"},
        {"code": "E1", "name": "twice", "unit": "TAX"},
        {"code": "E4", "name": "x" * 121, "unit": "TAX", "email": "nobody"},
        {"code": "", "name": "keyless", "unit": "TAX"},
    ]
    for commit in (False, True):
        report = run(world, "personnel", "person", rows, commit=commit)
        found = {(problem.index, problem.field) for problem in report.problems}
        assert found == {
            (1, "name"), (1, "unit"), (1, "gender"), (1, "born_on"), (2, "code"), (3, "name"), (3, "email"), (4, "code"),
        }  # fmt: skip
        assert counts(report) == (1, 0, 0, 4)
        assert not report.committed
    assert count(world, Person) == 0


def test_an_unknown_column_is_named_with_the_nearest(world: World) -> None:
    make_organization(world)
    report = run(world, "personnel", "person", [{**PEOPLE[0], "gendre": "x"}], commit=True)
    (problem,) = report.problems
    assert (problem.field, "gender" in str(problem.text)) == ("gendre", True)


def test_a_tree_in_any_order_is_added_at_once(world: World) -> None:
    rows = [
        {"code": "LEAF", "name": "科", "kind": "division", "parent": "MID"},
        {"code": "MID", "name": "处", "kind": "division", "parent": "TOP"},
        {"code": "TOP", "name": "厅", "kind": "department", "parent": ""},
    ]
    assert counts(run(world, "admin", "unit", rows, commit=True)) == (3, 0, 0, 0)
    with world.system() as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        assert units["LEAF"].path == f"/{units['TOP'].id}/{units['MID'].id}/{units['LEAF'].id}/"
    moved = [{"code": "LEAF", "parent": "NEW"}, {"code": "NEW", "name": "新", "kind": "division", "parent": "TOP"}]
    assert counts(run(world, "admin", "unit", moved, commit=True)) == (1, 1, 0, 0)
    with world.system() as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        assert units["LEAF"].path == f"/{units['TOP'].id}/{units['NEW'].id}/{units['LEAF'].id}/"


def test_a_tree_that_goes_in_a_circle_is_refused(world: World) -> None:
    make_organization(world)
    circle = [
        {"code": "A", "name": "a", "kind": "division", "parent": "B"},
        {"code": "B", "name": "b", "kind": "division", "parent": "A"},
        {"code": "BUDGET", "parent": "OFFICE"},
    ]
    report = run(world, "admin", "unit", circle, commit=True)
    assert {(problem.index, problem.field) for problem in report.problems} == {(0, "parent"), (1, "parent"), (2, "parent")}
    assert count(world, Unit) == 6


def test_rows_outside_the_reach_are_refused_like_bad_rows(world: World) -> None:
    make_organization(world)
    report = run(world, "personnel", "person", PEOPLE, commit=True, unit="BUDGET", scope="subtree")
    assert {problem.index for problem in report.problems} == {1, 2}
    assert count(world, Person) == 0
    with world.as_role("liaison", "BUDGET") as session, pytest.raises(NotAllowed):
        import_rows(session, "person", PEOPLE, commit=False)
    hidden = run(world, "personnel", "person", PEOPLE[1:2], commit=True)
    assert hidden.committed
    again = run(world, "personnel", "person", [{**PEOPLE[1], "unit": "BUDGET"}], commit=True, unit="BUDGET", scope="subtree")
    assert [problem.field for problem in again.problems] == ["code"]


def test_a_record_saved_since_the_export_is_not_overwritten(world: World) -> None:
    make_organization(world)
    run(world, "personnel", "person", PEOPLE, commit=True)
    with world.as_role("personnel") as session:
        exported = [dict(row) for row in export_rows(session, "person")[1]]
        record = session.scalars(select(Person).where(Person.code == "E1")).one()
        save_record(session, "person", record.id, {"name": "王方"}, record.version)
    stale = [{**row, "name": row["name"] + "甲"} for row in exported]
    report = run(world, "personnel", "person", stale, commit=True)
    assert [(stale[problem.index]["code"], problem.field) for problem in report.problems] == [("E1", "name")]
    assert "王方" in str(report.problems[0].text)
    with world.system() as session:
        assert session.scalar(select(Person.name).where(Person.code == "E2")) == "李娜"


def test_rules_hold_in_imports_too(world: World) -> None:
    make_organization(world)
    run(world, "personnel", "person", PEOPLE, commit=True)
    run(world, "personnel", "post", [{"code": "J1", "name": "岗", "unit": "TAX"}], commit=True)
    rows = [
        {"person": "E1", "post": "J1", "start_on": "2026-01-01"},
        {"person": "E1", "post": "J1", "start_on": "2026-06-01"},
        {"person": "E2", "post": "J1", "start_on": "2026-06-01", "end_on": "2026-05-01"},
    ]
    report = run(world, "personnel", "appointment", rows, commit=True)
    assert {(problem.index, problem.field) for problem in report.problems} == {(1, "start_on"), (2, "end_on")}
    assert counts(run(world, "personnel", "appointment", rows[:1], commit=True)) == (1, 0, 0, 0)
    with world.system() as session:
        assert session.scalars(select(Appointment)).one().unit_id == world.ids["TAX"]


def test_exports_filter_and_leave_a_trace(world: World) -> None:
    make_organization(world)
    run(world, "personnel", "person", PEOPLE, commit=True)
    with world.as_role("personnel") as session:
        names, rows = export_rows(session, "person", {"unit": "TAX", "gender": "女"})
        assert (names[0], names[-1]) == ("code", "version")
        assert [row["code"] for row in rows] == ["E2"]
        with pytest.raises(Invalid) as caught:
            export_rows(session, "person", {"unit": "NOWHERE", "colour": "red"})
        assert set(caught.value.fields) == {"unit", "colour"}
    with world.as_role("personnel", "BUDGET", "subtree") as session:
        assert [row["code"] for row in export_rows(session, "person")[1]] == ["E1"]
    with world.system() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "export")) == 2
    with world.as_role("staff") as session, pytest.raises(NotAllowed):
        export_rows(session, "person")


@pytest.mark.parametrize(
    ("role", "entity"),
    [("admin", "unit"), ("personnel", "person"), ("personnel", "post"), ("personnel", "appointment"), ("admin", "grant")],
)
def test_what_goes_out_comes_in_and_changes_nothing(world: World, role: str, entity: str) -> None:
    make_organization(world)
    run(world, "personnel", "person", PEOPLE, commit=True)
    run(world, "personnel", "post", [{"code": "J1", "name": "岗", "unit": "TAX", "duties": "一\n二"}], commit=True)
    run(world, "personnel", "appointment", [{"person": "E1", "post": "J1", "start_on": "2026-01-01"}], commit=True)
    user = world.put("user", username="wang", first_name="芳", last_name="王", email="w@example.org", person="E1")
    world.put("grant", user=user, role="liaison", scope="unit", unit="TAX")
    with world.as_role(role) as session:
        rows = list(export_rows(session, entity)[1])
    assert rows
    report = run(world, role, entity, rows, commit=True)
    assert counts(report) == (0, 0, len(rows), 0), report.problems


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda name: name.strip() == name and name
)
GOOD = st.fixed_dictionaries(
    {
        "name": NAMES,
        "unit": st.sampled_from(["DEPT", "BUDGET", "TAX"]),
        "gender": st.sampled_from(["female", "男", ""]),
        "joined_on": st.one_of(st.dates().map(str), st.just("")),
    }
)
BAD = st.sampled_from([("name", ""), ("unit", "NOWHERE"), ("gender", "?"), ("joined_on", "31/12/20"), ("email", "x")])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(GOOD, min_size=1, max_size=8), bad=st.dictionaries(st.integers(0, 7), BAD, max_size=4))
def test_any_file_is_taken_whole_or_refused_with_every_bad_cell(
    rows: list[dict[str, str]], bad: dict[int, tuple[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = small_world(Path(folder))
        given_rows = [{"code": f"E{at}", **row} for at, row in enumerate(rows)]
        planted = {(at, field) for at, (field, _) in bad.items() if at < len(rows)}
        for at, (field, value) in bad.items():
            if at < len(rows):
                given_rows[at][field] = value
        report = run(world, "personnel", "person", given_rows, commit=True)
        assert {(problem.index, problem.field) for problem in report.problems} == planted
        assert count(world, Person) == (0 if planted else len(rows))
        if not planted:
            with world.as_role("personnel") as session:
                exported = list(export_rows(session, "person")[1])
            assert counts(run(world, "personnel", "person", exported, commit=True)) == (0, 0, len(rows), 0)
        world.database.dispose()


TEMPLATE: list[bytes] = []


def small_world(folder: Path) -> World:
    """A fresh SQLite database with the organization; made once and copied."""
    file = folder / "world.db"
    url = f"sqlite:///{file}"
    if TEMPLATE:
        file.write_bytes(TEMPLATE[0])
        return World(Database(url, METADATA, FixedClock(NOON), b"k"), FixedClock(NOON))
    migrate.upgrade(url)
    world = make_organization(World(Database(url, METADATA, FixedClock(NOON), b"k"), FixedClock(NOON)))
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    TEMPLATE.append(file.read_bytes())
    return world


def test_a_plan_made_before_others_saved_is_made_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks run before the lock; what changes in between is noticed under it."""
    make_organization(world)
    run(world, "personnel", "post", [{"code": "J1", "name": "岗", "unit": "TAX"}], commit=True)
    from models.operations import imports

    planned = imports.plan_import
    meddled: list[int] = []

    def plan_and_meddle(session: Any, spec: Any, rows: Any) -> Any:
        plan = planned(session, spec, rows)
        if not meddled:
            meddled.append(1)
            with world.as_role("personnel") as other:
                post = other.scalars(select(Post)).one()
                save_record(other, "post", post.id, {"level": "clerk"}, post.version)
        return plan

    monkeypatch.setattr(imports, "plan_import", plan_and_meddle)
    rows = [{"code": "J1", "name": "岗位", "version": 1}]
    report = run(world, "personnel", "post", rows, commit=True)
    assert [problem.field for problem in report.problems] == ["name"]
    with world.as_role("personnel") as session:
        number = session.scalars(select(Post.id)).one()
        assert get_record(session, "post", number).name == "岗"
