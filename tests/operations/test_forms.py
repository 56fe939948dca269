"""Forms: drafts that lose nothing, errors beside each field, hand in, send back, approve."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.audit import AuditEntry
from models.cycle import Entry, Remark
from models.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from models.operations.form_import import import_form
from models.operations.form_sheet import FormLine, form_sheet
from models.operations.form_values import FieldInput, read_line
from models.operations.forms import approve_form, return_form, save_form, submit_form
from models.operations.records import save_record
from models.scheme import Item
from plugins.engine.scheme import VALUE_TYPES
from tests.operations.factories import (
    FILLED,
    World,
    add_cycle,
    approve,
    fill_and_submit,
    form_of,
    full_cycle,
    open_it,
)


def lines(world: World, unit: str, role: str = "liaison") -> dict[str, FormLine]:
    with world.as_role(role, unit) as session:
        sheet = form_sheet(session, form_of(session, unit, world.ids["track"]).id)
        return {line.code: line for line in sheet.lines()}


def test_the_sheet_shows_sections_targets_and_standards(world: World) -> None:
    full_cycle(world)
    with world.as_role("liaison", "TAX") as session:
        sheet = form_sheet(session, form_of(session, "TAX", world.ids["track"]).id)
    assert [(section.name, [line.code for line in section.lines]) for section in sheet.sections] == [
        ("重点任务", ["EXEC", "COUNT"]),
        ("履职", ["LEVEL", "DONE"]),
    ]
    line = sheet.lines()[0]
    assert (line.target, line.target_shown, line.unit_of_measure, line.standard) == (95.0, "95", "%", "the higher the better")
    assert (line.minimum, line.maximum) == (0.0, 100.0)
    assert sheet.lines()[2].options == ("A", "B", "C")
    assert (sheet.filled, sheet.asked, sheet.may) == (0, 4, {"fill", "submit"})
    assert set(sheet.attention) == {"EXEC", "COUNT", "LEVEL", "DONE"}


def test_a_draft_keeps_what_was_typed_and_says_what_is_wrong(world: World) -> None:
    full_cycle(world)
    numbers = {"EXEC": FieldInput("912"), "COUNT": FieldInput("three")}
    typed = {**numbers, "LEVEL": FieldInput(choice="D"), "DONE": FieldInput(choice="YES")}
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        saved = save_form(session, form.id, form.version, typed)
        assert set(saved.errors) == {"EXEC", "COUNT", "LEVEL"}
        assert "Did you mean 91.2?" in str(saved.errors["EXEC"])
        assert "是否应为 91.2" in saved.errors["EXEC"].in_language("zh")
        assert "A, B, C" in str(saved.errors["LEVEL"])
        with pytest.raises(Invalid) as caught:
            submit_form(session, form.id, saved.version)
        assert set(caught.value.fields) == {"EXEC", "COUNT", "LEVEL"}
    found = lines(world, "TAX")
    assert {code: found[code].value for code in typed} == {"EXEC": "912", "COUNT": "three", "LEVEL": "D", "DONE": "yes"}
    assert found["EXEC"].error is not None
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        with pytest.raises(Invalid):
            save_form(session, form.id, form.version, {"EXEC": FieldInput("x")}, draft=False)
        saved = save_form(session, form.id, form.version, {"EXEC": FieldInput("９１．２％")})
    found = lines(world, "TAX")
    assert (found["EXEC"].actual, found["EXEC"].error, found["COUNT"].value) == (91.2, None, "three")


def test_a_stale_form_shows_both_and_loses_neither(world: World) -> None:
    full_cycle(world)
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        version, number = form.version, form.id
        save_form(session, number, version, {"EXEC": FieldInput("90")})
        with pytest.raises(Stale) as caught:
            save_form(session, number, version, {"EXEC": FieldInput("80"), "COUNT": FieldInput("2")})
    assert caught.value.theirs == {"EXEC": "90", "COUNT": ""}
    assert caught.value.yours == {"EXEC": "80", "COUNT": "2"}
    assert lines(world, "TAX")["EXEC"].actual == 90.0


def test_the_window_is_kept(world: World) -> None:
    full_cycle(world)
    for move, word in ((timedelta(days=-60), "from 2026-11-01 08:00"), (timedelta(days=120), "ended on 2026-12-10 18:00")):
        world.clock.advance(move)
        with world.as_role("liaison", "TAX") as session:
            form = form_of(session, "TAX", world.ids["track"])
            for step in (
                lambda s=session, f=form: save_form(s, f.id, f.version, FILLED),
                lambda s=session, f=form: submit_form(s, f.id, f.version),
            ):
                with pytest.raises(WrongState) as caught:
                    step()
                assert word in str(caught.value.text)
            assert form_sheet(session, form.id).may == frozenset()


def test_hand_in_send_back_correct_and_approve(world: World) -> None:
    full_cycle(world)
    number = fill_and_submit(world, "TAX")
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        with pytest.raises(WrongState):
            save_form(session, number, form.version, FILLED)
    with world.as_role("leader", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        assert form_sheet(session, number).may == {"approve", "return"}
        with pytest.raises(Invalid):
            return_form(session, number, form.version, "  ", {})
        with pytest.raises(Invalid) as caught:
            return_form(session, number, form.version, "", {"NOPE": "why"})
        assert set(caught.value.fields) == {"NOPE"}
        form = form_of(session, "TAX", world.ids["track"])
        return_form(session, number, form.version, "", {"EXEC": "请核对决算数"})
    with world.as_role("liaison", "TAX") as session:
        sheet = form_sheet(session, number)
        line = sheet.lines()[0]
        assert (sheet.state, line.remarks[0].text, line.remarks[0].author) == ("returned", "请核对决算数", "leader")
        saved = save_form(session, number, sheet.version, {"EXEC": FieldInput("93")})
        submit_form(session, number, saved.version)
    approve(world, "TAX")
    with world.system() as session:
        form = form_of(session, "TAX", world.ids["track"])
        assert (form.state, form.decided_by, form.returned_times) == ("approved", "leader", 1)
        assert {entry.approved_by for entry in form.entries} == {"leader"}
        actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.record_entity == "form")))
        assert {"form.fill", "form.submit", "form.return", "form.approve"} <= actions


def test_who_submits_does_not_approve(world: World) -> None:
    full_cycle(world)
    with world.as_role("liaison", "TAX", name="wang") as session:
        form = form_of(session, "TAX", world.ids["track"])
        saved = save_form(session, form.id, form.version, FILLED)
        submit_form(session, form.id, saved.version)
        number = form.id
    with world.as_role("leader", "TAX", name="wang") as session:
        form = form_of(session, "TAX", world.ids["track"])
        assert form_sheet(session, number).may == {"return"}
        with pytest.raises(NotAllowed):
            approve_form(session, number, form.version)


@pytest.mark.parametrize(
    ("role", "unit", "error"),
    [
        ("liaison", "BUDGET", NotFound),
        ("leader", "TAX", NotAllowed),
        ("comprehensive", None, NotAllowed),
        ("staff", None, NotFound),
    ],
)
def test_others_do_not_fill_in(world: World, role: str, unit: str | None, error: type[Exception]) -> None:
    full_cycle(world)
    with world.system() as session:
        form = form_of(session, "TAX", world.ids["track"])
        number, version = form.id, form.version
    with world.as_role(role, unit) as session, pytest.raises(error):
        save_form(session, number, version, FILLED)


def test_a_claim_is_a_value_of_its_own(world: World) -> None:
    full_cycle(world)
    claim = FieldInput(not_applicable=True, note="本季无任务")
    values = {**FILLED, "COUNT": claim, "LEVEL": FieldInput("A", not_applicable=True)}
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        saved = save_form(session, form.id, form.version, values)
        assert set(saved.errors) == {"LEVEL"}
        saved = save_form(session, form.id, saved.version, {"LEVEL": FieldInput("n/a")})
        submit_form(session, form.id, saved.version)
    found = lines(world, "TAX")
    assert (found["COUNT"].not_applicable, found["COUNT"].note, found["LEVEL"].not_applicable) == (True, "本季无任务", True)


def test_last_period_and_the_score_so_far_are_at_hand(world: World) -> None:
    full_cycle(world, "TAX")
    with world.system() as session:
        version_id = form_of(session, "TAX", world.ids["track"]).track.scheme_version_id
    cycle_id = add_cycle(world, version_id, "2027Q1", previous=world.ids["cycle"], start_on="2027-01-01", end_on="2027-03-31")
    open_it(world, cycle_id)
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        save_form(session, form.id, form.version, {"EXEC": FieldInput("95")})
        sheet = form_sheet(session, form.id)
    exec_line, _, level, _ = sheet.lines()
    assert (exec_line.previous, exec_line.previous_shown, level.previous_shown) == (91.2, "91.2", "B")
    assert sheet.score is not None
    assert (sheet.score.points, sheet.score.marks, sheet.score.full_marks) == (40.0, 40.0, 100.0)
    assert exec_line.score is not None
    assert exec_line.score.rate == 1.0


def test_a_form_comes_back_from_a_workbook_whole_or_not_at_all(world: World) -> None:
    full_cycle(world)
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        number, version = form.id, form.version
        bad = {**FILLED, "EXEC": FieldInput("abc"), "NOPE": FieldInput("1")}
        report = import_form(session, number, version, bad, commit=True)
        assert {problem.field for problem in report.problems} == {"EXEC", "NOPE"}
        assert not report.committed
        assert form_sheet(session, number).filled == 0
        dry = import_form(session, number, version, FILLED, commit=False)
        assert (dry.added, dry.changed, dry.same) == (4, 0, 0)
        assert import_form(session, number, version, FILLED, commit=True).committed
        with pytest.raises(Stale):
            import_form(session, number, version, FILLED, commit=True)
        again = import_form(session, number, form_sheet(session, number).version, FILLED, commit=True)
        assert (again.added, again.changed, again.same) == (0, 0, 4)


def test_changing_an_approved_value_withdraws_the_approval(world: World) -> None:
    full_cycle(world, "TAX")
    with world.system() as session:
        form = form_of(session, "TAX", world.ids["track"])
        form.state = "returned"
        session.commit()
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        save_form(session, form.id, form.version, {"EXEC": FieldInput("80"), "COUNT": FieldInput("3")})
        entries = {entry.item.code: entry for entry in form_of(session, "TAX", world.ids["track"]).entries}
        assert (entries["EXEC"].approved_by, entries["COUNT"].approved_by) == (None, "leader")
        assert session.scalars(select(Remark)).all() == []
        assert session.scalars(select(Entry).where(Entry.unit_id == world.ids["BUDGET"])).all() == []


def item(**values: object) -> Item:
    return Item(**{"code": "X", "kind": "indicator", "value_type": "number", "table_rows": [], **values})


@pytest.mark.parametrize(
    ("values", "typed", "actual"),
    [
        ({"value_type": "percent"}, "91.2%", 91.2),
        ({"value_type": "percent", "max_value": 150.0}, "120", 120.0),
        ({"value_type": "money", "unit_of_measure": "万元"}, "¥1,234.5 万元", 1234.5),
        ({"value_type": "count", "unit_of_measure": "件"}, "12件", 12.0),
        ({"value_type": "date"}, "2026年11月23日", 739943.0),
        ({"value_type": "yes_no"}, "是", 1.0),
        ({"min_value": -5.0}, "-4", -4.0),
    ],
)
def test_values_are_read_by_their_type(values: dict[str, object], typed: str, actual: float) -> None:
    reading = read_line(item(**values), FieldInput(typed))
    assert (reading.actual, reading.error) == (actual, None)


@pytest.mark.parametrize(
    ("values", "typed", "said"),
    [
        ({"value_type": "percent"}, "912", "Did you mean 91.2?"),
        ({"value_type": "percent"}, "-1", "from 0 to 100"),
        ({"value_type": "count"}, "1.5", "whole number"),
        ({"value_type": "count"}, "-1", "At least 0"),
        ({"min_value": 10.0, "max_value": 99.0}, "9.12", "Did you mean 91.2?"),
        ({"value_type": "date"}, "soon", "2026-11-23"),
        ({"value_type": "money"}, "12%", "percent sign"),
        ({"value_type": "text"}, "x" * 121, "120 characters"),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(values: dict[str, object], typed: str, said: str) -> None:
    reading = read_line(item(**values), FieldInput(typed))
    assert reading.error is not None
    assert said in str(reading.error)
    assert (reading.actual, reading.raw) == (None, typed)


@given(st.one_of(st.text(max_size=40), st.floats(allow_nan=False), st.booleans()), st.sampled_from(VALUE_TYPES))
def test_nothing_that_is_typed_is_lost_or_breaks_the_form(typed: object, kind: str) -> None:
    reading = read_line(item(value_type=kind, table_rows=[["A", 1.0]]), FieldInput(typed))  # type: ignore[arg-type]
    assert (reading.error is None) or (reading.raw is not None)
    if reading.error is None and str(typed).strip():
        assert reading.is_filled


def test_two_lines_changed_at_once_do_not_mix(world: World) -> None:
    """Only the named lines are written: someone's other line stays."""
    full_cycle(world)
    with world.as_role("liaison", "TAX") as session:
        form = form_of(session, "TAX", world.ids["track"])
        first = save_form(session, form.id, form.version, {"EXEC": FieldInput("90", note="一")})
        save_form(session, form.id, first.version, {"COUNT": FieldInput("2")})
    found = lines(world, "TAX")
    assert (found["EXEC"].value, found["EXEC"].note, found["COUNT"].value) == ("90", "一", "2")
    assert replace(found["EXEC"], score=None).is_filled
    with world.as_role("comprehensive") as session:
        record = session.scalars(select(Item).where(Item.code == "EXEC")).one()
        with pytest.raises(NotAllowed):
            save_record(session, "item", record.id, {"name": "x"}, record.version)
