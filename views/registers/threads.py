"""Keeps what the framework stores on a view, shared by all threads, apart by request."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context


class RequestFilters:
    """Mixin, first in the order of bases: `_filters` is a copy of this request's own.

    The framework keeps one object a view and fills it in while it answers; under threads one person's filter then
    chooses another person's rows.
    """

    @property
    def _filters(self) -> Any:
        shared = self.__dict__.get("_shared_filters")
        if shared is None or not has_request_context():
            return shared
        kept: dict[int, Any] = g.setdefault("view_filters", {})
        if id(self) not in kept:
            copied = shared.copy()
            copied.search_columns = shared.search_columns
            copied._search_filters = shared._search_filters
            kept[id(self)] = copied
        return kept[id(self)]

    @_filters.setter
    def _filters(self, value: Any) -> None:
        self.__dict__["_shared_filters"] = value
