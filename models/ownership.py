"""Whose a row is: the columns that row scope hangs on, read off the mapped class once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User as BaseUser

from models.account import Account, Grant
from models.audit import AuditEntry
from models.base import PersonOwned, UnitOwned
from models.cycle import Rating
from models.organization import Appointment, Person, Unit
from models.setting import Upload

REGION_KINDS = ("city", "county")
"""The kinds of units that the reach `regions` covers."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The column keys by which a row belongs to a unit, a person, a sign-in (by id or by name); None = by none."""

    unit: str | None = None
    person: str | None = None
    user: str | None = None
    username: str | None = None

    @property
    def nobody(self) -> bool:
        """True when no row of the class belongs to anyone: schemes, cycles, settings."""
        return self == Ownership()


_SPECIAL: dict[type[Any], Ownership] = {
    Unit: Ownership(unit="id"),
    Person: Ownership(unit="unit_id", person="id"),
    Appointment: Ownership(unit="unit_id", person="person_id"),
    BaseUser: Ownership(user="id"),
    Account: Ownership(user="id"),
    Grant: Ownership(user="user_id"),
    Rating: Ownership(unit="unit_id", username="rater"),  # a ballot is its rater's own, not the participant's
    AuditEntry: Ownership(unit="unit_id", username="username"),
    Upload: Ownership(username="username"),
}


def ownership(model: type[Any]) -> Ownership:
    """How the rows of a mapped class are owned."""
    if model in _SPECIAL:
        return _SPECIAL[model]
    if issubclass(model, PersonOwned):
        return Ownership(unit="unit_id", person="person_id")
    if issubclass(model, UnitOwned):
        return Ownership(unit="unit_id")
    return Ownership()
