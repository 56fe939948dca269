"""Trying out one indicator as it is being designed: the rate and marks of a value, and the curve of its rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from config.text import Text, text
from models.errors import Invalid
from models.operations.context import find, registry_of
from models.operations.scheme_checks import item_of_values
from models.operations.scheme_shape import engine_item, scheme_from_version
from models.operations.values import Unreadable, is_blank, read_date, read_number, read_yes_no
from models.scheme import Item
from plugins.arrays import Floats
from plugins.engine import EngineError, NeedsPeers, marks, rate_one
from plugins.engine.scheme import Item as EngineItem
from plugins.engine.scheme import Scheme as EngineScheme
from plugins.engine.trying import rate_many
from plugins.registry import Registry

SAMPLES = 121
"""Points that a curve is drawn through."""
MARGIN = 0.08
"""How far beyond the last change a curve goes on, as a share of its width."""
NOTICED = 0.02
"""A step between neighbouring figures that changes the rate by less, as a share of all it can change, is level."""
TARGET = 100.0
"""What a curve is drawn for when nobody has said a target or a baseline."""
MOST_NAMED = 9
"""Points of a table that the text beside a curve names; with more it names round values."""
OF_A_NUMBER = frozenset({None, "number", "percent", "money", "count"})
FIGURES = np.array([m * 10.0**e for e in range(-3, 10) for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 9.5)])


@dataclass(frozen=True, slots=True)
class Tried:
    """What one value comes to: `rate` (1 = full marks), `marks`, both None when it is missing, and the sentence."""

    rate: float | None
    marks: float | None
    text: Text


@dataclass(frozen=True, slots=True)
class Curve:
    """Rates (NaN = missing) over actual values, ascending.  `target`: the one it is drawn for, None = none is needed.

    `named`: (value, rate) of the table's points, or of a few round values.
    """

    xs: tuple[float, ...]
    rates: tuple[float, ...]
    named: tuple[tuple[float, float], ...]
    target: float | None


def draft_item(item: Item, changes: Mapping[str, Any]) -> EngineItem:
    """The item with fields of the record as they are being typed (typed values: `params` and `table_rows` too)."""
    stored = engine_item(item)
    if not changes:
        return stored
    same = {name: getattr(item, name) for name in ("code", "kind", "weight", "value_type", "floor", "cap")}
    return item_of_values({"name": item.name, "decimals": item.decimals, "parent": item.parent, **same, **changes})


def try_value(
    session: Session,
    item_id: int,
    changes: Mapping[str, Any],
    given: Mapping[str, Any],
    registry: Registry | None = None,
) -> Tried:
    """Rate one value with an indicator as it stands, or with `changes` that nobody has saved yet.

    `given`: `actual`, `target`, `baseline` as typed.  Raises Invalid for what cannot be read or computed, and for a
    method whose rate depends on the other participants.
    """
    item = find(session, Item, item_id)
    if item.kind != "indicator":
        raise Invalid(text("Only an indicator has a rate.", "只有指标才有得分率。"))
    changed = draft_item(item, changes)
    read = {name: _read(item, name, given.get(name)) for name in ("actual", "target", "baseline")}
    scheme, full = _alone(item, changed)
    try:
        found = rate_one(scheme, item.code, registry=registry_of(session, registry), **read)
    except NeedsPeers as error:
        raise Invalid(NEEDS_OTHERS) from error
    except EngineError as error:
        raise Invalid(_why(error)) from error
    return Tried(found.rate, None if found.rate is None else found.rate * full, found.text)


def rate_curve(
    session: Session,
    item_id: int,
    changes: Mapping[str, Any],
    given: Mapping[str, Any],
    registry: Registry | None = None,
) -> Curve | None:
    """The rate of an indicator over its actual value; None where there is no such curve (peers, options, days, ratings)."""
    item = find(session, Item, item_id)
    changed = draft_item(item, changes)
    plugins = registry_of(session, registry)
    method = plugins.methods.get(changed.method or "")
    if item.kind != "indicator" or method is None or item.value_type not in OF_A_NUMBER or method.table == "options":
        return None
    target = _number(given.get("target"), TARGET)
    baseline = _number(given.get("baseline"), TARGET)
    scheme, _ = _alone(item, changed)
    points = np.array([row.x for row in changed.table if isinstance(row.x, float | int)], dtype=np.float64)

    def rates(xs: Floats) -> Floats:
        return rate_many(scheme, item.code, xs, registry=plugins, target=target, baseline=baseline)

    try:
        xs = _where_it_changes(np.unique(np.r_[-FIGURES, 0.0, FIGURES, points]), rates, points)
        found = rates(xs)
    except (EngineError, NeedsPeers):
        return None
    if np.all(np.isnan(found)):
        return None
    asks = "target" in method.needs or not method.needs
    named = np.unique(points) if 0 < len(points) <= MOST_NAMED else _round_values(float(xs[0]), float(xs[-1]))
    pairs = tuple(zip(named.tolist(), rates(named).tolist(), strict=True))
    return Curve(tuple(xs.tolist()), tuple(found.tolist()), pairs, target if asks else None)


def _round_values(low: float, high: float) -> Floats:
    """Between four and ten round figures from `low` to `high`."""
    rough = (high - low) / 8
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    # sums of a step gather noise that would stand on the page
    return np.round(np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step, 9)


def _where_it_changes(figures: Floats, rates: Any, points: Floats) -> Floats:
    """The stretch over which the rate changes, sampled evenly, with both sides of every point of the table."""
    found = rates(figures)
    span = np.nanmax(found) - np.nanmin(found) if not np.all(np.isnan(found)) else 0.0
    steps = np.flatnonzero(np.abs(np.diff(found)) > max(span * NOTICED, 1e-9))
    low, high = (figures[steps[0]], figures[steps[-1] + 1]) if len(steps) else (0.0, TARGET)
    if len(points):
        low, high = float(points.min()), float(points.max())
    margin = (high - low) * MARGIN or 1.0
    start = 0.0 if 0 <= low < (high - low) / 4 else low - margin
    even = np.linspace(start, high + margin, SAMPLES)
    close = (high - low) * 1e-6
    return np.unique(np.r_[even, points - close, points, points + close])


NEEDS_OTHERS = text(
    "This method compares participants or takes ratings or earlier scores; one value by itself says nothing.",
    "该方法须与其他考核对象比较，或取自评分、以往得分，单个数值无法试算。",
)


def _alone(item: Item, changed: EngineItem) -> tuple[EngineScheme, float]:
    """A scheme of this indicator only, worth what it is worth in its version, and that worth in marks.

    What is wrong elsewhere in a draft must not keep anyone from trying an item.
    """
    version = scheme_from_version(item.scheme_version)
    full = _marks(
        replace(version, items=tuple(changed if one.code == item.code else one for one in version.items)), item.code
    )
    lone = replace(changed, parent=None, participant=None, weight=full)
    bare = replace(
        version, items=(lone,), raters=(), grades=(), tie_breakers=(), weighting="points", full_marks=full,
        min_total=None, max_total=None, rank_method="competition",
    )  # fmt: skip
    return bare, full


def _marks(scheme: EngineScheme, code: str) -> float:
    """The item's marks; 1 while the tree does not give it any."""
    try:
        full = marks(scheme).get(code) or 0.0
    except EngineError:
        return 1.0
    return full if math.isfinite(full) and full > 0 else 1.0


def _read(item: Item, name: str, written: Any) -> Any:
    if is_blank(written):
        return None
    try:
        if item.value_type == "date":
            return float(read_date(written).toordinal())
        if item.value_type in {"choice", "text"} and name == "actual":
            return str(written).strip()[:200]
        if item.value_type == "yes_no" and name == "actual":
            return float(read_yes_no(written))
        return read_number(written, percent=item.value_type == "percent", suffix=item.unit_of_measure)
    except Unreadable as error:
        raise Invalid(error.text, {name: error.text}) from error


def _number(written: Any, otherwise: float) -> float:
    try:
        return otherwise if is_blank(written) else read_number(written, percent=True)
    except Unreadable:
        return otherwise


def _why(error: EngineError) -> Text:
    found = getattr(error, "findings", ())
    first = next((finding.text for finding in found if finding.level == "error"), None)
    return first or text("This cannot be computed as it stands.", "按现有设置无法计算。")
