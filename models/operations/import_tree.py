"""References among the rows of one file: which row comes first, and which rows go round in a circle."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.operations.import_reading import Pending
from models.specs import MergedField, MergedSpec

CIRCLE = text("This goes round in a circle: the record would belong to itself.", "形成循环：该记录将隶属于自身。")


def own_reference(spec: MergedSpec) -> MergedField | None:
    """The field by which the records of an entity form a tree; None when they do not."""
    found = [field for field in spec.referring(spec.entity) if not field.spec.readonly]
    return found[0] if found else None


def in_circles(session: Session, spec: MergedSpec, parents: Mapping[Hashable, Any]) -> set[Hashable]:
    """Of the nodes in `parents` (an id, or the key of a new row → its parent), those that belong to themselves."""
    field = own_reference(spec)
    if field is None or not parents:
        return set()
    column = getattr(spec.model, field.attribute)
    stored = session.execute(select(spec.model.id, column).execution_options(skip_scope=True))
    above: dict[Hashable, Any] = {row[0]: row[1] for row in stored}
    above |= parents
    return {node for node in parents if _returns(node, above)}


def _returns(node: Hashable, above: Mapping[Hashable, Any]) -> bool:
    seen: set[Hashable] = set()
    at: Any = above.get(node)
    while at is not None and at not in seen:
        if at == node:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def node_of(record_id: int | None, key: tuple[Any, ...]) -> Hashable:
    """What a row is called in the tree: its id, or a pending reference to it."""
    return record_id if record_id is not None else Pending(tuple(str(part) for part in key))
