"""One record about to be saved, as rules see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.specs import model_of

BATCH = 500


class Lookup:
    """Reads whole rows by id, each once, past row scope: rules must not depend on who saves."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._rows: dict[tuple[str, int], Any] = {}
        self._related: dict[tuple[str, str, int], list[Any]] = {}

    def row(self, entity: str, record_id: int | None) -> Any:
        """The columns of a record by name (`row.parent_id`); None when there is none (or not yet)."""
        if not isinstance(record_id, int):
            return None
        key = (entity, record_id)
        if key not in self._rows:
            self.fetch(entity, [record_id])
        return self._rows.get(key)

    def fetch(self, entity: str, ids: Iterable[int]) -> None:
        """Read many records at once."""
        wanted = {number for number in ids if (entity, number) not in self._rows}
        for found in self._read(entity, "id", wanted):
            self._rows[entity, found.id] = found

    def related(self, entity: str, column: str, value: int) -> list[Any]:
        """The records of `entity` whose `column` is `value`, with those that were added by `expect`."""
        if (entity, column, value) not in self._related:
            self.fetch_related(entity, column, [value])
        return self._related[entity, column, value]

    def fetch_related(self, entity: str, column: str, values: Iterable[int]) -> None:
        """Read the records that belong to many values at once."""
        wanted = {value for value in values if (entity, column, value) not in self._related}
        for value in wanted:
            self._related[entity, column, value] = []
        for found in self._read(entity, column, wanted):
            self._related[entity, column, getattr(found, column)].append(found)

    def expect(self, entity: str, column: str, value: int, row: Any) -> None:
        """Count a row that is not stored yet among the related ones; one that it replaces no longer counts."""
        rows = self.related(entity, column, value)
        rows[:] = [other for other in rows if other.id is None or other.id != row.id] + [row]

    def _read(self, entity: str, column: str, values: Iterable[int]) -> Iterator[Any]:
        model = model_of(entity)
        columns = [getattr(model, own.key) for own in inspect(model).column_attrs if not own.deferred]
        wanted = sorted(values)
        for start in range(0, len(wanted), BATCH):
            query = select(*columns).where(getattr(model, column).in_(wanted[start : start + BATCH]))
            with self.session.no_autoflush:
                yield from self.session.execute(query.execution_options(skip_scope=True))


@dataclass(slots=True)
class Change:
    """A record about to be added or changed.

    `values`: field → typed value as it will be (a reference by its id); `before`: the same as it stands now, empty for
    a new record; `problems`: field → what is wrong, filled by rules.  `columns`: columns set by `complete`.
    """

    session: Session
    entity: str
    record_id: int | None
    values: dict[str, Any]
    before: dict[str, Any]
    lookup: Lookup
    effective_on: date | None = None
    problems: dict[str, Text] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether the record is being added."""
        return self.record_id is None

    def changes(self, *names: str) -> bool:
        """Whether any of these fields gets another value."""
        return any(self.values.get(name) != self.before.get(name) for name in names)

    def refuse(self, name: str, en: str, zh_hans: str, **params: Any) -> None:
        """Say what is wrong with a field, unless something was said already."""
        self.problems.setdefault(name, text(en, zh_hans, **params))

    def in_order(self, first: str, last: str) -> None:
        """Refuse an end before its beginning."""
        start, end = self.values.get(first), self.values.get(last)
        if start is not None and end is not None and end < start:
            self.refuse(last, "This must not lie before {start}.", "不能早于 {start}。", start=start)

    def fill(self, name: str, value: Any) -> None:
        """Give a field that is blank a value."""
        if self.values.get(name) in (None, "") and value is not None:
            self.values[name] = value


def _nothing(_change: Change) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for an entity; see the package.  `siblings`: fields by whose value the rule looks at other records of
    the entity (an appointment's person), which an import fetches beforehand."""

    check: Callable[[Change], None] = _nothing
    siblings: tuple[str, ...] = ()
    prepare: Callable[[Change], None] = _nothing
    complete: Callable[[Change], None] = _nothing
