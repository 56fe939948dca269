"""The demo's sign-ins: one a role to try it with, and the liaison and the leader of every other unit.

Only the first can be signed in with; the others wait for a password and are there because somebody must have filled
in and approved the forms of their units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.operations.accounts import create_account
from models.operations.records import save_record
from models.organization import Unit
from seeds.demo_people import Staff
from seeds.demo_units import DEPARTMENT, divisions

OWN_UNIT = "BUDGET"
"""The unit whose liaison, leader, staff member and rater have sign-ins to try."""
COMPOUND = ("欧阳",)
"""Family names of two characters among the invented ones."""
UNUSABLE = "!"
"""A hash that no password has."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in called like its role: who is behind it (unit, role of the post, which of them) and its reach."""

    role: str
    unit: str
    post: str
    number: int
    scope: str


SIGN_INS = (
    SignIn("comprehensive", "COMPR", "affairs", 0, "all"),
    SignIn("indicator", "PERF", "affairs", 0, "all"),
    SignIn("regional", "LOCAL", "affairs", 0, "regions"),
    SignIn("leadership", DEPARTMENT, "deputy", 0, "all"),
    SignIn("supervision", "PARTY", "business", 0, "all"),
    SignIn("liaison", OWN_UNIT, "affairs", 0, "unit"),
    SignIn("leader", OWN_UNIT, "chief", 0, "unit"),
    SignIn("staff", OWN_UNIT, "business", 0, "self"),
    SignIn("rater", OWN_UNIT, "business", 1, "self"),
)
"""Everything but `admin`, who makes them, and `personnel`, who enters the people behind them."""


def liaison_of(unit: str) -> str:
    """The sign-in of a unit's liaison."""
    return "liaison" if unit == OWN_UNIT else f"{unit.lower()}.liaison"


def leader_of(unit: str) -> str:
    """The sign-in of a unit's leader."""
    return "leader" if unit == OWN_UNIT else f"{unit.lower()}.leader"


def add_admin(session: Session, password_hash: str, since: date) -> None:
    """The first sign-in, made by the system; who is behind it is entered once there are people."""
    _add(session, "admin", ("管理", "员"), None, password_hash, {"role": "admin", "scope": "all", "starts_on": since})


def add_personnel(session: Session, password_hash: str, since: date) -> None:
    """The personnel office's sign-in, which enters the people."""
    grant = {"role": "personnel", "scope": "all", "starts_on": since}
    _add(session, "personnel", ("人事", "处"), None, password_hash, grant)


def introduce_first(session: Session, staff: Staff) -> None:
    """Enter who is behind the two sign-ins that came before the people."""
    for username, unit in (("admin", "INFO"), ("personnel", "PERSONNEL")):
        account = session.scalars(select(Account).where(Account.username == username)).one()
        person, name = staff.one(unit, "business", 1)
        last_name, first_name = split_name(name)
        values = {"person": person, "last_name": last_name, "first_name": first_name}
        save_record(session, "user", account.id, values, account.version)


def add_sign_ins(session: Session, units: dict[str, int], staff: Staff, password_hash: str, since: date) -> None:
    """The sign-ins of the other roles, then those of every unit's line.  `password_hash`: of the former."""
    for one in SIGN_INS:
        person, name = staff.one(one.unit, one.post, one.number)
        unit = units[OWN_UNIT] if one.scope == "unit" else None
        grant = {"role": one.role, "scope": one.scope, "unit": unit, "starts_on": since}
        _add(session, one.role, split_name(name), person, password_hash, grant)
    for row in divisions():
        if row["code"] == OWN_UNIT:
            continue
        for post, role, username in (
            ("affairs", "liaison", liaison_of(row["code"])),
            ("chief", "leader", leader_of(row["code"])),
        ):
            person, name = staff.one(row["code"], post)
            if row["code"] in TAKEN and TAKEN[row["code"]] == post:
                person, name = staff.one(row["code"], "business", 1)
            grant = {"role": role, "scope": "unit", "unit": units[row["code"]], "starts_on": since}
            _add(session, username, split_name(name), person, UNUSABLE, grant)


TAKEN = {one.unit: one.post for one in SIGN_INS if one.post in {"affairs", "chief"} and one.unit != OWN_UNIT}
"""Units whose usual liaison has a sign-in for another role already."""


def name_leaders(session: Session, units: dict[str, int], staff: Staff) -> None:
    """Enter who leads the department and each of its units."""
    for code in (DEPARTMENT, *(row["code"] for row in divisions())):
        unit = session.get_one(Unit, units[code])
        save_record(session, "unit", unit.id, {"leader": staff.one(code, "chief")[0]}, unit.version)


def split_name(name: str) -> tuple[str, str]:
    """Family and given name."""
    length = 2 if name.startswith(COMPOUND) else 1
    return name[:length], name[length:]


def _add(
    session: Session,
    username: str,
    name: tuple[str, str],
    person: int | None,
    password_hash: str,
    grant: dict[str, Any],
) -> None:
    values = {
        "username": username,
        "last_name": name[0],
        "first_name": name[1],
        "email": f"{username}@finance.example",
        "person": person,
        "active": True,
    }
    create_account(session, values, password_hash, [grant])
