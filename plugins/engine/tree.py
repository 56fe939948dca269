"""The tree of a scheme (scoring.md 1): who stands under whom, always in the order of codes.

The order of codes is that of their characters' code points, as Python compares strings; sums over siblings run in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plugins.engine.scheme import Item, Scheme

ADJUSTMENTS = ("bonus", "deduction", "veto")


@dataclass(frozen=True, slots=True)
class Tree:
    """`items`: dimensions and indicators by code, sorted; `children`: parent → codes, sorted (None: parentless items);
    `root`: the single parentless dimension, or None for the nameless arithmetic root; `adjustments`: sorted."""

    items: Mapping[str, Item]
    children: Mapping[str | None, tuple[str, ...]]
    root: str | None
    adjustments: tuple[Item, ...]

    @property
    def top(self) -> tuple[str, ...]:
        """The top-level items: the root's children."""
        return self.children.get(self.root, ())

    @property
    def indicators(self) -> Iterator[Item]:
        """The leaves that are scored."""
        return (item for item in self.items.values() if item.kind == "indicator")

    def is_open(self, code: str) -> bool:
        """Whether a dimension has no fixed items: its children are agreed with participants one by one."""
        return self.items[code].kind == "dimension" and all(
            self.items[child].participant for child in self.children.get(code, ())
        )

    def bottom_up(self) -> list[str]:
        """Every dimension, each after those below it."""
        found: list[str] = []
        waiting = [code for code in self.children.get(None, ()) if self.items[code].kind == "dimension"]
        while waiting:
            code = waiting.pop()
            found.append(code)
            waiting += [child for child in self.children.get(code, ()) if self.items[child].kind == "dimension"]
        return found[::-1]


def build_tree(scheme: Scheme) -> Tree:
    """The tree of a scheme whose parents exist and run in no circle; adjustments stand outside of it."""
    codes = sorted(item.code for item in scheme.items)
    by_code = {item.code: item for item in scheme.items}
    items = {code: by_code[code] for code in codes if by_code[code].kind not in ADJUSTMENTS}
    children: dict[str | None, list[str]] = {}
    for code, item in items.items():
        children.setdefault(item.parent or None, []).append(code)
    parentless = children.get(None, [])
    single = len(parentless) == 1 and items[parentless[0]].kind == "dimension"
    return Tree(
        items,
        {parent: tuple(found) for parent, found in children.items()},
        parentless[0] if single else None,
        tuple(by_code[code] for code in codes if by_code[code].kind in ADJUSTMENTS),
    )
