"""Reads a page's markup into a tree that tests can ask questions of."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

INLINE = frozenset({"b", "i", "span", "a", "code", "abbr", "ins", "del"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


class Node:
    """An element.  `attributes` without a value are ''."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Node | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Node | str] = []

    def get(self, name: str, default: str = "") -> str:
        """The value of an attribute."""
        return self.attributes.get(name, default)

    def walk(self) -> Iterator[Node]:
        """Every element below this one, in the order of the page."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def all(self, *tags: str, **attributes: str) -> list[Node]:
        """The elements below with one of `tags` and these attributes (`for_` for `for`, `aria_label` for a dash)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            node
            for node in self.walk()
            if (not tags or node.tag in tags) and all(node.attributes.get(k) == v for k, v in wanted.items())
        ]

    def one(self, *tags: str, **attributes: str) -> Node:
        """The only such element."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} of {tags} {attributes}"
        return found[0]

    def inside(self, tag: str) -> bool:
        """Whether the element stands in one with this tag."""
        node = self.parent
        while node is not None and node.tag != tag:
            node = node.parent
        return node is not None

    @property
    def words(self) -> str:
        """What there is to read, single-spaced."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"script", "style", "template"}:
                around = "" if child.tag in INLINE else " "
                yield around
                yield from child._texts()
                yield around

    def fields(self) -> dict[str, str]:
        """What a browser would send of this form, but for its buttons."""
        sent: dict[str, str] = {}
        for node in self.all("input", "select", "textarea"):
            name, kind = node.get("name"), node.get("type")
            if (
                not name
                or kind in {"submit", "button"}
                or (kind in {"checkbox", "radio"} and "checked" not in node.attributes)
            ):
                continue
            sent[name] = node.value
        return sent

    @property
    def value(self) -> str:
        """The value of a field."""
        if self.tag == "textarea":
            return (
                "".join(child for child in self.children if isinstance(child, str))
                .removeprefix("\r\n")
                .removeprefix("\n")
            )
        if self.tag == "select":
            options = self.all("option")
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            return chosen[0].get("value", chosen[0].words) if chosen else ""
        return self.get("value", "on" if self.get("type") == "checkbox" else "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {}, None)
        self.at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.at.tag == tag, f"<{self.at.tag}> is closed by </{tag}> at line {self.getpos()[0]}"
        self.at = self.at.parent or self.root

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def read(markup: str) -> Node:
    """The tree of a page; an element closed by another's tag fails."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.tag}> is never closed"
    return reader.root
