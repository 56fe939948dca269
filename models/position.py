"""Where a row stands for the permission check: its unit, person and sign-in, and the values conditions look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, FromClause, inspect, select
from sqlalchemy.orm import Mapper

from models.organization import Unit
from models.ownership import ownership

UNITS = Unit.__table__
Place = tuple[str | None, str | None]


@dataclass(slots=True)
class Position:
    """A row's owners and values.

    `place`: (path, kind) of its unit, looked up when it is first asked for; `follow`: the value at a dotted path of
    relations.  The path of a unit that is being added is its parent's, with an open end.
    """

    place: Callable[[], Place]
    follow: Callable[[str], Any]
    unit_id: int | None = None
    person_id: int | None = None
    user_id: int | None = None
    username: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """The value at a column, or at a dotted path of relations."""
        return self.follow(name) if "." in name else self.values.get(name)


class Places:
    """Looks up units and referred-to values on one connection, each once.  Knows no scope: for checks only."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._units: dict[int, Place] = {}
        self._values: dict[tuple[str, str, Any], Any] = {}

    def unit(self, unit_id: int | None) -> Place:
        """(path, kind) of a unit; Nones when there is none."""
        if unit_id is None:
            return None, None
        if unit_id not in self._units:
            row = self.connection.execute(select(UNITS.c.path, UNITS.c.kind).where(UNITS.c.id == unit_id)).first()
            self._units[unit_id] = (row.path, row.kind) if row else (None, None)
        return self._units[unit_id]

    def forget(self) -> None:
        """Look everything up again: units or referred-to rows have changed."""
        self._units.clear()
        self._values.clear()

    def of(self, model: type[Any], values: Mapping[str, Any]) -> Position:
        """The position of a row of `model` whose columns have `values`."""
        owner = ownership(model)
        unit_id = values.get(owner.unit) if owner.unit else None
        return Position(
            place=(lambda: self._place_of_unit(values)) if model is Unit else (lambda: self.unit(unit_id)),
            follow=lambda path: self._follow(inspect(model), values, path.split(".")),
            unit_id=unit_id,
            person_id=values.get(owner.person) if owner.person else None,
            user_id=values.get(owner.user) if owner.user else None,
            username=values.get(owner.username) if owner.username else None,
            values=values,
        )

    def _place_of_unit(self, values: Mapping[str, Any]) -> Place:
        path = values.get("path") or f"{self.unit(values.get('parent_id'))[0] or '/'}new/"
        return path, values.get("kind")

    def _follow(self, mapper: Mapper[Any], values: Mapping[str, Any], path: Sequence[str]) -> Any:
        relation = mapper.relationships[path[0]]
        (column,) = relation.local_columns
        key = (mapper.class_.__name__, ".".join(path), values.get(str(column.key)))
        if key[-1] is None:
            return MISSING
        if key not in self._values:
            target = relation.mapper.local_table
            row = self.connection.execute(select(target).where(target.c.id == key[-1])).mappings().first()
            if row is None:
                self._values[key] = MISSING
            elif len(path) > 2:
                self._values[key] = self._follow(relation.mapper, dict(row), path[1:])
            else:
                self._values[key] = row[_column(relation.mapper, target, path[1])]
        return self._values[key]


MISSING = object()
"""The value at a path that leads nowhere: equal to nothing, not even to an empty value."""


def _column(mapper: Mapper[Any], table: FromClause, name: str) -> Any:
    return table.c[mapper.attrs[name].columns[0].key]
