"""What a list's address asks for: words, filters, order and page, read without ever failing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from models.specs import MergedField, MergedSpec

PAGE_SIZES = (25, 50, 100)
FARTHEST_PAGE = 100_000
FROM, UNTIL = "_from", "_until"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`filters`: argument → what was given, as text; `ignored`: arguments whose value could not be read."""

    words: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    descending: bool = False
    page: int = 0
    size: int = PAGE_SIZES[0]
    ignored: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for beside a page and an order."""
        return bool(self.words or self.filters)

    @property
    def has_range(self) -> bool:
        """Whether a filter with two ends is in use."""
        return any(name.endswith((FROM, UNTIL)) for name in self.filters)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The address's arguments for the same list with `changes`; what stands at its default is left out."""
        order = f"-{self.order}" if self.descending else self.order
        now: dict[str, Any] = {
            "q": self.words,
            **self.filters,
            "order": order,
            "page": self.page + 1,
            "size": self.size,
        }
        now |= changes
        defaults = {"page": 1, "size": PAGE_SIZES[0]}
        return {name: value for name, value in now.items() if value not in ("", None) and value != defaults.get(name)}


def read_query(spec: MergedSpec, given: MultiDict[str, str]) -> ListQuery:
    """The query of an address; an unknown order, page or size counts as not given."""
    asked = given.get("order", "") or spec.spec.order
    order, descending = asked.removeprefix("-"), asked.startswith("-")
    if order not in sortable(spec):
        order, descending = spec.spec.order.removeprefix("-"), spec.spec.order.startswith("-")
    filters, ignored = _filters(spec, given)
    size = whole(given.get("size"), PAGE_SIZES[0])
    return ListQuery(
        words=given.get("q", "").strip()[:200],
        filters=filters,
        order=order,
        descending=descending,
        page=min(max(whole(given.get("page"), 1), 1), FARTHEST_PAGE) - 1,
        size=size if size in PAGE_SIZES else PAGE_SIZES[0],
        ignored=ignored,
    )


def whole(text: str | None, default: int) -> int:
    """A whole number of reasonable length, or `default`."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def sortable(spec: MergedSpec) -> list[str]:
    """The listed fields that a list can be sorted by."""
    names = [*spec.spec.list, spec.spec.order.removeprefix("-")]
    return [name for name in dict.fromkeys(names) if spec.field(name).stored.kind not in {"json", "binary"}]


def is_range(merged: MergedField) -> bool:
    """Whether a filter on this field has two ends."""
    return merged.format in {"date", "datetime", "number", "integer", "percent", "money"} and not (
        merged.spec.choices or merged.references
    )


def filter_names(merged: MergedField) -> tuple[str, ...]:
    """The arguments that a filter on this field goes by."""
    return (merged.name + FROM, merged.name + UNTIL) if is_range(merged) else (merged.name,)


def _filters(spec: MergedSpec, given: MultiDict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    found: dict[str, str] = {}
    ignored: list[str] = []
    for name in spec.spec.filters:
        merged = spec.field(name)
        for argument in filter_names(merged):
            text = given.get(argument, "").strip()
            if text and readable(merged, text) is None:
                ignored.append(argument)
            elif text:
                found[argument] = text
    return found, tuple(ignored)


def readable(merged: MergedField, text: str) -> Any:
    """The value that a filter's text stands for, None when it stands for none."""
    if merged.spec.choices:
        return text if text in merged.spec.choices else None
    if merged.references:
        return whole(text, 0) or None
    if merged.format == "yes_no":
        return {"1": True, "0": False}.get(text)
    if merged.format in {"date", "datetime"}:
        try:
            day = date.fromisoformat(text)
            return day if 1800 <= day.year <= 2300 else None
        except ValueError:
            return None
    if is_range(merged):
        try:
            number = float(text)
        except ValueError:
            return None
        return number if abs(number) < 1e15 else None
    return text[:200]
