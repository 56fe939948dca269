"""A verb lets its actor write what it names, there where it is granted, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.metadata.spec import Metadata, Permission
from models.actor import SYSTEM
from models.audit import AuditEntry
from models.cycle import Entry, Form, Participant
from models.db import Database
from models.errors import NotAllowed
from models.guard import verb
from models.organization import Post, Unit
from tests.models.making import ENTITIES, holder, make_metadata

Open = Callable[..., Database]
READ = Permission(actions=("list", "show"), scope="all")


def readers_who_submit(where: dict[str, tuple[Any, ...]] | None = None) -> Metadata:
    """Everyone reads everything; forms are filled and submitted within the grant."""
    permissions: dict[str, Any] = {entity: [READ] for entity in ENTITIES}
    permissions["form"] = [READ, Permission(actions=("submit", "fill"), where=where or {})]
    return make_metadata(permissions)


def at(session: Session, code: str, scope: str = "subtree") -> Any:
    return holder(scope, session.scalars(select(Unit).where(Unit.code == code)).one())


def form_of(session: Session, code: str) -> Form:
    return session.scalars(select(Form).join(Form.participant).where(Participant.code == code)).one()


@pytest.fixture
def submitting(url: str, opened: Open) -> Database:
    return opened(url, readers_who_submit())


@pytest.fixture
def actor(submitting: Database) -> Any:
    with submitting.session(SYSTEM) as session:
        return at(session, "A")


def test_a_verb_writes_what_it_names(submitting: Database, actor: Any) -> None:
    with submitting.session(actor) as session:
        form = form_of(session, "A1")
        with verb(session, "form.submit", form, writes={"form", "entry"}):
            form.state = "submitted"
            form.entries[0].actual = 7.5
        session.commit()
    with submitting.session(SYSTEM) as session:
        assert form_of(session, "A1").state == "submitted"
        latest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
        assert {entry.action for entry in latest} == {"form.submit"}
        assert {entry.record_entity for entry in latest} == {"form", "entry"}
        assert {entry.username for entry in latest} == {"somebody"}


def test_without_the_verb_nothing_of_it_is_written(submitting: Database, actor: Any) -> None:
    with submitting.session(actor) as session:
        form_of(session, "A1").entries[0].actual = 7.5
        with pytest.raises(NotAllowed):
            session.commit()


def test_a_verb_is_refused_on_a_row_out_of_reach(submitting: Database, actor: Any) -> None:
    with submitting.session(actor) as session:
        form = form_of(session, "B")
        with pytest.raises(NotAllowed), verb(session, "form.submit", form, writes={"form"}):
            form.state = "submitted"
        assert form.state == "draft"


def elsewhere(session: Session, form: Form) -> None:
    form_of(session, "B").entries[0].actual = 7.5


def not_named(session: Session, form: Form) -> None:
    form.participant.name = "n"


def a_new_row_elsewhere(session: Session, form: Form) -> None:
    item = form.entries[0].item
    session.add(Entry(form=form_of(session, "B"), item_id=item.id))


def another_entity(session: Session, form: Form) -> None:
    session.add(Post(code="n", name="n", unit_id=form.unit_id))


@pytest.mark.parametrize("step", [elsewhere, not_named, a_new_row_elsewhere, another_entity])
def test_a_verb_writes_nothing_else(submitting: Database, actor: Any, step: Any) -> None:
    def attempt(session: Session) -> None:
        form = form_of(session, "A1")
        with verb(session, "form.submit", form, writes={"form", "entry"}):
            step(session, form)

    with submitting.session(actor) as session, pytest.raises(NotAllowed):
        attempt(session)


def test_the_verb_ends_with_its_block(submitting: Database, actor: Any) -> None:
    with submitting.session(actor) as session:
        form = form_of(session, "A1")
        with verb(session, "form.submit", form, writes={"form"}):
            form.saved_at = session.info["clock"].now()
        form.state = "submitted"
        with pytest.raises(NotAllowed):
            session.flush()


def test_what_was_changed_before_does_not_pass_under_the_verb(submitting: Database, actor: Any) -> None:
    with submitting.session(actor) as session:
        form = form_of(session, "A1")
        form.entries[0].actual = 7.5
        with pytest.raises(NotAllowed), verb(session, "form.submit", form, writes={"entry"}):
            pass


def test_a_verb_that_fails_is_over(submitting: Database, actor: Any) -> None:
    def failing(session: Session) -> None:
        with verb(session, "form.submit", form_of(session, "A1"), writes={"form"}):
            raise ValueError

    with submitting.session(actor) as session:
        with pytest.raises(ValueError):
            failing(session)
        form_of(session, "A1").state = "submitted"
        with pytest.raises(NotAllowed):
            session.flush()


def test_conditions_of_the_verb_hold_for_its_own_rows(url: str, opened: Open) -> None:
    database = opened(url, readers_who_submit({"state": ("draft",)}))
    with database.session(SYSTEM) as session:
        actor = at(session, "A")
        form_of(session, "A2").state = "approved"
        session.commit()
    with database.session(actor) as session:
        form = form_of(session, "A2")
        with pytest.raises(NotAllowed), verb(session, "form.submit", form, writes={"form"}):
            pass


def test_verbs_nest_and_each_writes_under_its_own_name(submitting: Database, actor: Any) -> None:
    with submitting.session(actor) as session:
        form = form_of(session, "A1")
        with verb(session, "form.submit", form, writes={"form"}):
            with verb(session, "form.fill", form, writes={"entry"}):
                form.entries[0].actual = 7.5
            form.saved_at = session.info["clock"].now()
        session.commit()
    with submitting.session(SYSTEM) as session:
        latest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
        assert [(entry.action, entry.record_entity) for entry in reversed(latest)] == [
            ("form.fill", "entry"),
            ("form.submit", "form"),
        ]


def test_self_reaches_as_far_as_the_person(submitting: Database) -> None:
    with submitting.session(SYSTEM) as session:
        person_id = form_of(session, "pA1").person_id
    with submitting.session(holder("self", person_id=person_id)) as session:
        form = form_of(session, "pA1")
        with verb(session, "form.fill", form, writes={"entry"}):
            form.entries[0].actual = 7.5
        session.commit()
        other = form_of(session, "A1")
        with pytest.raises(NotAllowed), verb(session, "form.fill", other, writes={"entry"}):
            pass
