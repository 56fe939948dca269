"""Pages of a list: how many, which one, and the addresses of the others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask import request, url_for

FARTHEST = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """Page `number` (from 0) of `pages`; `first` is the offset of its first row, `total` counts all rows."""

    number: int
    pages: int
    first: int
    total: int
    rows: list[Any] = field(default_factory=list)

    def with_rows(self, rows: list[Any]) -> Page:
        """The same page, with its rows."""
        return replace(self, rows=rows)


def page_number(given: str | None) -> int:
    """The page that an address names, from 1, as a number from 0; anything unreadable is the first."""
    if not given or not given.isdecimal() or len(given) > 6:
        return 0
    return max(int(given) - 1, 0)


def page_of(total: int, wanted: int, size: int) -> Page:
    """The page `wanted`, or the last one when there are fewer."""
    pages = max(-(-total // size), 1)
    number = min(wanted, pages - 1)
    return Page(number, pages, number * size, total)


def page_url(number: int) -> str:
    """The address of this list's page `number` (from 0), filters kept."""
    kept = {name: value for name, value in request.args.items() if name != "page"}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **kept, "page": number + 1})
