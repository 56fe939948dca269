"""What all stored things share: the declarative base, typed time, optimistic versions and row ownership."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, Integer, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

metadata: MetaData = Model.metadata
"""One catalogue for our tables and Flask-AppBuilder's, so that both are migrated together."""

metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name that is the same on every database, so that a migration can refer to it."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and always aware in Python; SQLite drops the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Record(Model):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """Base of every stored class.  `entity` is its code in metadata, REST, imports and the audit trail."""

    __abstract__ = True
    entity: ClassVar[str]

    id: Mapped[int] = mapped_column(Integer, primary_key=True)


class Versioned:
    """A row that people edit: every form, PUT and import returns the version it read; a stale save is refused."""

    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class UnitOwned:
    """A row that belongs to a unit; row scope hangs on `unit_id`."""

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)


class PersonOwned(UnitOwned):
    """A row that may concern one person: `person_id` is that person, `unit_id` the unit it is counted in."""

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
