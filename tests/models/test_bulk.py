"""Writes over sets keep the same rules as writes of single rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.metadata.spec import Permission
from models import bulk, bulk_copy
from models.actor import SYSTEM, Actor
from models.audit import AuditEntry
from models.audit_chain import seal, verify
from models.bulk import delete_rows, insert_rows, read_arrays, update_rows
from models.cycle import Cycle, Entry, Form, Participant
from models.db import Database
from models.errors import Frozen, NotAllowed
from models.guard import verb
from models.organization import Person, Post, Unit
from models.result import Run, Score, Total
from models.scheme import Item
from tests.models.making import holder, make_metadata

Open = Callable[..., Database]


def unit_id(session: Session, code: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


@pytest.fixture
def at_a(database: Database) -> Actor:
    with database.session(SYSTEM) as session:
        return holder("subtree", session.scalars(select(Unit).where(Unit.code == "A")).one())


def posts(session: Session, *codes: str, count: int = 3) -> dict[str, Any]:
    ids = [unit_id(session, code) for code in codes]
    names = [f"n{number}" for number in range(count)]
    return {"code": names, "name": names, "unit_id": [ids[number % len(ids)] for number in range(count)]}


@pytest.mark.parametrize("want_ids", [True, False])
@pytest.mark.parametrize("count", [3, 1200])
def test_rows_are_inserted_with_their_defaults(database: Database, at_a: Actor, want_ids: bool, count: int) -> None:
    with database.session(at_a) as session:
        ids = insert_rows(session, Post, posts(session, "A", "A1", count=count), want_ids=want_ids)
        session.commit()
        found = session.scalars(select(Post).where(Post.code.like("n%")).order_by(Post.id)).all()
        assert [post.code for post in found] == [f"n{number}" for number in range(count)]
        assert {(post.establishment, post.version) for post in found} == {(1, 1)}
        assert [post.id for post in found] == (ids or [post.id for post in found])
        assert bool(ids) is want_ids


def test_insertion_in_parts_is_one_entry(database: Database, at_a: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PART", 4)
    with database.session(at_a) as session:
        insert_rows(session, Post, posts(session, "A", count=10))
        session.commit()
    with database.session(SYSTEM) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.record_entity, entry.username) == ("insert", "post", "somebody")
        assert entry.changes["rows"] == [0, 10]
        assert len(entry.changes["hash"][1]) == 64
    seal(database)
    assert verify(database) == []


@pytest.mark.parametrize("codes", [("B",), ("A", "B"), ("R",)])
def test_nothing_is_inserted_out_of_reach(database: Database, at_a: Actor, codes: tuple[str, ...]) -> None:
    with database.session(SYSTEM) as session:
        columns = posts(session, *codes)
    with database.session(at_a) as session:
        with pytest.raises(NotAllowed):
            insert_rows(session, Post, columns)
        session.rollback()
    with database.session(SYSTEM) as session:
        assert session.scalars(select(Post).where(Post.code.like("n%"))).all() == []


def test_owners_follow_from_what_is_referred_to(database: Database, at_a: Actor) -> None:
    with database.session(SYSTEM) as session:
        ids = dict(session.execute(select(Participant.code, Participant.id)).all())
        form = session.scalars(select(Form).where(Form.participant_id == ids["B"])).one()
        run, item = session.scalars(select(Run)).one(), session.scalars(select(Item)).one()
        session.add(Run(track_id=run.track_id, number=2, input_hash="x", started_by="x", started_at=run.started_at))
        session.commit()
        second = session.scalars(select(Run.id).where(Run.number == 2)).one()
        columns = {"run_id": [second] * 2, "participant_id": [ids["pA1"], ids["B"]], "packed": [b"1", b"2"]}
        insert_rows(session, Score, columns)
        session.commit()
        scores = session.scalars(select(Score).where(Score.run_id == second).order_by(Score.packed)).all()
        person = session.scalars(select(Person).where(Person.code == "pA1")).one()
        lie = {"form_id": [form.id], "item_id": [item.id], "unit_id": [person.unit_id]}
        assert [(s.unit_id, s.person_id) for s in scores] == [(person.unit_id, person.id), (form.unit_id, None)]
    with database.session(at_a) as session, pytest.raises(NotAllowed):  # a lie about the owner does not help
        insert_rows(session, Entry, lie)


def test_sort_keys_are_derived(database: Database, at_a: Actor) -> None:
    with database.session(at_a) as session:
        insert_rows(session, Person, {"code": ["n"], "name": ["王五"], "unit_id": [unit_id(session, "A")]})
        assert session.scalars(select(Person.name_sort).where(Person.code == "n")).one() == "wang wu"


def test_units_are_written_one_by_one(database: Database) -> None:
    with database.session(SYSTEM) as session, pytest.raises(ValueError, match="one by one"):
        insert_rows(session, Unit, {"code": ["n"], "name": ["n"], "kind": ["x"]})


def test_the_trail_is_not_written_in_bulk(database: Database) -> None:
    with database.session(SYSTEM) as session, pytest.raises(ValueError):
        delete_rows(session, AuditEntry, [1])


def test_rows_are_updated_each_with_its_own_value(database: Database, at_a: Actor) -> None:
    with database.session(at_a) as session:
        loaded = {post.code: post for post in session.scalars(select(Post))}
        assert loaded["sA"].name == "岗位"
        ids = [loaded[code].id for code in ("sA2", "sA", "sA1")]
        names = ["two", "zero", "one"]
        assert update_rows(session, Post, ids, {"name": names, "establishment": 4}) == 3
        assert [loaded[code].name for code in ("sA", "sA1", "sA2")] == ["zero", "one", "two"]
        assert {(post.establishment, post.version) for post in loaded.values()} == {(4, 2)}
        session.commit()


def test_nothing_is_updated_or_deleted_out_of_reach(database: Database, at_a: Actor) -> None:
    with database.session(SYSTEM) as session:
        ids = dict(session.execute(select(Post.code, Post.id)).all())
        elsewhere = unit_id(session, "B")
    attempts: tuple[Callable[[Session], Any], ...] = (
        lambda s: update_rows(s, Post, [ids["sA"], ids["sB"]], {"name": "n"}),
        lambda s: update_rows(s, Post, [ids["sA"]], {"unit_id": [elsewhere]}),
        lambda s: delete_rows(s, Post, [ids["sB"]]),
    )
    for attempt in attempts:
        with database.session(at_a) as session, pytest.raises(NotAllowed):
            attempt(session)


def test_rows_that_are_not_there_are_noticed(database: Database) -> None:
    with database.session(SYSTEM) as session, pytest.raises(ValueError, match="do not exist"):
        update_rows(session, Post, [4711], {"name": "n"})


def test_rows_are_deleted(database: Database, at_a: Actor) -> None:
    with database.session(at_a) as session:
        ids = insert_rows(session, Post, posts(session, "A"))
        assert delete_rows(session, Post, ids[:2]) == 2
        session.commit()
        assert session.scalars(select(Post.id).where(Post.code.like("n%"))).all() == ids[2:]
        assert delete_rows(session, Post, []) == update_rows(session, Post, [], {"name": "n"}) == 0
        assert insert_rows(session, Post, {"code": [], "name": []}) == []


def test_frozen_rows_are_not_touched(database: Database) -> None:
    with database.session(SYSTEM) as session:
        run = session.scalars(select(Run)).one()
        run.state = "published"
        session.commit()
        ids = session.scalars(select(Total.id)).all()
        participant_id = session.scalars(select(Participant.id)).first()
        with pytest.raises(Frozen):
            update_rows(session, Total, ids, {"total": 1.0})
        with pytest.raises(Frozen):
            delete_rows(session, Total, ids)
        with pytest.raises(Frozen):
            insert_rows(session, Score, {"run_id": [run.id], "participant_id": [participant_id], "packed": [b""]})
        with verb(session, "run.publish", run, writes={"total"}, thaws={"total": {"is_published"}}):
            assert update_rows(session, Total, ids, {"is_published": True}) == len(ids)
        session.commit()
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry.action == "run.publish"
        session.scalars(select(Cycle)).one().state = "closed"
        session.commit()
        with pytest.raises(Frozen):
            update_rows(session, Entry, session.scalars(select(Entry.id)).all(), {"actual": 1.0})


def test_states_move_by_verbs_alone(url: str, opened: Open) -> None:
    database = opened(url, make_metadata({"form": [Permission(actions=("list", "edit", "add", "submit"))]}))
    with database.session(holder("all")) as session:
        ids = session.scalars(select(Form.id)).all()
        with pytest.raises(NotAllowed):
            update_rows(session, Form, ids, {"state": "submitted"})
        with verb(session, "form.submit", writes={"form"}):
            update_rows(session, Form, ids, {"state": "submitted"})
        session.commit()
        assert set(session.scalars(select(Form.state))) == {"submitted"}


def test_conditions_hold_for_every_row(url: str, opened: Open) -> None:
    where = {"unit.kind": ("section",), "level": (None,)}
    database = opened(url, make_metadata({"post": [Permission(actions=("list", "add"), where=where)]}))
    with database.session(SYSTEM) as session:
        fine, wrong = posts(session, "A1", "A2"), posts(session, "A1", "B")
    with database.session(holder("all")) as session:
        for columns in (wrong, {**fine, "level": [None, None, "high"]}):
            with pytest.raises(NotAllowed):
                insert_rows(session, Post, columns)
        assert len(insert_rows(session, Post, fine)) == 3


def test_columns_must_be_of_one_length(database: Database) -> None:
    with database.session(SYSTEM) as session, pytest.raises(ValueError, match="different lengths"):
        insert_rows(session, Post, {"code": ["a", "b"], "name": ["a"]})


def test_nan_is_stored_as_empty(database: Database) -> None:
    with database.session(SYSTEM) as session:
        ids = session.scalars(select(Entry.id).order_by(Entry.id)).all()[:2]
        update_rows(session, Entry, ids, {"target": np.array([1.5, np.nan])})
        session.commit()
        assert session.scalars(select(Entry.target).where(Entry.id.in_(ids)).order_by(Entry.id)).all() == [1.5, None]


def test_arrays_are_read_within_reach(database: Database, at_a: Actor) -> None:
    query = select(Entry.unit_id, Entry.actual, Entry.target, Entry.is_not_applicable, Participant.code)
    query = query.join(Form, Form.id == Entry.form_id).join(Participant, Participant.id == Form.participant_id)
    with database.session(at_a) as session:
        units, actuals, targets, flags, codes = read_arrays(session, query.order_by(Participant.code))
        assert codes.tolist() == ["A", "A1", "A2", "pA1"]
        assert (units.dtype, actuals.dtype, flags.dtype, codes.dtype) == (np.int64, np.float64, np.bool_, object)
        assert np.isnan(targets).all()
        assert actuals.tolist() == [1.0, 2.0, 3.0, 99.0]
        (empty,) = read_arrays(session, select(Entry.actual).where(Entry.id < 0))
        assert empty.shape == (0,)
        (parents,) = read_arrays(session, select(Unit.parent_id))
        assert parents.dtype == np.int64
    with database.session(SYSTEM) as session:
        (parents,) = read_arrays(session, select(Unit.parent_id).order_by(Unit.id))
        assert parents.tolist()[0] is None
        (count,) = read_arrays(session, select(func.count(Entry.id)))
        assert count[0] == session.scalar(select(func.count()).select_from(Entry))


def test_copying_takes_every_type(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_copy, "COPY_FROM", 1)
    with database.session(SYSTEM) as session:
        run = session.scalars(select(Run)).one()
        participants = session.scalars(select(Participant.id).order_by(Participant.id)).all()
        session.add(Run(track_id=run.track_id, number=2, input_hash="x", started_by="x", started_at=run.started_at))
        session.commit()
        second = session.scalars(select(Run.id).where(Run.number == 2)).one()
        columns = {
            "run_id": [second] * 2,
            "participant_id": participants[:2],
            "subject": ["unit", "person"],
            "total": np.array([86.125, np.nan]),
            "grade": ["优\t秀\n", "\\N"],
            "top": [{"i1": 1.5}, {}],
            "reason": [None, {"en": "a", "zh_Hans": "无"}],
            "is_published": [True, False],
        }
        insert_rows(session, Total, columns, want_ids=False)
        insert_rows(
            session,
            Score,
            {"run_id": [second], "participant_id": participants[:1], "packed": [b"\0\\\xff"]},
            want_ids=False,
        )
        session.commit()
        one, two = session.scalars(select(Total).where(Total.run_id == second).order_by(Total.id))
        assert (one.total, one.grade, one.top, one.reason, one.is_published) == (
            86.125,
            "优\t秀\n",
            {"i1": 1.5},
            None,
            True,
        )
        assert (two.total, two.grade, two.reason, two.bonus) == (None, "\\N", {"en": "a", "zh_Hans": "无"}, 0.0)
        score = session.scalars(select(Score).where(Score.run_id == second)).one()
        assert (score.packed, score.reasons) == (b"\0\\\xff", {})
