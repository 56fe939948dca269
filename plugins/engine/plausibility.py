"""What looks odd in a run's inputs before it is run: listed for people to look at, never in the way.

Pure functions over columns: one array an item, one position a participant; NaN = no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from config.text import Text, text
from plugins.arrays import Bools, Floats
from plugins.engine.data import Data
from plugins.engine.rater_plausibility import Odd, rater_oddities
from plugins.engine.robust import robust_z
from plugins.engine.scheme import Item, Scheme
from plugins.grouping import Grouping
from plugins.numbers import figure

NUMBERS = frozenset({"", "number", "percent", "money", "count"})
"""Value types whose sizes can be compared; dates, choices and yes/no cannot."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a value is odd.

    `jump`: share of last period's value (0.5: up or down by more than half); `count_jump`: counts that differ by less
    are never a jump; `z`: robust z-score among peers; `peers`: with fewer no outliers are looked for.
    """

    jump: float = 0.5
    count_jump: float = 5.0
    z: float = 3.5
    peers: int = 5


Range = tuple[float | None, float | None]


def oddities(
    scheme: Scheme,
    data: Data,
    before: Mapping[str, Floats],
    ranges: Mapping[str, Range],
    limits: Thresholds = Thresholds(),
) -> list[Odd]:
    """Everything odd, item by item in the order of the scheme, then ballots.

    `before`: last period's actual values, in the order of the participants; `ranges`: what each indicator's values
    may be, None = open.
    """
    groups = Grouping.of(data.participants.groups)
    found: list[Odd] = []
    for item in scheme.items:
        actual = data.actual.get(item.code)
        if actual is None or item.kind != "indicator":
            continue
        found += _outside(item, actual, ranges.get(item.code, (None, None)), data)
        if (item.value_type or "") in NUMBERS:
            found += _jumps(item, actual, before.get(item.code), data, limits)
            found += _outliers(item, actual, groups, data, limits)
    return [*found, *rater_oddities(scheme, data)]


def _odd(kind: str, item: Item, data: Data, at: int, said: Text, *numbers: float) -> Odd:
    code = data.participants.codes[at]
    return Odd(kind, item.code, code, said, (kind, item.code, code, *(f"{number:.12g}" for number in numbers)))


def _named(item: Item, data: Data, at: int) -> dict[str, str]:
    people = data.participants
    return {"item": item.name or item.code, "who": people.names[at] or people.codes[at]}


def _outside(item: Item, actual: Floats, allowed: Range, data: Data) -> Iterator[Odd]:
    low, high = (np.nan if bound is None else bound for bound in allowed)
    with np.errstate(invalid="ignore"):
        wrong: Bools = (actual < low) | (actual > high)
    for at in np.flatnonzero(wrong).tolist():
        value = float(actual[at])
        said = text(
            "{who}, {item}: {value} is outside the indicator's range, {low} to {high}",
            "{who}，{item}：{value} 超出指标范围（{low} 至 {high}）",
            value=figure(value),
            low=figure(low),
            high=figure(high),
            **_named(item, data, at),
        )
        yield _odd("range", item, data, at, said, value)


def jump_shares(actual: Floats, before: Floats) -> Floats:
    """By which share of last period's value each value differs from it; NaN without one, or when it is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(before == 0, np.nan, (actual - before) / np.abs(before))


def _jumps(item: Item, actual: Floats, before: Floats | None, data: Data, limits: Thresholds) -> Iterator[Odd]:
    if before is None:
        return
    share = jump_shares(actual, before)
    with np.errstate(invalid="ignore"):
        far: Bools = np.abs(share) > limits.jump
        if item.value_type == "count":
            far = far & (np.abs(actual - before) >= limits.count_jump)
    for at in np.flatnonzero(far).tolist():
        now, then = float(actual[at]), float(before[at])
        said = text(
            "{who}, {item}: {now} against {then} last period ({change} %)",
            "{who}，{item}：本期 {now}，上期 {then}（变动 {change}%）",
            now=figure(now),
            then=figure(then),
            change=figure(100 * float(share[at]), most=1),
            **_named(item, data, at),
        )
        yield _odd("jump", item, data, at, said, now, then)


def outlier_scores(actual: Floats, groups: Grouping, least: int) -> Floats:
    """Robust z-scores among the peers who have a value, group by group; NaN where there are fewer than `least`."""
    scores = np.full(len(actual), np.nan)
    for members in np.split(groups.order, groups.starts[1:]):
        own = members[~np.isnan(actual[members])]
        if len(own) >= least:
            scores[own] = robust_z(actual[own])
    return scores


def _outliers(item: Item, actual: Floats, groups: Grouping, data: Data, limits: Thresholds) -> Iterator[Odd]:
    scores = outlier_scores(actual, groups, limits.peers)
    with np.errstate(invalid="ignore"):
        far = np.flatnonzero(np.abs(scores) > limits.z)
    for at in far.tolist():
        peers = actual[(groups.ids == groups.ids[at]) & ~np.isnan(actual)]
        said = text(
            "{who}, {item}: {value} lies far from its {count} peers, whose median is {median} (robust z {z})",
            "{who}，{item}：{value} 明显偏离同组 {count} 个对象（中位数 {median}，稳健 z 值 {z}）",
            value=figure(float(actual[at])),
            count=len(peers),
            median=figure(float(np.median(peers))),
            z=figure(float(scores[at]), most=1),
            **_named(item, data, at),
        )
        yield _odd("outlier", item, data, at, said, float(actual[at]))
