"""Sign-ins and their grants.  Flask-AppBuilder keeps the password; who may do what is a grant of ours."""

from __future__ import annotations

from datetime import date

from flask_appbuilder.security.sqla.models import User as BaseUser
from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Record, Versioned
from models.organization import Person, Unit


class Account(Versioned, BaseUser):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """A sign-in (table `ab_user`), with the person behind it and the chosen language.

    `session_epoch`: raised by signing out and by a new password; a session or token of an earlier epoch is refused.
    """

    __tablename__ = "ab_user"
    entity = "user"

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    language: Mapped[str | None] = mapped_column(String(10))
    session_epoch: Mapped[int] = mapped_column(default=0, server_default="0")

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class Grant(Record, Versioned):
    """`user` holds `role` as far as `scope` reaches (`subtree` and `unit`: of `unit`), between two days."""

    __tablename__ = "grant"
    entity = "grant"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)

    user: Mapped[Account] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
