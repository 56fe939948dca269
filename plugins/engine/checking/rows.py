"""Checks of the sheets `ratings`, `adjustments` and `linked`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from config.text import text
from plugins.engine.checking.words import error, unknown
from plugins.engine.data import Adjustments, Data, Ratings
from plugins.engine.item_params import AdjustmentParameters
from plugins.engine.scheme import Finding, Item, Scheme
from plugins.engine.tree import ADJUSTMENTS
from plugins.numbers import figure
from plugins.parameters import parse_parameters
from plugins.registry import Registry


def check_ratings(scheme: Scheme, data: Data, registry: Registry) -> Iterator[Finding]:
    """Unknown participants, items and groups, scores outside the scale, two ratings of one rater."""
    rows = data.ratings
    if rows is None:
        return
    scales = dict(_scales(scheme, registry))
    groups = {group.code for group in scheme.raters}
    yield from _outside("ratings", rows.participant, len(data.participants))
    for at, (code, group) in enumerate(zip(rows.item, rows.group, strict=True)):
        if code not in scales:
            yield error("ratings", None, "item", unknown(code, scales, "item that is rated", "评议指标"), at)
        elif not scales[code][0] <= rows.score[at] <= scales[code][1]:
            yield error("ratings", None, "score", text(
                "{score} is outside the scale from {low} to {high}", "{score} 超出量程 {low} 至 {high}",
                score=figure(float(rows.score[at])), low=figure(scales[code][0]), high=figure(scales[code][1]),
            ), at)  # fmt: skip
        if groups and group not in groups:
            yield error("ratings", None, "group", unknown(group, groups, "rater group", "评价组"), at)
    yield from _twice(rows)


def _scales(scheme: Scheme, registry: Registry) -> Iterator[tuple[str, tuple[float, float]]]:
    """Item code → its scale, of every item that is rated."""
    for item in scheme.items:
        method = registry.methods.get(item.method or "")
        if item.kind == "indicator" and method is not None and "ratings" in method.needs:
            params = parse_parameters(method.Parameters, item.params)
            low, high = getattr(params, "scale_min", -np.inf), getattr(params, "scale_max", np.inf)
            yield item.code, (float(low), float(high))


def _outside(sheet: str, positions: np.typing.NDArray[np.int64], count: int) -> Iterator[Finding]:
    for at in np.flatnonzero((positions < 0) | (positions >= count)):
        yield error(sheet, None, "participant", text("there is no such participant", "没有该考核对象"), int(at))


def _twice(rows: Ratings) -> Iterator[Finding]:
    seen: set[tuple[int, str, str, str]] = set()
    for at, key in enumerate(zip(rows.participant.tolist(), rows.item, rows.rater, rows.group, strict=True)):
        if key in seen and key[2]:
            yield error(
                "ratings",
                None,
                "rater",
                text("{rater} rates the same thing twice", "{rater} 重复打分", rater=key[2]),
                at,
            )
        seen.add(key)


def check_adjustments(scheme: Scheme, data: Data) -> Iterator[Finding]:
    """Unknown participants and items, negative numbers, rows that are worth nothing anybody could tell."""
    rows = data.adjustments
    if rows is None:
        return
    items = {item.code: item for item in scheme.items if item.kind in ADJUSTMENTS}
    yield from _outside("adjustments", rows.participant, len(data.participants))
    for at, code in enumerate(rows.item):
        if code not in items:
            yield error(
                "adjustments", None, "item", unknown(code, items, "bonus, deduction or veto", "加分、扣分或否决项"), at
            )
        else:
            yield from _adjustment(items[code], rows, at)


def _adjustment(item: Item, rows: Adjustments, at: int) -> Iterator[Finding]:
    times, points = float(rows.occurrences[at]), float(rows.points[at])
    for column, value in (("occurrences", times), ("points", points)):
        if value < 0 or np.isinf(value):
            yield error("adjustments", None, column, text("this must be a number, 0 or more", "应为不小于 0 的数"), at)
    if item.kind == "veto" or not np.isnan(points):
        return
    params = parse_parameters(AdjustmentParameters, item.params)
    if isinstance(params, AdjustmentParameters) and params.each is None:
        yield error("adjustments", None, "points", text(
            "points are needed: {item} does not say what an occurrence is worth", "应填写分值：{item} 未规定每次分值",
            item=item.code,
        ), at)  # fmt: skip


def check_linked(scheme: Scheme, data: Data, registry: Registry) -> Iterator[Finding]:
    """Rates of unknown participants, and rates that are no numbers."""
    keys = list(data.linked)
    yield from _outside("linked", np.array([at for at, _ in keys], dtype=np.int64), len(data.participants))
    for at, key in enumerate(keys):
        if not np.isfinite(data.linked[key]):
            yield error("linked", None, "rate", text("the rate must be a finite number", "得分率应为有限的数"), at)
