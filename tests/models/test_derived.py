"""Columns that follow from others are right after every write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import SYSTEM
from models.audit import AuditEntry
from models.cycle import Entry, Form, Participant
from models.db import Database
from models.derive import sort_key
from models.errors import Invalid
from models.organization import Appointment, Person, Post, Unit, UnitVersion
from models.result import Run, Total


def unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def chain(session: Session) -> dict[str, list[str]]:
    """Unit → the codes on its path, as stored."""
    codes = dict(session.execute(select(Unit.id, Unit.code)).all())
    paths = session.execute(select(Unit.code, Unit.path)).all()
    return {code: [codes[int(number)] for number in path.strip("/").split("/")] for code, path in paths}


def test_paths_follow_the_tree(database: Database) -> None:
    with database.session(SYSTEM) as session:
        assert chain(session)["A1"] == ["R", "A", "A1"]
        unit(session, "A").parent = unit(session, "C")
        session.commit()
        assert chain(session)["A1"] == ["R", "C", "A", "A1"]
        assert chain(session)["A2"] == ["R", "C", "A", "A2"]
        assert chain(session)["K"] == ["R", "C", "K"]
        unit(session, "A").parent_id = None
        session.commit()
        assert chain(session)["A1"] == ["A", "A1"]


def test_loaded_units_learn_their_new_path_at_once(database: Database) -> None:
    with database.session(SYSTEM) as session:
        below = unit(session, "A1")
        old = below.path
        unit(session, "A").parent = unit(session, "B")
        session.flush()
        assert below.path != old
        assert below.path.startswith(unit(session, "B").path)


def test_nobody_writes_a_path(database: Database) -> None:
    with database.session(SYSTEM) as session:
        found = unit(session, "A")
        right = found.path
        found.path = "/"
        found.name = "new"
        session.commit()
        assert found.path == right


@pytest.mark.parametrize("target", ["A", "A1"])
def test_a_unit_never_hangs_below_itself(database: Database, target: str) -> None:
    with database.session(SYSTEM) as session:
        unit(session, "A").parent_id = unit(session, target).id
        with pytest.raises(Invalid) as caught:
            session.commit()
    assert set(caught.value.fields) == {"parent"}


def test_children_that_come_with_their_parents(database: Database) -> None:
    with database.session(SYSTEM) as session:
        top = Unit(code="n", name="n", kind="x")
        session.add(Unit(code="n2", name="n", kind="x", parent=Unit(code="n1", name="n", kind="x", parent=top)))
        session.commit()
        assert chain(session)["n2"] == ["n", "n1", "n2"]


def versions(session: Session, code: str) -> list[tuple[Any, ...]]:
    query = select(UnitVersion.name, UnitVersion.valid_from, UnitVersion.valid_to).join(UnitVersion.unit)
    return [tuple(row) for row in session.execute(query.where(Unit.code == code).order_by(UnitVersion.valid_from))]


def test_a_new_unit_begins_with_a_version(database: Database) -> None:
    with database.session(SYSTEM) as session:
        session.add(Unit(code="n", name="one", kind="x", opened_on=date(2020, 5, 1)))
        session.add(Unit(code="m", name="one", kind="x"))
        session.commit()
        assert versions(session, "n") == [("one", date(2020, 5, 1), None)]
        assert versions(session, "m") == [("one", date(2026, 3, 2), None)]


def test_a_correction_edits_the_current_version(database: Database) -> None:
    with database.session(SYSTEM) as session:
        unit(session, "A").name = "corrected"
        session.commit()
        assert [name for name, _from, _to in versions(session, "A")] == ["corrected"]


def test_a_change_on_a_date_opens_a_new_version(database: Database) -> None:
    with database.session(SYSTEM, effective_on=date(2026, 7, 1)) as session:
        before = versions(session, "A")
        unit(session, "A").name = "renamed"
        session.commit()
        assert versions(session, "A") == [
            (*before[0][:2], date(2026, 7, 1)),
            ("renamed", date(2026, 7, 1), None),
        ]
        unit(session, "A").name = "renamed again"
        session.commit()
        assert [row[0] for row in versions(session, "A")] == [before[0][0], "renamed again"]
        session.info["effective_on"] = date(2026, 6, 1)
        unit(session, "A").name = "too early"
        with pytest.raises(Invalid) as caught:
            session.commit()
        assert "2026-07-01" in str(caught.value)


def test_what_a_version_does_not_keep_opens_none(database: Database) -> None:
    with database.session(SYSTEM, effective_on=date(2026, 7, 1)) as session:
        unit(session, "A").position = 9
        session.commit()
        assert len(versions(session, "A")) == 1


def test_versions_go_with_their_unit_and_are_audited(database: Database) -> None:
    with database.session(SYSTEM) as session:
        session.add(Unit(code="n", name="one", kind="x"))
        session.commit()
        session.delete(unit(session, "n"))
        session.commit()
        trail = session.execute(
            select(AuditEntry.action, AuditEntry.record_entity).order_by(AuditEntry.id.desc()).limit(4)
        ).all()
        assert {tuple(row) for row in trail} == {
            (action, entity) for action in ("insert", "delete") for entity in ("unit", "unit_version")
        }


@pytest.mark.parametrize(
    ("name", "key"),
    [("张三", "zhang san"), ("欧阳娜", "ou yang na"), ("Smith", "smith"), ("", ""), ("李 Lee", "li  lee")],
)
def test_names_have_a_key_to_sort_by(name: str, key: str) -> None:
    assert sort_key(name).split() == key.split()


def test_sort_keys_follow_the_name(database: Database) -> None:
    with database.session(SYSTEM) as session:
        person = session.scalars(select(Person).where(Person.code == "pA")).one()
        person.name = "王五"
        session.commit()
        assert person.name_sort == "wang wu"


def test_an_appointment_belongs_to_the_unit_of_its_post(database: Database) -> None:
    with database.session(SYSTEM) as session:
        post = session.scalars(select(Post).where(Post.code == "sA")).one()
        held = session.scalars(select(Appointment).where(Appointment.post_id == post.id)).one()
        post.unit = unit(session, "B")
        session.commit()
        assert held.unit_id == unit(session, "B").id
        held.unit_id = unit(session, "A").id
        session.commit()
        assert held.unit_id == unit(session, "B").id


def test_rows_below_a_participant_belong_to_its_owners(database: Database) -> None:
    with database.session(SYSTEM) as session:
        participant = session.scalars(select(Participant).where(Participant.code == "pA1")).one()
        expected = (participant.unit_id, participant.person_id)
        form = session.scalars(select(Form).where(Form.participant_id == participant.id)).one()
        entry = session.scalars(select(Entry).where(Entry.form_id == form.id)).one()
        assert (form.unit_id, form.person_id, form.track_id) == (*expected, participant.track_id)
        assert (entry.unit_id, entry.person_id) == expected
        assert expected[1] is not None
        other = session.scalars(select(Participant).where(Participant.code == "B")).one()
        run = session.scalars(select(Run)).one()
        total = session.scalars(select(Total).where(Total.participant_id == other.id, Total.run_id == run.id)).one()
        total.unit_id = participant.unit_id
        session.commit()
        assert total.unit_id == other.unit_id


def test_a_person_who_takes_part_is_counted_in_the_own_unit(database: Database) -> None:
    with database.session(SYSTEM) as session:
        person = session.scalars(select(Person).where(Person.code == "pB")).one()
        track_id = session.scalars(select(Participant.track_id)).first()
        session.add(Participant(track_id=track_id, code="pB", name="n", person=person))
        session.commit()
        assert session.scalars(select(Participant).where(Participant.code == "pB")).one().unit_id == person.unit_id
