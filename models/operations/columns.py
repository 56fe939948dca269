"""Rows as columns, the shape in which rows are written in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The rows, which all have the same keys, column by column; nothing when there are no rows."""
    if not rows:
        return {}
    return {name: [row[name] for row in rows] for name in rows[0]}
