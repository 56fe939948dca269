"""Nothing is written outside the actor's reach, by whatever way it is tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, make_transient_to_detached

from config.metadata.spec import Permission
from models.account import Account, Grant
from models.actor import SYSTEM, Actor
from models.cycle import Cycle, Form
from models.db import Database
from models.errors import NotAllowed
from models.organization import Appointment, Person, Post, Unit
from models.scoped_sql import Unguarded
from tests.models.making import holder, make_metadata

Open = Callable[..., Database]


def unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


@pytest.fixture
def ids(shared: Database) -> dict[str, int]:
    with shared.session(SYSTEM) as session:
        return dict(session.execute(select(Unit.code, Unit.id)).all())


@pytest.fixture
def at_a(shared: Database) -> Actor:
    """Who may do everything plain from A downwards."""
    with shared.session(SYSTEM) as session:
        return holder("subtree", unit(session, "A"))


def refused(session: Session, way: Callable[[], Any], error: Any = NotAllowed) -> None:
    def done() -> None:
        way()
        session.commit()

    with pytest.raises(error):
        done()
    session.rollback()


def contents(database: Database) -> list[Any]:
    with database.session(SYSTEM) as session:
        rows = session.execute(select(Post.code, Post.name, Post.unit_id).order_by(Post.code)).all()
        return [*rows, *session.execute(select(Unit.code, Unit.name, Unit.parent_id).order_by(Unit.code)).all()]


ALLOWED: dict[str, Callable[[Session, dict[str, int]], Any]] = {
    "add by id": lambda s, ids: s.add(Post(code="n", name="n", unit_id=ids["A1"])),
    "add by relation": lambda s, ids: s.add(Post(code="n", name="n", unit=s.get(Unit, ids["A1"]))),
    "add a unit below": lambda s, ids: s.add(Unit(code="A3", name="n", kind="section", parent_id=ids["A"])),
    "add a unit with a post": lambda s, ids: s.add(
        Post(code="n", name="n", unit=Unit(code="A3", name="n", kind="section", parent=s.get(Unit, ids["A1"])))
    ),
    "edit": lambda s, ids: setattr(s.scalars(select(Post)).first(), "name", "n"),
    "move within": lambda s, ids: setattr(s.scalars(select(Post)).first(), "unit_id", ids["A2"]),
    "move a unit within": lambda s, ids: setattr(s.get(Unit, ids["A2"]), "parent_id", ids["A1"]),
    "delete": lambda s, ids: s.delete(
        s.scalars(select(Appointment).join(Post, Post.id == Appointment.post_id).where(Post.code == "sA1")).one()
    ),
}


@pytest.mark.parametrize("way", ALLOWED.values(), ids=ALLOWED)
def test_within_reach_rows_are_written(database: Database, ids: dict[str, int], at_a: Actor, way: Any) -> None:
    with database.session(at_a) as session:
        way(session, ids)
        session.commit()


def edit_detached(session: Session, ids: dict[str, int]) -> None:
    post = Post(id=hidden(session, Post.code == "sB"), code="sB", name="岗位", unit_id=ids["B"], version=1)
    make_transient_to_detached(post)
    session.add(post)
    post.name = "n"


def hidden(session: Session, criterion: Any) -> int:
    return int(session.connection().scalar(select(Post.__table__.c.id).where(criterion)) or 0)


DENIED: dict[str, Callable[[Session, dict[str, int]], Any]] = {
    "add by id": lambda s, ids: s.add(Post(code="n", name="n", unit_id=ids["B"])),
    "add above": lambda s, ids: s.add(Post(code="n", name="n", unit_id=ids["R"])),
    "add without an owner": lambda s, ids: s.add(Post(code="n", name="n")),
    "add a unit beside": lambda s, ids: s.add(Unit(code="n", name="n", kind="section", parent_id=ids["B"])),
    "add a root": lambda s, ids: s.add(Unit(code="n", name="n", kind="section")),
    "add a unit that calls itself below": lambda s, ids: s.add(
        Unit(code="n", name="n", kind="section", path=f"/{ids['R']}/{ids['A']}/")
    ),
    "move out": lambda s, ids: setattr(s.scalars(select(Post)).first(), "unit_id", ids["B"]),
    "move a unit out": lambda s, ids: setattr(s.get(Unit, ids["A2"]), "parent_id", ids["B"]),
    "move the own top": lambda s, ids: setattr(s.get(Unit, ids["A"]), "parent_id", ids["B"]),
    "merge": lambda s, ids: s.merge(Post(id=hidden(s, Post.code == "sB"), code="sB", name="n", unit_id=ids["B"])),
    "edit a detached row": edit_detached,
    "owner taken from elsewhere": lambda s, ids: s.add(
        Appointment(person_id=1, post_id=hidden(s, Post.code == "sB"), unit_id=ids["A"], start_on=date(2026, 1, 1))
    ),
    "add a sign-in": lambda s, ids: s.add(Account(username="n", first_name="n", last_name="n", email="n@example.org")),
    "add a grant": lambda s, ids: s.add(Grant(user_id=9_999, role="holder", scope="all")),
}


@pytest.mark.parametrize("way", DENIED.values(), ids=DENIED)
def test_outside_reach_nothing_is_written(shared: Database, ids: dict[str, int], at_a: Actor, way: Any) -> None:
    before = contents(shared)
    with shared.session(at_a) as session:
        refused(session, lambda: way(session, ids))
    assert contents(shared) == before


def test_a_hidden_row_cannot_be_merged_into_reach(shared: Database, ids: dict[str, int], at_a: Actor) -> None:
    before = contents(shared)
    with shared.session(at_a) as session:
        taken = Post(id=hidden(session, Post.code == "sB"), code="sB", name="n", unit_id=ids["A"], version=1)
        refused(session, lambda: session.merge(taken), (NotAllowed, IntegrityError))
    assert contents(shared) == before


@pytest.mark.parametrize("actor", [None, Actor("x")])
def test_who_holds_nothing_writes_nothing(shared: Database, ids: dict[str, int], actor: Actor | None) -> None:
    with shared.session(actor) as session:
        session.add(Post(code="n", name="n", unit_id=ids["A"]))
        with pytest.raises(NotAllowed):
            session.commit()


@pytest.mark.parametrize("action", ["add", "edit", "delete"])
def test_each_action_is_granted_by_itself(url: str, opened: Open, ids: dict[str, int], action: str) -> None:
    database = opened(url, make_metadata({"post": [Permission(actions=("list", action))]}))
    ways = {
        "add": lambda s: s.add(Post(code="n", name="n", unit_id=ids["A"])),
        "edit": lambda s: setattr(s.scalars(select(Post)).first(), "name", "n"),
        "delete": lambda s: s.delete(s.scalars(select(Post).where(Post.code == "n")).one()),
    }
    with database.session(SYSTEM) as session:
        if action != "add":
            session.add(Post(code="n", name="n", unit_id=ids["A"]))
        session.commit()
    for name, way in sorted(ways.items()):
        with database.session(holder("all")) as session:
            if name == action:
                way(session)
                session.commit()
            elif action == "add" and name == "delete":
                continue
            else:
                refused(session, lambda way=way, session=session: way(session))


def test_conditions_hold_for_the_old_and_the_new_values(url: str, opened: Open) -> None:
    allowed = Permission(actions=("list", "add", "edit"), where={"level": ("low", None)})
    database = opened(url, make_metadata({"post": [Permission(actions=("list",)), allowed]}))
    with database.session(holder("all")) as session:
        post = session.scalars(select(Post)).first()
        post.level = "low"
        session.commit()
        post.level = "high"
        with pytest.raises(NotAllowed):
            session.commit()
        session.rollback()
        session.add(Post(code="n", name="n", level="high", unit_id=post.unit_id))
        with pytest.raises(NotAllowed):
            session.commit()
        session.rollback()
        post_id = post.id
    with database.session(SYSTEM) as session:
        session.get(Post, post_id).level = "high"
        session.commit()
    with database.session(holder("all")) as session:
        session.get(Post, post_id).level = "low"
        with pytest.raises(NotAllowed):
            session.commit()


BULK: dict[str, Callable[[Session], Any]] = {
    "update": lambda s: s.execute(update(Post).values(name="n")),
    "delete": lambda s: s.execute(delete(Post)),
    "insert": lambda s: s.execute(insert(Post), [{"code": "n", "name": "n", "unit_id": 1}]),
    "insert one": lambda s: s.execute(insert(Post).values(code="n", name="n", unit_id=1)),
    "insert and return": lambda s: s.scalars(insert(Post).returning(Post), [{"code": "n", "name": "n", "unit_id": 1}]),
    "update of a table": lambda s: s.execute(Post.__table__.update().values(name="n")),
    "delete from a table": lambda s: s.execute(Post.__table__.delete()),
    "insert from a select": lambda s: s.execute(insert(Post).from_select(["code"], select(Unit.code))),
    "query update": lambda s: s.query(Post).update({"name": "n"}),
    "query delete": lambda s: s.query(Post).delete(),
    "save objects": lambda s: s.bulk_save_objects([Post(code="n", name="n", unit_id=1)]),
    "insert mappings": lambda s: s.bulk_insert_mappings(Post, [{"code": "n", "name": "n", "unit_id": 1}]),
    "update mappings": lambda s: s.bulk_update_mappings(Post, [{"id": 1, "name": "n"}]),
    "sign-ins": lambda s: s.execute(update(Account).values(active=True)),
}


@pytest.mark.parametrize("actor", [SYSTEM, holder("all")], ids=["system", "holder"])
@pytest.mark.parametrize("way", BULK.values(), ids=BULK)
def test_writes_past_the_hooks_are_refused(shared: Database, actor: Actor, way: Any) -> None:
    before = contents(shared)
    with shared.session(actor) as session, pytest.raises(Unguarded):
        way(session)
    assert contents(shared) == before


def test_a_session_of_another_kind_cannot_write(shared: Database) -> None:
    with Session(shared.engine) as session:
        session.add(Person(code="n", name="n", unit_id=1))
        with pytest.raises(RuntimeError):
            session.commit()


def test_a_state_moves_by_its_verbs_alone(database: Database) -> None:
    with database.session(holder("all")) as session:
        form = session.scalars(select(Form)).first()
        form.state = "approved"
        with pytest.raises(NotAllowed):
            session.commit()
        session.rollback()
        first = session.scalars(select(Cycle)).one()
        about = {"code": "n", "name": "n", "kind": "year", "start_on": first.start_on, "end_on": first.end_on}
        session.add(Cycle(**about, state="open"))
        with pytest.raises(NotAllowed):
            session.commit()
        session.rollback()
        session.add(Cycle(**about, state="draft"))
        session.commit()


def test_a_hidden_reference_is_kept_when_the_row_is_saved(database: Database, at_a: Actor, ids: dict[str, int]) -> None:
    with database.session(SYSTEM) as session:
        leader = session.scalars(select(Person).where(Person.code == "pB")).one()
        unit(session, "A").leader = leader
        session.commit()
        expected = leader.id
    with database.session(at_a) as session:
        found = session.get(Unit, ids["A"])
        assert found.leader is None
        found.name = "new"
        session.commit()
    with database.session(SYSTEM) as session:
        assert session.get(Unit, ids["A"]).leader_id == expected


def test_counting_is_not_writing(database: Database, at_a: Actor) -> None:
    with database.session(at_a) as session:
        post = session.scalars(select(Post)).first()
        post.name = str(post.name)
        session.commit()
        assert session.scalar(select(func.count()).select_from(Post)) == 3
        assert post.version == 1
