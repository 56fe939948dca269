"""Every insert, update and delete is written down, field by field, in the transaction that makes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.account import Account
from models.actor import SYSTEM, Actor
from models.audit import AuditEntry
from models.audit_trail import json_safe
from models.cycle import Entry, Form
from models.db import Database, begin_write
from models.guard import record_event
from models.labels import PARTS
from models.organization import Person, Post, Unit
from models.result import Score
from tests.models.making import NOW, holder


def trail(session: Session, count: int = 1) -> list[AuditEntry]:
    """The newest entries, oldest first."""
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(count)))[::-1]


def length(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def find(session: Session, model: type[Any], code: str) -> Any:
    return session.scalars(select(model).where(model.code == code)).one()


@pytest.fixture
def somebody(database: Database) -> Actor:
    with database.session(SYSTEM) as session:
        return holder("subtree", find(session, Unit, "A"), source="rest", address="192.0.2.7")


def test_an_edit_is_written_field_by_field(database: Database, somebody: Actor) -> None:
    with database.session(somebody) as session:
        post = find(session, Post, "sA")
        post.name, post.establishment = "新岗位", 3
        session.commit()
        post_id, unit_id = post.id, post.unit_id
    with database.session(SYSTEM) as session:
        (entry,) = trail(session)
        assert entry.changes == {"name": ["岗位", "新岗位"], "establishment": [1, 3]}
        assert (entry.action, entry.record_entity, entry.record_id) == ("update", "post", post_id)
        assert (entry.username, entry.source, entry.address) == ("somebody", "rest", "192.0.2.7")
        assert (entry.record_label, entry.unit_id, entry.at) == ("sA 新岗位", unit_id, NOW)


def test_references_are_shown_by_what_they_are_called(database: Database, somebody: Actor) -> None:
    with database.session(somebody) as session:
        find(session, Post, "sA").unit = find(session, Unit, "A2")
        session.commit()
        old, new = find(session, Unit, "A").id, find(session, Unit, "A2").id
    with database.session(SYSTEM) as session:
        entries = [entry for entry in trail(session, 2) if entry.record_entity == "post"]
        assert entries[0].changes["unit_id"] == [{"id": old, "label": "A 单位A"}, {"id": new, "label": "A2 单位A2"}]


def test_inserts_and_deletes_keep_all_that_was_there(database: Database, somebody: Actor) -> None:
    with database.session(somebody) as session:
        post = Post(code="n", name="new", unit=find(session, Unit, "A"), level="high")
        session.add(post)
        session.commit()
        session.delete(post)
        session.commit()
    with database.session(SYSTEM) as session:
        made, removed = trail(session, 2)
        assert (made.action, removed.action) == ("insert", "delete")
        assert made.changes["code"] == [None, "n"]
        assert made.changes["level"] == [None, "high"]
        assert set(removed.changes) == set(made.changes)
        assert removed.changes["code"] == ["n", None]
        assert removed.record_label == made.record_label == "n new"


def test_values_before_are_known_even_when_the_row_was_not_read(database: Database, somebody: Actor) -> None:
    with database.session(somebody) as session:
        post = find(session, Post, "sA")
        session.commit()  # everything is expired
        post.name = "new"
        session.commit()
    with database.session(SYSTEM) as session:
        assert trail(session)[0].changes == {"name": ["岗位", "new"]}


def test_what_does_not_change_leaves_no_entry(database: Database, somebody: Actor) -> None:
    with database.session(SYSTEM) as session:
        before = length(session)
    with database.session(somebody) as session:
        post = find(session, Post, "sA")
        post.name = "other"
        post.name = "岗位"
        session.commit()
        post.name = "岗位"
        session.commit()
    with database.session(SYSTEM) as session:
        assert length(session) == before


def test_what_is_rolled_back_leaves_no_entry(database: Database, somebody: Actor) -> None:
    with database.session(SYSTEM) as session:
        before = length(session)
    with database.session(somebody) as session:
        find(session, Post, "sA").name = "new"
        session.flush()
        session.rollback()
        find(session, Post, "sA").name = "newer"
        session.commit()
    with database.session(SYSTEM) as session:
        assert length(session) == before + 1
        assert trail(session)[0].changes == {"name": ["岗位", "newer"]}


def test_what_fails_within_a_savepoint_leaves_no_entry(database: Database, somebody: Actor) -> None:
    def twice_the_same(session: Session) -> None:
        with session.begin_nested():
            find(session, Post, "sA").level = "high"
            session.add(Post(code="sA1", name="n", unit=find(session, Unit, "A")))

    with database.session(SYSTEM) as session:
        before = length(session)
    with database.session(somebody) as session:
        begin_write(session)
        with pytest.raises(IntegrityError):
            twice_the_same(session)
        find(session, Post, "sA").name = "newer"
        session.commit()
    with database.session(SYSTEM) as session:
        assert length(session) == before + 1
        assert trail(session)[0].changes == {"name": ["岗位", "newer"]}


def test_a_password_is_never_written_down(database: Database) -> None:
    with database.session(SYSTEM) as session:
        account = session.scalars(select(Account).where(Account.username == "uA")).one()
        account.password = "scrypt:secret"
        session.commit()
        (entry,) = trail(session)
        assert entry.changes == {"password": ["***", "***"]}
        account.last_login, account.login_count = datetime(2026, 1, 1), 5  # noqa: DTZ001  # so it is stored
        session.commit()
        assert trail(session)[0].id == entry.id


@pytest.mark.parametrize("model", [Form, Entry, Score])
def test_rows_without_a_name_are_called_by_what_they_belong_to(database: Database, model: type[Any]) -> None:
    with database.session(SYSTEM) as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.record_entity == model.entity).order_by(AuditEntry.id)
        ).first()
        assert entry is not None
        assert "R" in entry.record_label


def test_every_entity_has_a_label(database: Database) -> None:
    with database.session(SYSTEM) as session:
        query = select(AuditEntry.record_entity).where(AuditEntry.record_label == "").distinct()
        assert session.scalars(query).all() == []
    known = {mapper.class_.__tablename__ for mapper in Unit.registry.mappers if hasattr(mapper.class_, "entity")}
    assert set(PARTS) == known - {"audit", "audit_seal"}


def test_large_values_are_kept_by_their_hash(database: Database) -> None:
    with database.session(SYSTEM) as session:
        session.scalars(select(Score)).first().packed = b"\1" * 100_000
        session.commit()
        assert str(trail(session)[0].changes["packed"][1]).startswith("sha256:")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 3, 2), "2026-03-02"),
        (NOW, "2026-03-02T09:30:00+00:00"),
        (float("nan"), "nan"),
        ({"a": (1, None)}, {"a": [1, None]}),
        (b"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (True, True),
        ("词", "词"),
    ],
)
def test_values_are_kept_as_json_can_hold_them(value: Any, expected: Any) -> None:
    assert json_safe(value) == expected


def test_events_that_change_nothing_are_recorded(database: Database) -> None:
    with database.session(SYSTEM) as session:
        person = find(session, Person, "pA")
        record_event(session, "sign_in_failed", "user", username="mallory", address="192.0.2.9", label="mallory")
        record_event(session, "read", "person", person, {"fields": ["phone"]})
        record_event(session, "export", "post", changes={"rows": 7, "unit_id": "all"})
        session.commit()
        failed, read, export = trail(session, 3)
        assert (failed.username, failed.address, failed.action) == ("mallory", "192.0.2.9", "sign_in_failed")
        assert (read.record_id, read.record_label, read.changes) == (person.id, "pA 张A", {"fields": ["phone"]})
        assert read.unit_id == person.unit_id
        assert export.changes == {"rows": 7, "unit_id": "all"}


def test_a_session_without_a_key_writes_nothing(database: Database) -> None:
    with database.session(SYSTEM, audit_key=None) as session:
        session.add(Unit(code="n", name="n", kind="x"))
        with pytest.raises(RuntimeError):
            session.commit()
