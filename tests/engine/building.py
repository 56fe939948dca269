"""Small schemes and data sets in a line or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from plugins.engine.data import Adjustments, Data, Participants, Ratings
from plugins.engine.scheme import Item, Scheme, TableRow

NAN = float("nan")


def number(value: float | None) -> float:
    return NAN if value is None else float(value)


def column(values: Sequence[float | None]) -> np.ndarray:
    return np.array([number(value) for value in values], dtype=np.float64)


def item(code: str, method: str | None = "accumulate", **fields: Any) -> Item:
    """An indicator that yields x itself when nothing else is said: accumulate with weight 10 and each 10."""
    fields.setdefault("weight", 10.0)
    if method == "accumulate" and "params" not in fields:
        fields["params"] = {"each": fields["weight"]}
    table = tuple(TableRow(x, rate) for x, rate in fields.pop("table", ()))
    return Item(code, method=method, table=table, **fields)


def dimension(code: str, **fields: Any) -> Item:
    return Item(code, kind="dimension", **fields)


def scheme(*items: Item, **settings: Any) -> Scheme:
    """A scheme of points whose full marks are what its indicators weigh."""
    if "full_marks" not in settings and settings.get("weighting", "points") == "points":
        leaves = [entry.weight or 0.0 for entry in items if entry.kind == "indicator" and not entry.participant]
        settings["full_marks"] = float(sum(leaves)) or 100.0
    return Scheme("S", items=items, **settings)


def people(
    count: int, groups: Sequence[str] = (), parents: Sequence[str] = (), grades: Sequence[str] = ()
) -> Participants:
    codes = tuple(f"p{at:02}" for at in range(count))
    blank = ("",) * count
    return Participants(codes, codes, tuple(groups) or blank, tuple(parents) or blank, tuple(grades) or blank)


def data(
    actual: Mapping[str, Sequence[float | None]] | None = None,
    *,
    count: int | None = None,
    groups: Sequence[str] = (),
    parents: Sequence[str] = (),
    grades: Sequence[str] = (),
    target: Mapping[str, Sequence[float | None]] | None = None,
    baseline: Mapping[str, Sequence[float | None]] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    na: Mapping[str, Sequence[bool]] | None = None,
    ratings: Sequence[tuple[int, str, str, str, float]] = (),
    adjustments: Sequence[tuple[int, str, float | None, float | None]] = (),
    linked: Mapping[tuple[int, str], float] | None = None,
) -> Data:
    """Participants p00, p01 …; `ratings`: (position, item, rater, group, score); `adjustments`: (position, item,
    occurrences, points)."""
    actual = actual or {}
    count = count or max([len(values) for values in [*actual.values(), *(choices or {}).values()]], default=1)
    return Data(
        people(count, groups, parents, grades),
        actual={code: column(values) for code, values in actual.items()},
        target={code: column(values) for code, values in (target or {}).items()},
        baseline={code: column(values) for code, values in (baseline or {}).items()},
        choices={code: tuple(options) for code, options in (choices or {}).items()},
        not_applicable={code: np.array(flags, dtype=np.bool_) for code, flags in (na or {}).items()},
        ratings=Ratings(
            np.array([row[0] for row in ratings], dtype=np.int64),
            tuple(row[1] for row in ratings),
            tuple(row[2] for row in ratings),
            tuple(row[3] for row in ratings),
            np.array([row[4] for row in ratings], dtype=np.float64),
        )
        if ratings
        else None,
        adjustments=Adjustments(
            np.array([row[0] for row in adjustments], dtype=np.int64),
            tuple(row[1] for row in adjustments),
            column([row[2] for row in adjustments]),
            column([row[3] for row in adjustments]),
            ("",) * len(adjustments),
        )
        if adjustments
        else None,
        linked=linked or {},
    )


def listed(values: Sequence[float]) -> list[float | None]:
    """Numbers to compare: NaN as None, the noise of the last bits removed."""
    return [None if value != value else round(float(value), 10) for value in values]
