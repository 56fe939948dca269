"""Whatever way a row is asked for, only those within the actor's reach come back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.metadata.spec import Permission
from models.access import reaches
from models.account import Account, Grant
from models.actor import SYSTEM, Actor
from models.audit import AuditEntry, AuditSeal
from models.cycle import Adjustment, Entry, Form, LinkedRate, Participant, Rating, Remark
from models.db import Database, unscoped
from models.organization import Appointment, Person, Post, Unit, UnitVersion
from models.result import Score, Total
from models.scoped_sql import Unguarded
from models.setting import Upload
from tests.models.making import holder, make_metadata
from tests.models.probes import COUNTS, PROBES, REFUSED, Probe

UNIT_OWNED = (Post, Person, Appointment, UnitVersion, Participant, Form, Entry, Remark, Adjustment, LinkedRate)
SCOPES = {
    "all": {"R", "A", "A1", "A2", "B", "C", "K"},
    "subtree": {"A", "A1", "A2"},
    "unit": {"A"},
    "regions": {"C", "K"},
    "self": set(),
}


def acting_at(session: Session, scope: str) -> Actor:
    unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
    return holder(scope, unit if scope in {"subtree", "unit"} else None)


@pytest.fixture
def system(shared: Database) -> Session:
    with shared.session(SYSTEM) as session:
        yield session


@pytest.mark.parametrize("model", [*UNIT_OWNED, Rating, Total, Score])
@pytest.mark.parametrize("scope", SCOPES)
def test_rows_of_a_unit_are_seen_as_far_as_the_scope_reaches(
    shared: Database, system: Session, scope: str, model: type[Any]
) -> None:
    codes = dict(system.execute(select(Unit.id, Unit.code)).all())
    everything = [codes[unit_id] for unit_id in system.scalars(select(model.unit_id))]
    with shared.session(acting_at(system, scope)) as session:
        seen = [codes[row.unit_id] for row in session.scalars(select(model))]
    assert sorted(seen) == sorted(code for code in everything if code in SCOPES[scope])
    assert everything


@pytest.mark.parametrize("scope", SCOPES)
def test_units_own_themselves(shared: Database, system: Session, scope: str) -> None:
    with shared.session(acting_at(system, scope)) as session:
        assert {unit.code for unit in session.scalars(select(Unit))} == SCOPES[scope]


@pytest.mark.parametrize("model", [Person, Appointment, Participant, Form, Entry, Remark, Adjustment, Total, Score])
def test_self_reaches_the_rows_of_the_person(shared: Database, system: Session, model: type[Any]) -> None:
    person = system.scalars(select(Person).where(Person.code == "pA1")).one()
    column = Person.id if model is Person else model.person_id
    expected = set(system.scalars(select(model.id).where(column == person.id)))
    with shared.session(holder("self", person_id=person.id)) as session:
        assert set(session.scalars(select(model.id))) == expected
    assert expected


def test_self_reaches_a_sign_in_its_grants_its_uploads_its_ballots_and_its_trail(
    shared: Database, system: Session
) -> None:
    account = system.scalars(select(Account).where(Account.username == "uB")).one()
    with shared.session(holder("self", user_id=account.id, username="r3")) as session:
        assert [found.username for found in session.scalars(select(Account))] == ["uB"]
        assert {grant.user_id for grant in session.scalars(select(Grant))} == {account.id}
        assert {rating.rater for rating in session.scalars(select(Rating))} == {"r3"}
        assert session.scalars(select(Upload)).all() == []
    with shared.session(holder("self", username="somebody")) as session:
        assert [upload.name for upload in session.scalars(select(Upload))] == ["表.xlsx"]
    with shared.session(holder("self", username="system")) as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry))


def test_sign_ins_and_grants_are_not_reached_by_unit(shared: Database, system: Session) -> None:
    with shared.session(acting_at(system, "subtree")) as session:
        assert session.scalars(select(Account)).all() == []
        assert session.scalars(select(Grant)).all() == []


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", ["scheme", "scheme_version", "item", "cycle", "track", "run", "setting"])
def test_rows_without_an_owner_are_reached_by_every_scope(
    shared: Database, system: Session, scope: str, name: str
) -> None:
    model = next(m.class_ for m in Unit.registry.mappers if getattr(m.class_, "entity", "") == name)
    with shared.session(acting_at(system, scope)) as session:
        assert session.scalars(select(model)).all()


def nobody(_unit: Unit) -> Actor | None:
    return None


def without_grants(_unit: Unit) -> Actor:
    return Actor("somebody")


def with_another_role(unit: Unit) -> Actor:
    return Actor("somebody", grants=(holder("all").grants[0].__class__("stranger", "all"),))


@pytest.mark.parametrize("who", [nobody, without_grants, with_another_role])
@pytest.mark.parametrize("model", [Unit, Post, Account, Upload, AuditEntry, AuditSeal])
def test_who_holds_nothing_sees_nothing(shared: Database, system: Session, who: Any, model: type[Any]) -> None:
    unit = system.scalars(select(Unit)).first()
    with shared.session(who(unit)) as session:
        assert session.scalars(select(model)).all() == []
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_what_metadata_does_not_name_is_seen_by_the_system_alone(shared: Database, opened: Any) -> None:
    metadata = make_metadata()
    metadata = metadata.model_copy(update={"entities": {k: v for k, v in metadata.entities.items() if k != "post"}})
    database = opened(shared.url, metadata)
    with database.session(holder("all")) as session:
        assert session.scalars(select(Post)).all() == []
        assert session.scalars(select(Person)).all()
    with database.session(SYSTEM) as session:
        assert session.scalars(select(Post)).all()


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_no_shape_of_question_leaks(shared: Database, system: Session, probe: Probe) -> None:
    within = SCOPES["subtree"]
    with shared.session(SYSTEM) as session:
        assert {str(code).lower().lstrip("s").upper() for code in probe(session)} - within, "the probe finds nothing"
    with shared.session(acting_at(system, "subtree")) as session:
        seen = {str(code).lower().lstrip("s").upper() for code in probe(session) if code is not None}
    assert seen <= within


@pytest.mark.parametrize("probe", COUNTS.values(), ids=COUNTS)
def test_counts_agree_with_what_is_seen(shared: Database, system: Session, probe: Probe) -> None:
    with shared.session(acting_at(system, "subtree")) as session:
        assert probe(session) == 3


@pytest.mark.parametrize("probe", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_scoped_is_refused(shared: Database, system: Session, probe: Probe) -> None:
    with shared.session(acting_at(system, "subtree")) as session, pytest.raises(Unguarded):
        probe(session)


def test_a_hidden_row_stays_hidden_after_an_unscoped_read(shared: Database, system: Session) -> None:
    hidden = system.scalars(select(Unit).where(Unit.code == "B")).one().id
    with shared.session(acting_at(system, "subtree")) as session:
        with unscoped(session) as everything:
            assert everything.get(Unit, hidden) is not None
        assert session.get(Unit, hidden) is None
        assert session.scalars(select(Unit).where(Unit.id == hidden)).all() == []


def test_a_row_at_hand_can_be_refreshed_after_it_moved_out_of_reach(url: str, opened: Any) -> None:
    database = opened(url)
    with database.session(SYSTEM) as system:
        actor = acting_at(system, "subtree")
    with database.session(actor) as session:
        post = session.scalars(select(Post).where(Post.code == "sA")).one()
        post_id = post.id
        session.rollback()
        with database.session(SYSTEM) as system:
            system.get(Post, post_id).unit = system.scalars(select(Unit).where(Unit.code == "B")).one()
            system.commit()
        assert post.name == "岗位"
        assert post.unit is None


def test_the_actor_may_change_from_one_question_to_the_next(shared: Database, system: Session) -> None:
    with shared.session(acting_at(system, "subtree")) as session:
        assert len(session.scalars(select(Unit.code)).all()) == 3
        session.info["actor"] = acting_at(system, "regions")
        assert set(session.scalars(select(Unit.code))) == {"C", "K"}
        session.info["actor"] = None
        assert session.scalars(select(Unit.code)).all() == []


def test_reading_needs_list_or_show(shared: Database, opened: Any) -> None:
    metadata = make_metadata(
        {
            "post": [Permission(actions=("list",))],
            "person": [Permission(actions=("show",))],
            "unit": [Permission(actions=("edit", "add"))],
        }
    )
    with opened(shared.url, metadata).session(holder("all")) as session:
        assert session.scalars(select(Post)).all()
        assert session.scalars(select(Person)).all()
        assert session.scalars(select(Unit)).all() == []
        assert reaches(session.info["actor"], metadata, "unit", "edit")
