"""Who may do what: grants one by one, and the same answer from SQL and from Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import false, select
from sqlalchemy.orm import Session

from config.metadata.spec import EVERYONE, Metadata, Permission
from models.access import covers, criteria, load_actor, may, reaches, require
from models.account import Account, Grant
from models.actor import SYSTEM, Actor, Held
from models.db import Database
from models.errors import NotAllowed, NotFound
from models.organization import Person, Post, Unit
from models.ownership import ownership
from tests.models.making import ENTITIES, TREE, holder, make_entity, make_metadata

MODELS = {mapper.class_.entity: mapper.class_ for mapper in Unit.registry.mappers if hasattr(mapper.class_, "entity")}
SCOPES = ("all", "subtree", "unit", "regions", "self")
WHERES: dict[str, tuple[dict[str, tuple[Any, ...]], ...]] = {
    "unit": ({"kind": ("division", "city")}, {"parent_id": (None,)}, {"parent.kind": ("division",)}),
    "post": ({"unit.kind": ("section",)}, {"level": (None, "high")}, {"unit.parent.code": ("A", "R")}),
    "person": ({"left_on": (None,)}, {"unit.parent.parent.code": ("R",)}),
    "participant": ({"person_id": (None,)}, {"track.cycle.state": ("draft",)}, {"track.cycle.previous.state": (None,)}),
    "entry": ({"form.participant.person_id": (None,)}, {"is_not_applicable": (True,)}),
    "total": ({"subject": ("unit",), "is_published": (False,)}, {"is_published": (True,)}, {"run.state": ("draft",)}),
    "item": ({"scheme_version.state": ("draft",)}, {"scheme_version.scheme.applies_to": ("person",)}),
    "audit": ({"action": ("insert",), "record_entity": ("unit", "form")},),
}


@pytest.fixture(scope="module")
def everything(module_url: str) -> Iterator[tuple[Session, dict[str, list[Any]]]]:
    database = Database(module_url, make_metadata(), None, b"k")  # type: ignore[arg-type]
    with database.session(SYSTEM) as session:
        yield session, {entity: session.scalars(select(model)).all() for entity, model in MODELS.items()}
    database.dispose()


@st.composite
def questions(draw: Any) -> tuple[str, Permission, str, str | None, str | None, str]:
    """(entity, permission, scope of the grant, its unit, the actor's person, the actor's name)."""
    entity = draw(st.sampled_from(ENTITIES))
    codes = [code for code, _kind, _parent in TREE]
    where = draw(st.sampled_from(({}, *WHERES.get(entity, ()))))
    permission = Permission(actions=("list",), scope=draw(st.sampled_from(("grant", "grant", *SCOPES))), where=where)
    unit = draw(st.sampled_from((None, *codes)))
    person = draw(st.sampled_from((None, *codes)))
    name = draw(st.sampled_from(("somebody", "system", "r3", "uB")))
    return entity, permission, draw(st.sampled_from(SCOPES)), unit, person, name


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_sql_and_python_agree_on_every_row(
    everything: tuple[Session, dict[str, list[Any]]], question: tuple[str, Permission, str, str | None, str | None, str]
) -> None:
    entity, permission, scope, unit_code, person_code, name = question
    session, rows = everything
    units = {unit.code: unit for unit in rows["unit"]}
    people = {person.code: person for person in rows["person"]}
    actor = actor_of(units.get(unit_code or ""), people.get(f"p{person_code}"), scope, name)
    metadata = make_metadata({entity: [permission]}, everything=False)
    model = MODELS[entity]
    criterion = criteria(actor, metadata, model, "list")
    query = select(model.id) if criterion is None else select(model.id).where(criterion)
    by_sql = set(session.scalars(query))
    by_python = {row.id for row in rows[entity] if covers(session, actor, metadata, row, "list")}
    assert by_sql == by_python


def actor_of(unit: Unit | None, person: Person | None, scope: str, name: str) -> Actor:
    held = Held("holder", scope, unit.id if unit else None, unit.path if unit else None)
    home = person.unit if person else None
    return Actor(
        name,
        user_id=person.id if person else None,
        person_id=person.id if person else None,
        unit_id=home.id if home else None,
        unit_path=home.path if home else None,
        grants=(held,),
    )


def test_the_property_is_not_empty(everything: tuple[Session, dict[str, list[Any]]]) -> None:
    _session, rows = everything
    assert all(rows[entity] for entity in ENTITIES if entity not in {"audit_seal", "upload"})
    assert {entity for entity in ENTITIES if not ownership(MODELS[entity]).nobody} > {"unit", "person", "score", "user"}


# --- grants are taken one by one ---


def test_two_grants_never_add_up_to_more() -> None:
    metadata = two_roles(
        reader=Permission(actions=("list", "show")), editor=Permission(actions=("list", "show", "edit"))
    )
    actor = Actor("x", grants=(Held("reader", "all"), Held("editor", "unit", 7, "/1/7/")))
    assert {reach.scope for reach in reaches(actor, metadata, "post", "edit")} == {"unit"}
    assert {reach.scope for reach in reaches(actor, metadata, "post", "list")} == {"all", "unit"}


def two_roles(reader: Permission, editor: Permission) -> Metadata:
    metadata = make_metadata(role="reader")
    roles = {"reader": metadata.roles["reader"], "editor": metadata.roles["reader"]}
    entities = {"post": make_entity("post", {"reader": (reader,), "editor": (editor,)})}
    return metadata.model_copy(update={"roles": roles, "entities": entities})


@pytest.mark.parametrize(
    ("scope", "unit", "home", "expected"),
    [
        ("grant", (7, "/1/7/"), (8, "/8/"), ("subtree", None, "/1/7/")),
        ("unit", (7, "/1/7/"), (8, "/8/"), ("unit", 7, None)),
        ("unit", (None, None), (8, "/8/"), ("unit", 8, None)),
        ("subtree", (None, None), (8, "/8/"), ("subtree", None, "/8/")),
        ("regions", (7, "/1/7/"), (8, "/8/"), ("regions", None, None)),
        ("all", (7, "/1/7/"), (8, "/8/"), ("all", None, None)),
        ("unit", (None, None), (None, None), None),
        ("subtree", (None, None), (None, None), None),
        ("grant", (None, None), (8, "/8/"), None),
    ],
)
def test_a_permission_fixes_the_reach_or_follows_the_grant(
    scope: Any, unit: Any, home: Any, expected: tuple[Any, ...] | None
) -> None:
    metadata = make_metadata({"post": [Permission(actions=("edit",), scope=scope)]})
    actor = Actor("x", unit_id=home[0], unit_path=home[1], grants=(Held("holder", "subtree", *unit),))
    found = [(reach.scope, reach.unit_id, reach.unit_path) for reach in reaches(actor, metadata, "post", "edit")]
    assert found == ([expected] if expected else [])


def test_what_everyone_may_is_given_to_every_role() -> None:
    metadata = make_metadata(everything=False)
    permission = Permission(actions=("list",), scope="all")
    metadata = metadata.model_copy(update={"entities": {"post": make_entity("post", {EVERYONE: (permission,)})}})
    assert may(Actor("x", grants=(Held("other", "self"),)), metadata, "post", "list")
    assert not may(Actor("x"), metadata, "post", "list")
    assert not may(Actor("x", grants=(Held("unheard of", "self"),)), metadata, "post", "list")


def test_a_grant_with_a_scope_that_its_role_does_not_have_counts_for_nothing() -> None:
    metadata = make_metadata()
    role = metadata.roles["holder"].model_copy(update={"scopes": ("unit",)})
    metadata = metadata.model_copy(update={"roles": {"holder": role}})
    assert not may(holder("all"), metadata, "post", "list")


@pytest.mark.parametrize("actor", [None, Actor("x"), Actor("x", grants=(Held("stranger", "all"),))])
def test_nothing_is_allowed_by_default(actor: Actor | None) -> None:
    metadata = make_metadata()
    assert not may(actor, metadata, "post", "list")
    assert str(criteria(actor, metadata, Post, "list")) == str(false())


def test_the_system_may_everything() -> None:
    metadata = make_metadata(everything=False)
    assert may(SYSTEM, metadata, "post", "delete")
    assert criteria(SYSTEM, metadata, Post, "delete") is None


def test_require_says_what_is_not_allowed_in_both_languages(shared: Database) -> None:
    with shared.session(Actor("x")) as session, pytest.raises(NotAllowed) as caught:
        require(session, "post", "delete")
    assert "Delete (Post)" in caught.value.text.in_language("en")
    assert "删除（post）" in caught.value.text.in_language("zh_Hans")
    with shared.session(holder("all")) as session:
        require(session, "post", "delete")


# --- the actor behind a sign-in ---


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "in_force"),
    [
        (None, None, True),
        (date(2026, 3, 2), date(2026, 3, 2), True),
        (date(2026, 3, 3), None, False),
        (None, date(2026, 3, 1), False),
        (date(2025, 1, 1), date(2027, 1, 1), True),
    ],
)
def test_grants_count_between_their_days(
    database: Database, starts_on: date | None, ends_on: date | None, in_force: bool
) -> None:
    with database.session(SYSTEM) as session:
        grant = session.scalars(
            select(Grant).join(Account, Account.id == Grant.user_id).where(Account.username == "uA")
        ).one()
        grant.starts_on, grant.ends_on = starts_on, ends_on
        session.commit()
        actor = load_actor(session, "uA", source="rest", on=date(2026, 3, 2), address="192.0.2.1", language="zh_Hans")
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        assert (Held("holder", "subtree", unit.id, unit.path) in actor.grants) is in_force
        assert (actor.unit_id, actor.unit_path) == (unit.id, unit.path)
        assert (actor.source, actor.address, actor.language) == ("rest", "192.0.2.1", "zh_Hans")
        assert load_actor(session, actor.user_id or 0, source="rest", on=date(2026, 3, 2)).username == "uA"


def test_an_actor_is_loaded_whoever_asks(shared: Database) -> None:
    with shared.session(None) as session:
        assert load_actor(session, "uA", source="screen", on=date(2026, 3, 2)).roles == {"holder"}


def test_who_has_no_sign_in_or_a_closed_one_is_refused(database: Database) -> None:
    with database.session(SYSTEM) as session:
        with pytest.raises(NotFound):
            load_actor(session, "nobody", source="screen", on=date(2026, 3, 2))
        session.scalars(select(Account).where(Account.username == "uA")).one().active = False
        session.commit()
        with pytest.raises(NotAllowed):
            load_actor(session, "uA", source="screen", on=date(2026, 3, 2))
