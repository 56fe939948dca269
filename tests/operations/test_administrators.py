"""The last administrator cannot be taken away by people, only by the system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.account import Account, Grant
from models.errors import WrongState
from models.operations.records import delete_record, save_record
from tests.operations.factories import World

Step = Callable[[Session, int, int], Any]
TAKING_AWAY: dict[str, Step] = {
    "the grant": lambda session, user, grant: delete_record(session, "grant", grant, session.get_one(Grant, grant).version),
    "the sign-in": lambda session, user, grant: delete_record(session, "user", user, session.get_one(Account, user).version),
    "its use": lambda session, user, grant: save_record(
        session, "user", user, {"active": False}, session.get_one(Account, user).version
    ),
    "its time": lambda session, user, grant: save_record(
        session, "grant", grant, {"ends_on": "2020-01-01"}, session.get_one(Grant, grant).version
    ),
}


def add_administrator(world: World, name: str) -> tuple[int, int]:
    user = world.put("user", username=name, first_name="A", last_name="B", email=f"{name}@example.org", active=True)
    return user, world.put("grant", user=user, role="admin", scope="all")


@pytest.mark.parametrize("step", TAKING_AWAY)
def test_the_last_administrator_stays(world: World, step: str) -> None:
    user, grant = add_administrator(world, "one")
    with world.as_role("admin") as session, pytest.raises(WrongState):
        TAKING_AWAY[step](session, user, grant)
    with world.system() as session:
        assert session.get(Grant, grant) is not None
        assert session.get_one(Account, user).active


@pytest.mark.parametrize("step", TAKING_AWAY)
def test_one_of_two_may_go(world: World, step: str) -> None:
    user, grant = add_administrator(world, "one")
    add_administrator(world, "two")
    with world.as_role("admin") as session:
        TAKING_AWAY[step](session, user, grant)
