"""What is published, closed or sealed does not change, not even for the system."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actor import SYSTEM
from models.audit import AuditEntry
from models.cycle import Adjustment, Cycle, Entry, Form, LinkedRate, Participant, Rating, Remark, Track
from models.db import Database
from models.errors import Frozen
from models.guard import verb
from models.result import Run, Score, Total
from models.scheme import GradeBand, Item, RaterGroup, SchemeVersion
from tests.models.making import NOW

Change = Callable[[Session], Any]


def first(session: Session, model: type[Any]) -> Any:
    return session.scalars(select(model).order_by(model.id)).first()


def edit(model: type[Any], column: str, value: Any) -> Change:
    def change(session: Session) -> None:
        setattr(first(session, model), column, value)

    return change


def remove(model: type[Any]) -> Change:
    def change(session: Session) -> None:
        session.delete(first(session, model))

    return change


def add(model: type[Any], **about: Any) -> Change:
    """A copy of the first row with something else about it."""

    def change(session: Session) -> None:
        old = first(session, model)
        keys = [key for key in dict(model.__mapper__.column_attrs) if key not in {"id", "version"}]
        session.add(model(**{**{key: getattr(old, key) for key in keys}, **about}))

    return change


def take_out(session: Session) -> None:
    version = first(session, SchemeVersion)
    version.items.clear()
    session.flush()


VERSION = {
    "version": edit(SchemeVersion, "note", "n"),
    "version back to draft": edit(SchemeVersion, "state", "draft"),
    "item": edit(Item, "weight", 1.0),
    "item removed": remove(Item),
    "item added": add(Item, code="n"),
    "item taken out": take_out,
    "rater group": edit(RaterGroup, "weight", 1.0),
    "rater group removed": remove(RaterGroup),
    "rater group added": add(RaterGroup, code="n"),
    "grade band": edit(GradeBand, "quota", 0.5),
    "grade band removed": remove(GradeBand),
    "grade band added": add(GradeBand, code="n"),
}
OPEN = {
    "track": edit(Track, "name", "n"),
    "track removed": remove(Track),
    "track added": lambda s: s.add(Track(cycle=first(s, Cycle), scheme_version_id=99, name="n")),
    "participant": edit(Participant, "group", "n"),
    "participant removed": remove(Participant),
    "participant added": add(Participant, code="n"),
}
BELOW = {
    "form": edit(Form, "returned_times", 5),
    "form state": edit(Form, "state", "approved"),
    "entry": edit(Entry, "actual", 5.0),
    "entry removed": remove(Entry),
    "remark": edit(Remark, "text", "n"),
    "remark added": add(Remark, text="n"),
    "adjustment": edit(Adjustment, "points", 5.0),
    "adjustment added": add(Adjustment, points=9.0),
    "rating": edit(Rating, "score", 5.0),
    "rating added": add(Rating, rater="n"),
    "linked rate": edit(LinkedRate, "rate", 0.5),
    "linked rate added": add(LinkedRate, source="n"),
    "run": edit(Run, "reason", "n"),
    "run added": add(Run, number=2),
    "total": edit(Total, "total", 5.0),
    "score": edit(Score, "packed", b"n"),
}
CLOSED = {"cycle": edit(Cycle, "name", "n"), "cycle opened again": edit(Cycle, "state", "open"), **OPEN, **BELOW}
RUN = {
    "run": edit(Run, "reason", "n"),
    "run taken back": edit(Run, "state", "draft"),
    "run removed": remove(Run),
    "total": edit(Total, "total", 5.0),
    "total hidden": edit(Total, "is_published", True),
    "total removed": remove(Total),
    "score": edit(Score, "packed", b"n"),
    "score removed": remove(Score),
}


def cases() -> list[Any]:
    groups: tuple[tuple[type[Any], str, dict[str, Change]], ...] = (
        (SchemeVersion, "published", VERSION),
        (SchemeVersion, "retired", VERSION),
        (Cycle, "open", OPEN),
        (Cycle, "closed", CLOSED),
        (Run, "published", RUN),
        (Run, "superseded", RUN),
    )
    return [
        pytest.param(model, state, change, id=f"{model.__tablename__} {state}: {name}")
        for model, state, changes in groups
        for name, change in changes.items()
    ]


@pytest.mark.parametrize(("model", "state", "change"), cases())
def test_frozen_rows_refuse_change_and_others_take_it(
    shared: Database, model: type[Any], state: str, change: Change
) -> None:
    with shared.session(SYSTEM) as session:
        with suppress(IntegrityError):  # still in use, or made up: the guard let it pass
            attempt(session, change)
        session.rollback()
        first(session, model).state = state
        session.flush()
        with pytest.raises(Frozen):
            attempt(session, change)


def attempt(session: Session, change: Change) -> None:
    change(session)
    session.flush()


@pytest.mark.parametrize("change", [edit(AuditEntry, "username", "n"), remove(AuditEntry), add(AuditEntry, seal="n")])
def test_the_audit_trail_is_never_written_by_hand(shared: Database, change: Change) -> None:
    with shared.session(SYSTEM) as session, pytest.raises(Frozen):
        attempt(session, change)


def test_a_verb_thaws_the_columns_it_names_and_no_others(database: Database) -> None:
    with database.session(SYSTEM) as session:
        run = first(session, Run)
        run.state = "published"
        session.commit()
        thaws = {"run": {"state"}, "total": {"is_published"}}
        with verb(session, "run.publish", run, writes={"run", "total"}, thaws=thaws):
            run.state = "superseded"
            first(session, Total).is_published = True
        session.commit()
        assert (first(session, Run).state, first(session, Total).is_published) == ("superseded", True)

        def too_much() -> None:
            with verb(session, "run.publish", run, writes={"run", "total"}, thaws=thaws):
                first(session, Total).total = 5.0

        with pytest.raises(Frozen):
            too_much()


def test_a_row_can_not_be_moved_into_something_frozen(database: Database) -> None:
    with database.session(SYSTEM) as session:
        cycle = first(session, Cycle)
        other = Cycle(code="n", name="n", kind="year", start_on=cycle.start_on, end_on=cycle.end_on, state="closed")
        session.add(other)
        session.flush()
        track = first(session, Track)
        track.cycle_id = other.id
        with pytest.raises(Frozen) as caught:
            session.flush()
    assert "已发布或已关闭" in caught.value.text.in_language("zh_Hans")


def test_a_cycle_opens_with_what_belongs_to_the_opening(database: Database) -> None:
    with database.session(SYSTEM) as session:
        first(session, Participant).name = "as on its day"
        first(session, Cycle).state = "open"
        session.commit()
        first(session, Form).saved_at = NOW
        first(session, Cycle).state = "closed"
        session.commit()
        first(session, Form).saved_at = None
        with pytest.raises(Frozen):
            session.commit()
