"""Checks that the items form a tree (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Iterator

from config.text import text
from plugins.engine.checking.words import error, one_of, repeated, unknown
from plugins.engine.scheme import ITEM_KINDS, Finding, Item, Scheme
from plugins.engine.tree import ADJUSTMENTS


def check_structure(scheme: Scheme) -> Iterator[Finding]:
    """Codes, kinds, parents, circles, and dimensions with both fixed and individual items."""
    yield from repeated("items", "code", [item.code for item in scheme.items])
    items = {item.code: item for item in scheme.items}
    for item in scheme.items:
        why = one_of(item.kind, ITEM_KINDS)
        if why is not None:
            yield error("items", item.code, "kind", why)
        yield from _parent(item, items)
    yield from _circles(items)
    yield from _mixed(scheme)


def _parent(item: Item, items: dict[str, Item]) -> Iterator[Finding]:
    if not item.parent:
        return
    parent = items.get(item.parent)
    if parent is None:
        known = [code for code, own in items.items() if own.kind == "dimension"]
        yield error("items", item.code, "parent", unknown(item.parent, known, "dimension", "维度"))
    elif parent.kind != "dimension":
        yield error(
            "items",
            item.code,
            "parent",
            text(
                "“{parent}” is no dimension, so nothing can stand under it",
                "“{parent}”不是维度，不能有下级",
                parent=item.parent,
            ),
        )


def _circles(items: dict[str, Item]) -> Iterator[Finding]:
    """Each item that is its own ancestor."""
    safe: set[str] = set()
    for start in items:
        path: list[str] = []
        code: str | None = start
        while code and code in items and code not in safe and code not in path:
            path.append(code)
            code = items[code].parent
        if code in path:
            for member in path[path.index(code) :]:
                yield error(
                    "items",
                    member,
                    "parent",
                    text("“{code}” stands under itself", "“{code}”是自己的上级（循环）", code=member),
                )
        safe.update(path)


def _mixed(scheme: Scheme) -> Iterator[Finding]:
    """An open dimension has no fixed items."""
    individual = {item.parent for item in scheme.items if item.participant and item.kind == "indicator"}
    for item in scheme.items:
        fixed = item.kind not in ADJUSTMENTS and not item.participant
        if fixed and item.parent and item.parent in individual:
            yield error("items", item.code, "participant", text(
                "“{parent}” holds individual items, so “{code}” needs a participant too",
                "“{parent}”下为个性指标，“{code}”也应指明考核对象", parent=item.parent, code=item.code,
            ))  # fmt: skip
        if item.participant and item.kind == "indicator" and not item.parent:
            yield error(
                "items",
                item.code,
                "parent",
                text("an individual item stands under an open dimension", "个性指标应归属于一个开放维度"),
            )
