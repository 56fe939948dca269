"""What each row of an import is held against: the records there are, unique values, the actor's reach, frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from config.text import Text
from models import derive
from models.access import reaches
from models.errors import Frozen, NotAllowed
from models.frozen import RULES as FROZEN_RULES
from models.frozen import frozen, is_frozen
from models.guard_grants import deciding_columns, require_grant
from models.operations.constraints import TAKEN, TOGETHER, unique_sets
from models.operations.context import actor_of, metadata_of
from models.operations.import_reading import Pending
from models.operations.keys import CHUNK, WHOLE_TABLE
from models.operations.rules.change import Change
from models.ownership import ownership
from models.specs import MergedSpec

Key = tuple[Any, ...]
FROZEN_BY = frozenset({"state", *(rule.path[0][0] for rules in FROZEN_RULES.values() for rule in rules if rule.path)})
"""The columns that say whether a row is frozen."""


def read_existing(session: Session, spec: MergedSpec, keys: Sequence[Key]) -> dict[Key, Any]:
    """Typed natural key → the record's columns, within the actor's reach."""
    names = [spec.field(name).attribute for name in spec.spec.natural_key]
    columns = [getattr(spec.model, own.key) for own in inspect(spec.model).column_attrs if not own.deferred]
    wanted = {key for key in keys if not any(isinstance(part, Pending) for part in key)}
    leading = getattr(spec.model, names[0])
    query = select(*columns)
    if len(wanted) > WHOLE_TABLE:
        found = session.execute(query).all()
    else:
        values = sorted({key[0] for key in wanted if key[0] is not None}, key=str)
        chunks = [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
        found = [row for chunk in chunks for row in session.execute(query.where(leading.in_(chunk)))]
    by_key = {tuple(getattr(row, name) for name in names): row for row in found}
    return {key: by_key[key] for key in wanted if key in by_key}


class Clashes:
    """Unique values: whether another record, stored or of the same file, has them already."""

    def __init__(self, session: Session, spec: MergedSpec) -> None:
        self.session, self.spec = session, spec
        self.names = {own.attribute: name for name, own in spec.fields.items()}
        self.sets = [columns for columns in dict.fromkeys(unique_sets(spec.model)) if set(columns) <= set(self.names)]
        self.holders: dict[tuple[str, ...], dict[Key, Any]] = {}

    def fetch(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Read who holds the unique values that the rows name, past row scope."""
        for columns in self.sets:
            leading = self.names[columns[0]]
            wanted = {row[leading] for row in rows if leading in row and not isinstance(row[leading], Pending)}
            self.holders[columns] = self._read(columns, wanted - {None})

    def _read(self, columns: tuple[str, ...], wanted: set[Any]) -> dict[Key, Any]:
        attributes = [getattr(self.spec.model, name) for name in columns]
        query = select(self.spec.model.id, *attributes).execution_options(skip_scope=True)
        if len(wanted) > WHOLE_TABLE:
            rows = self.session.execute(query).all()
        else:
            values = sorted(wanted, key=str)
            chunks = [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
            rows = [row for chunk in chunks for row in self.session.execute(query.where(attributes[0].in_(chunk)))]
        return {tuple(row[1:]): row[0] for row in rows}

    def check(self, change: Change) -> None:
        """Refuse the fields whose values are taken."""
        for columns in self.sets:
            holder = self.holders[columns].get(self._key(change, columns))
            if holder is not None and holder != change.record_id:
                for name in columns:
                    change.problems.setdefault(self.names[name], TAKEN if len(columns) == 1 else TOGETHER)

    def take(self, change: Change) -> None:
        """Note that a row of the file will have these values."""
        for columns in self.sets:
            key = self._key(change, columns)
            if None not in key:
                self.holders[columns][key] = change.record_id if change.record_id is not None else change

    def _key(self, change: Change, columns: tuple[str, ...]) -> Key:
        return tuple(change.values.get(self.names[name]) for name in columns)


class RowRights:
    """Whether the actor may write a row, asked once for each combination of the columns that decide it."""

    def __init__(self, session: Session, spec: MergedSpec) -> None:
        self.session, self.spec = session, spec
        self.known: dict[tuple[str, Any], Text | None] = {}
        self.states: dict[tuple[Any, ...], str | None] = {}
        self.can_freeze = spec.entity in FROZEN_RULES
        self.deciding: dict[str, set[str] | None] = {action: self._deciding(action) for action in ("add", "edit")}

    def _deciding(self, action: str) -> set[str] | None:
        """The columns that decide about an action; None when the actor may do it on every row."""
        found = reaches(actor_of(self.session), metadata_of(self.session), self.spec.entity, action)
        if any(reach.scope == "all" and not reach.where for reach in found):
            return None
        columns = deciding_columns(self.session, self.spec.model, action) | {"parent_id", "path"}
        owner = ownership(self.spec.model)
        if not any(reach.scope == "self" for reach in found):
            columns -= {owner.person, owner.user, owner.username} - {None, owner.unit}
        return columns

    def check(self, change: Change) -> None:
        """Refuse a row that the actor may not write, or that is frozen, before or after the change."""
        action = "add" if change.is_new else "edit"
        if self.deciding[action] is None and not self.can_freeze:
            return
        for values in [change.values] if change.is_new else [change.before, change.values]:
            columns = self._columns(change, values)
            refusal = self._refusal(action, columns)
            if refusal is not None:
                change.problems.setdefault(self.spec.spec.natural_key[0], refusal)
                return

    def _columns(self, change: Change, values: Mapping[str, Any]) -> dict[str, Any]:
        columns = {self.spec.field(name).attribute: value for name, value in values.items()}
        columns = {name: None if isinstance(value, Pending) else value for name, value in columns.items()}
        columns["id"] = change.record_id
        source = derive.OWNER_FROM.get(self.spec.entity)
        if source is not None:
            (reference, entity), taken_over = source
            row = change.lookup.row(entity, columns.get(reference))
            if row is not None:
                columns |= {name: getattr(row, name) for name in taken_over}
        if self.spec.entity == "unit" and not change.is_new:
            own = change.lookup.row("unit", change.record_id)
            columns["path"] = own.path if own is not None else ""
        return columns

    def _refusal(self, action: str, columns: dict[str, Any]) -> Text | None:
        deciding = (self.deciding[action] or set()) | (FROZEN_BY if self.can_freeze else set())
        key = (action, tuple(sorted((name, repr(value)) for name, value in columns.items() if name in deciding)))
        if key not in self.known:
            self.known[key] = self._ask(action, columns)
        return self.known[key]

    def _ask(self, action: str, columns: dict[str, Any]) -> Text | None:
        connection = self.session.connection()
        try:
            require_grant(self.session, connection, self.spec.model, action, columns)
            if is_frozen(connection, self.spec.entity, columns, self.states):
                raise frozen(metadata_of(self.session), self.spec.entity)
        except (NotAllowed, Frozen) as error:
            return error.text
        return None
