"""Two versions of a scheme side by side: what was added, removed and changed, part by part and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from config.text import text
from models.errors import Invalid
from models.operations.context import find, spec_of
from models.operations.scheme_shape import PARTS, scheme_from_version
from models.operations.scheme_tree import in_tree_order
from models.scheme import SchemeVersion

LEFT_OUT = frozenset({"scheme", "scheme_version", "number", "state", "published_at", "note", "position", "code"})
"""Fields that identify a row or tell of its version, not of what is evaluated."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's stored value before and after; None = nothing."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of a scheme that differs.  `entity`: item, rater_group, grade_band or scheme_version (its settings).

    `how`: added, removed or changed; `row`: the part as it is, or was when it is gone.
    """

    entity: str
    how: str
    code: str
    row: Any
    changes: tuple[FieldChange, ...] = ()


def compare_versions(session: Session, from_id: int, to_id: int) -> list[PartChange]:
    """Everything that differs between two versions of one scheme: settings, items as the tree has them, groups, grades.

    Raises NotFound outside the actor's reach, Invalid for versions of different schemes.
    """
    before, after = find(session, SchemeVersion, from_id), find(session, SchemeVersion, to_id)
    if before.scheme_id != after.scheme_id:
        raise Invalid(text("These are versions of different schemes.", "这两个版本不属于同一考核方案。"))
    found = []
    if changes := _changes(session, "scheme_version", before, after):
        found.append(PartChange("scheme_version", "changed", "", after, changes))
    for relation, model in PARTS:
        pair = (_ordered(before, relation), _ordered(after, relation))
        found += _parts(session, str(model.entity), *pair)
    return found


def _ordered(version: SchemeVersion, relation: str) -> Sequence[Any]:
    rows = getattr(version, relation)
    if relation != "items":
        return list(rows)
    by_code = {item.code: item for item in rows}
    return [by_code[item.code] for item, _depth in in_tree_order(scheme_from_version(version))]


def _parts(session: Session, entity: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[PartChange]:
    earlier = {row.code: row for row in before}
    later = {row.code for row in after}
    for row in after:
        if row.code not in earlier:
            yield PartChange(entity, "added", row.code, row)
        elif changes := _changes(session, entity, earlier[row.code], row):
            yield PartChange(entity, "changed", row.code, row, changes)
    for row in before:
        if row.code not in later:
            yield PartChange(entity, "removed", row.code, row)


def _changes(session: Session, entity: str, before: Any, after: Any) -> tuple[FieldChange, ...]:
    names = [name for name in spec_of(session, entity).fields if name not in LEFT_OUT]
    pairs = ((name, _value(before, name), _value(after, name)) for name in names)
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


def _value(row: Any, name: str) -> Any:
    """The stored value; an empty text, list or mapping says as much as nothing."""
    value = getattr(row, name)
    return None if value in ("", [], {}) else value
