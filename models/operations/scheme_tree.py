"""Simple questions about a scheme's tree: what stands at the top, in which order and how deep items are shown."""

from __future__ import annotations

from collections.abc import Iterator

from plugins.engine.scheme import Item, Scheme

WEIGHTED = ("dimension", "indicator")


def top_codes(scheme: Scheme) -> tuple[str, ...]:
    """The codes of the root's children: below the single parentless dimension, else the parentless items."""
    weighted = [item for item in scheme.items if item.kind in WEIGHTED]
    parentless = [item for item in weighted if not item.parent]
    if len(parentless) == 1 and parentless[0].kind == "dimension":
        return tuple(item.code for item in weighted if item.parent == parentless[0].code)
    return tuple(item.code for item in parentless)


def in_tree_order(scheme: Scheme) -> Iterator[tuple[Item, int]]:
    """Every item with its depth: each dimension before what is below it, in the order written; adjustments last."""
    children: dict[str, list[Item]] = {}
    for item in scheme.items:
        if item.kind in WEIGHTED:
            children.setdefault(item.parent or "", []).append(item)
    stack = [(item, 0) for item in reversed(children.get("", []))]
    while stack:
        item, depth = stack.pop()
        yield item, depth
        stack += [(child, depth + 1) for child in reversed(children.get(item.code, []))]
    yield from ((item, 0) for item in scheme.items if item.kind not in WEIGHTED)
