"""Shaping the tree of a draft: moving items, adding one beside or below another, removing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from config.text import text
from models.access import require
from models.errors import Invalid, WrongState
from models.operations.context import find, require_version
from models.operations.records import delete_record, save_record
from models.operations.scheme_tree import WEIGHTED
from models.operations.unit_of_work import unit_of_work
from models.scheme import Item, SchemeVersion

STEPS = ("up", "down", "indent", "outdent")
PLACES = ("before", "after", "into")
FRESH = {"method": "ratio", "value_type": "number", "direction": "higher"}
"""What a new indicator begins with; its panel says the rest."""


@unit_of_work
def move_item(session: Session, item_id: int, version: int | None, parent: str | None, position: int) -> Item:
    """Put an item of a draft below `parent` (a code; None = the top) as its `position`-th child, from 0.

    Raises Stale, Frozen or WrongState for a version that is published, Invalid for a parent that is no dimension or lies
    below the item itself.
    """
    item = _open(session, item_id, version)
    order = list(item.scheme_version.items)
    parent = parent or None
    _require_parent(item, parent, order)
    item.parent = parent
    siblings = siblings_of(item)
    rest = [one for one in siblings if one is not item]
    order.remove(item)
    at = max(0, min(position, len(rest)))
    order.insert(order.index(rest[at]) if at < len(rest) else order.index(rest[-1]) + 1 if rest else len(order), item)
    for place, one in enumerate(order):
        if one.position != place:
            one.position = place
    session.flush()
    session.expire(item.scheme_version, ["items"])
    return item


@unit_of_work
def step_item(session: Session, item_id: int, version: int | None, step: str) -> Item:
    """Move an item one step: `up` or `down` among its siblings, `indent` below the dimension before it, `outdent`
    behind its parent.  Where there is nowhere to go it stays.  Raises what `move_item` raises."""
    item = _open(session, item_id, version)
    siblings = siblings_of(item)
    at = siblings.index(item)
    if step == "up":
        return move_item(session, item_id, version, item.parent, at - 1) if at else item
    if step == "down":
        return move_item(session, item_id, version, item.parent, at + 1) if at + 1 < len(siblings) else item
    if step == "indent":
        above = siblings[at - 1] if at else None
        if above is None or above.kind != "dimension" or item.kind not in WEIGHTED:
            return item
        return move_item(session, item_id, version, above.code, len(item.scheme_version.items))
    parent = next((one for one in item.scheme_version.items if one.code == item.parent), None)
    if parent is None:
        return item
    return move_item(session, item_id, version, parent.parent, siblings_of(parent).index(parent) + 1)


@unit_of_work
def place_item(session: Session, item_id: int, version: int | None, target_id: int, place: str) -> Item:
    """Move an item `before`, `after` or `into` another of its version.  Raises what `move_item` raises."""
    item, target = _open(session, item_id, version), find(session, Item, target_id)
    if target.scheme_version_id != item.scheme_version_id:
        raise Invalid(text("These items are of different versions.", "这些指标不属于同一版本。"))
    if target is item:
        return item
    if place == "into":
        return move_item(session, item_id, version, target.code, len(item.scheme_version.items))
    rest = [one for one in siblings_of(target) if one is not item]
    return move_item(session, item_id, version, target.parent, rest.index(target) + (place == "after"))


@unit_of_work
def add_item(session: Session, beside_id: int, place: str, values: Mapping[str, Any]) -> Item:
    """Add an item with `code`, `name`, `kind` behind another (`after`) or as its last child (`into`).

    An indicator begins as a plain ratio.  Raises Invalid with its fields.
    """
    beside = find(session, Item, beside_id)
    kind = str(values.get("kind") or "indicator")
    in_tree = kind in WEIGHTED and beside.kind in WEIGHTED
    parent = (beside.code if place == "into" else beside.parent) if in_tree else None
    begun = FRESH if kind == "indicator" else {"params": {"max_score": "0"}} if kind == "veto" else {}
    given = {**begun, **values, "kind": kind, "parent": parent, "scheme_version": beside.scheme_version_id}
    last = max(one.position for one in beside.scheme_version.items)
    added: Item = save_record(session, "item", None, {**given, "position": last + 1}, None)
    session.expire(beside.scheme_version, ["items"])
    if in_tree and place != "into":
        return move_item(session, added.id, added.version, parent, siblings_of(beside).index(beside) + 1)
    return added


@unit_of_work
def remove_item(session: Session, item_id: int, version: int | None) -> SchemeVersion:
    """Delete an item that has none below it; the version it was in.  Raises WrongState, Stale, NotAllowed."""
    item = find(session, Item, item_id)
    owner = item.scheme_version
    below = [one.code for one in owner.items if one.parent == item.code]
    if below:
        raise WrongState(
            text(
                "{code} has items below it ({below}); move or delete those first.",
                "{code} 下还有指标（{below}），请先移动或删除。",
                code=item.code,
                below=", ".join(below),
            )
        )
    delete_record(session, "item", item_id, version)
    session.expire(owner, ["items"])
    return owner


def siblings_of(item: Item) -> list[Item]:
    """The items that stand beside this one, itself among them, in order; adjustments stand beside each other."""
    items = item.scheme_version.items
    if item.kind not in WEIGHTED:
        return [one for one in items if one.kind not in WEIGHTED]
    return [one for one in items if one.kind in WEIGHTED and (one.parent or None) == (item.parent or None)]


def _open(session: Session, item_id: int, version: int | None) -> Item:
    item = find(session, Item, item_id)
    require(session, "item", "edit", item)
    require_version(item, version)
    if item.scheme_version.state != "draft":
        raise WrongState(text("This version is published and frozen.", "该版本已发布并冻结。"))
    return item


def _require_parent(item: Item, parent: str | None, items: list[Item]) -> None:
    if parent is None:
        return
    if item.kind not in WEIGHTED:
        wrong = text("Bonus, deduction and veto have no parent.", "加分、扣分、否决项没有上级维度。")
        raise Invalid(wrong, {"parent": wrong})
    by_code = {one.code: one for one in items}
    above = by_code.get(parent)
    if above is None or above.kind != "dimension":
        wrong = text("“{parent}” is no dimension of this version.", "“{parent}”不是该版本的维度。", parent=parent)
        raise Invalid(wrong, {"parent": wrong})
    while above is not None:
        if above is item:
            wrong = text("An item cannot stand below itself.", "指标不能置于自身之下。")
            raise Invalid(wrong, {"parent": wrong})
        above = by_code.get(above.parent or "")
