"""What looks odd in ballots: identical ones, and raters far more lenient or severe than their fellows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from config.text import Text, text
from plugins.arrays import Floats, Ints
from plugins.engine.data import Data, Ratings
from plugins.engine.panels import numbered
from plugins.engine.robust import robust_z
from plugins.engine.scheme import Scheme
from plugins.numbers import figure

LEAST_RATINGS = 3
"""A ballot of fewer ratings says nothing about its rater."""
ENOUGH_RATERS = 5
FAR = 3.5
SLIGHT, GREAT = 0.05, 0.15
"""Shares of the scale: closer than SLIGHT to the fellows is never odd; with few raters only GREAT is."""


@dataclass(frozen=True, slots=True)
class Odd:
    """Something to look at.  `kind`: range, jump, outlier, same_ballots, lenient or severe; `item`, `participant`:
    codes, '' where it is about a ballot; `facts`: what it rests on, so that it is known again while that stays."""

    kind: str
    item: str
    participant: str
    text: Text
    facts: tuple[str, ...]


def rater_oddities(scheme: Scheme, data: Data) -> Iterator[Odd]:
    """Rater group by rater group.  The sentences name raters: they are for those who run the scoring alone."""
    ratings = data.ratings
    if ratings is None or not len(ratings.score):
        return
    groups, group = numbered(ratings.group)
    _, item = numbered(ratings.item)
    span = _spans(scheme, ratings)
    cell = item * len(data.participants) + ratings.participant
    for number, code in enumerate(groups):
        own = np.flatnonzero((group == number) & ~np.isnan(ratings.score))
        raters, rater = numbered([ratings.rater[at] for at in own])
        yield from _identical(code, raters, rater, cell[own], ratings.score[own])
        yield from _biased(code, raters, rater, cell[own], ratings.score[own] / span[own])


def _spans(scheme: Scheme, ratings: Ratings) -> Floats:
    """How wide the scale of each rating's item is."""
    wide = {}
    for item in scheme.items:
        low, high = float(item.params.get("scale_min", 0) or 0), float(item.params.get("scale_max", 100) or 100)
        wide[item.code] = high - low if high > low else 100.0
    return np.array([wide.get(code, 100.0) for code in ratings.item], dtype=np.float64)


def _identical(group: str, raters: list[str], rater: Ints, cell: Ints, score: Floats) -> Iterator[Odd]:
    ballots: dict[tuple[tuple[int, float], ...], list[str]] = {}
    for number, name in enumerate(raters):
        own = rater == number
        if own.sum() >= LEAST_RATINGS:
            ballot = tuple(sorted(zip(cell[own].tolist(), score[own].tolist(), strict=True)))
            ballots.setdefault(ballot, []).append(name)
    for ballot, names in ballots.items():
        if len(names) > 1:
            said = text(
                "Group {group}: the ballots of {names} are identical in all {count} ratings",
                "{group} 组：{names} 的评价票全部 {count} 项评分完全相同",
                group=group or "–",
                names=", ".join(names),
                count=len(ballot),
            )
            yield Odd("same_ballots", "", "", said, ("same_ballots", group, *names, str(hash_of(ballot))))


def hash_of(ballot: tuple[tuple[int, float], ...]) -> str:
    """A ballot in few words, the same in every process."""
    return f"{len(ballot)}:{sum((at + 1) * score for at, score in ballot):.12g}"


def leanings(rater: Ints, cell: Ints, score: Floats, count: int) -> Floats:
    """By how much each of `count` raters scores above the fellows who rated the same, on average; NaN where there are
    too few such ratings.  `cell`: numbers what was rated."""
    _, place = np.unique(cell, return_inverse=True)
    total, many = np.bincount(place, score), np.bincount(place)
    shared = many[place] > 1
    others = (total[place] - score) / np.maximum(many[place] - 1, 1)
    sums = np.bincount(rater[shared], (score - others)[shared], count)
    rated = np.bincount(rater[shared], minlength=count)
    return np.where(rated >= LEAST_RATINGS, sums / np.maximum(rated, 1), np.nan)


def _biased(group: str, raters: list[str], rater: Ints, cell: Ints, score: Floats) -> Iterator[Odd]:
    lean = leanings(rater, cell, score, len(raters))
    judged = np.flatnonzero(~np.isnan(lean))
    if len(judged) < 2:
        return
    far = np.abs(lean[judged]) >= GREAT
    if len(judged) >= ENOUGH_RATERS:
        far = (np.abs(robust_z(lean[judged])) > FAR) & (np.abs(lean[judged]) >= SLIGHT)
    for at in judged[far].tolist():
        share = float(lean[at])
        said = text(
            "Group {group}: {rater} scores {share} % of the scale {way} fellows on the same ballots",
            "{group} 组：{rater} 的评分平均{way}其他评价人，幅度为量程的 {share}%",
            group=group or "–",
            rater=raters[at],
            share=figure(abs(100 * share), most=1),
            way=text("above", "高于") if share > 0 else text("below", "低于"),
        )
        kind = "lenient" if share > 0 else "severe"
        yield Odd(kind, "", "", said, (kind, group, raters[at], f"{share:.9g}"))
