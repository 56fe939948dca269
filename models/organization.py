"""Who there is: units with their history, posts, people and appointments by date."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Record, UnitOwned, Versioned

Path = String(255).with_variant(String(255, collation="C"), "postgresql")
"""Compared byte by byte on every database, so that an index serves "all that begins with"."""


class Unit(Record, Versioned):
    """A unit of the tree, with its current name, parent and leader; cities and counties are units too.

    `path` is the materialized chain of ids from the root ("/1/7/"), kept by the write path, so that "this unit
    with all below it" is one prefix.  A unit owns itself: row scope hangs on its `id`.  A new unit and its new leader
    are written one after the other.
    """

    __tablename__ = "unit"
    entity = "unit"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", use_alter=True))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    path: Mapped[str] = mapped_column(Path, default="", server_default="", index=True)
    opened_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)

    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id", foreign_keys=[parent_id])
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id])

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class UnitVersion(Record, UnitOwned):
    """What a unit was called and where it hung from `valid_from` on, until `valid_to` (exclusive; None = still)."""

    __tablename__ = "unit_version"
    entity = "unit_version"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    unit: Mapped[Unit] = relationship(foreign_keys="UnitVersion.unit_id")
    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id])
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id])


class UnitSuccession(Record, UnitOwned):
    """`unit` was followed by `successor` on a date, because of a rename, merge or split."""

    __tablename__ = "unit_succession"
    entity = "unit_succession"

    successor_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship(foreign_keys="UnitSuccession.unit_id")
    successor: Mapped[Unit] = relationship(foreign_keys=[successor_id])


class Post(Record, Versioned, UnitOwned):
    """A post of a unit; `establishment` is how many people it may have."""

    __tablename__ = "post"
    entity = "post"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))
    level: Mapped[str | None] = mapped_column(String(20))
    establishment: Mapped[int] = mapped_column(default=1, server_default="1")
    duties: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship(foreign_keys="Post.unit_id")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Person(Record, Versioned, UnitOwned):
    """An employee; `unit` is where the person is on the roster.  A sign-in may point here (`Account.person_id`)."""

    __tablename__ = "person"
    entity = "person"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_sort: Mapped[str] = mapped_column(String(240), default="", server_default="", index=True)
    gender: Mapped[str | None] = mapped_column(String(10))
    born_on: Mapped[date | None] = mapped_column(Date)
    joined_on: Mapped[date | None] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))

    unit: Mapped[Unit] = relationship(foreign_keys="Person.unit_id")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Appointment(Record, Versioned, UnitOwned):
    """A person holds a post from `start_on` until `end_on` (inclusive; None = still).  `unit` is the post's."""

    __tablename__ = "appointment"
    entity = "appointment"
    __table_args__ = (UniqueConstraint("person_id", "post_id", "start_on"), Index("ix_appointment_end_on", "end_on"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    start_on: Mapped[date] = mapped_column(Date)
    end_on: Mapped[date | None] = mapped_column(Date)
    is_primary: Mapped[bool] = mapped_column(default=True, server_default="1")
    document: Mapped[str | None] = mapped_column(String(120))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    post: Mapped[Post] = relationship(foreign_keys=[post_id])
    unit: Mapped[Unit] = relationship(foreign_keys="Appointment.unit_id")
