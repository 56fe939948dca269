"""Items taken over from another scheme version into a draft, with everything that says how they are scored."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from config.text import text
from models.access import require
from models.errors import Invalid, WrongState
from models.operations.context import find, spec_of
from models.operations.records import save_record
from models.operations.scheme_shape import scheme_from_version
from models.operations.scheme_tree import in_tree_order
from models.operations.unit_of_work import unit_of_work
from models.scheme import Item, SchemeVersion

OWN = frozenset({"scheme_version", "position", "parent", "participant"})
"""What an item does not take along: its place, and whom alone it counted for."""


@unit_of_work
def copy_items(
    session: Session, version_id: int, source_id: int, codes: Collection[str], parent: str | None = None
) -> list[Item]:
    """Copy items by code from the version `source_id` to the end of a draft, in the source's order.

    An item stays below its dimension where that is copied too, else goes below `parent` (a dimension of the draft; None =
    the top).  Nothing is copied when anything is wrong: Invalid for codes that are taken or unknown, WrongState for a
    version that is published.
    """
    version, source = find(session, SchemeVersion, version_id), find(session, SchemeVersion, source_id)
    require(session, "item", "add")
    if version.state != "draft":
        raise WrongState(text("This version is published and frozen.", "该版本已发布并冻结。"))
    items = {item.code: item for item in source.items}
    wanted = [items[item.code] for item, _ in in_tree_order(scheme_from_version(source)) if item.code in codes]
    if not wanted or len(wanted) < len(set(codes)):
        raise Invalid(text("Choose items of that version to copy.", "请选择该版本中要复制的指标。"))
    present = {item.code for item in version.items}
    if taken := [item.code for item in wanted if item.code in present]:
        listed = ", ".join(taken)
        raise Invalid(
            text("These codes are in the draft already: {codes}.", "草稿中已有这些编码：{codes}。", codes=listed)
        )
    names = [
        name for name, field in spec_of(session, "item").fields.items() if name not in OWN and not field.spec.readonly
    ]
    last = max((item.position for item in version.items), default=-1)
    copied = []
    for at, item in enumerate(wanted, last + 1):
        values: dict[str, Any] = {name: getattr(item, name) for name in names}
        above = item.parent if item.parent in codes else parent
        place = {"scheme_version": version.id, "position": at}
        values |= place | {"parent": above if item.kind in {"dimension", "indicator"} else None}
        copied.append(save_record(session, "item", None, values, None))
        session.expire(version, ["items"])
    return copied
