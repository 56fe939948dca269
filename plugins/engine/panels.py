"""Ratings sorted out for the `rating` method: void ballots left out, one packet an item (scoring.md 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from config.text import text
from plugins.arrays import Bools, Ints
from plugins.contract import PanelRatings
from plugins.engine.ballots import parse_ballot_rule
from plugins.engine.data import Note, Ratings
from plugins.engine.scheme import Place, RaterGroup, Scheme


@dataclass(frozen=True, slots=True)
class Panels:
    """The ratings that count, by item, and a note for each void ballot."""

    by_item: Mapping[str, PanelRatings]
    notes: tuple[Note, ...]


def numbered(values: Sequence[str]) -> tuple[list[str], Ints]:
    """The distinct values, sorted, and for each value its number among them."""
    distinct = sorted(set(values))
    number = {value: at for at, value in enumerate(distinct)}
    return distinct, np.fromiter((number[value] for value in values), dtype=np.int64, count=len(values))


def build_panels(scheme: Scheme, ratings: Ratings | None) -> Panels:
    """Packets of ratings by item code.  Groups that the scheme does not list weigh 1 and set no least number."""
    if ratings is None or not len(ratings.score):
        return Panels({}, ())
    groups, group = numbered(ratings.group)
    items, item = numbered(ratings.item)
    known = {entry.code: entry for entry in scheme.raters}
    void, notes = _void(known, groups, group, ratings)
    entries = [known.get(code, RaterGroup(code)) for code in groups]
    weights = np.array([1.0 if entry.weight is None else entry.weight for entry in entries])
    least = np.array([entry.min_raters or 0 for entry in entries], dtype=np.int64)
    counts = ~void & ~np.isnan(ratings.score)
    order = np.flatnonzero(counts)[np.argsort(item[counts], kind="stable")]
    ends = np.searchsorted(item[order], np.arange(len(items) + 1))
    packets = {}
    for number, code in enumerate(items):
        own = order[ends[number] : ends[number + 1]]
        packets[code] = PanelRatings(
            ratings.participant[own], group[own], ratings.score[own], tuple(groups), weights, least
        )
    return Panels(packets, notes)


def _void(
    known: Mapping[str, RaterGroup], groups: Sequence[str], group: Ints, ratings: Ratings
) -> tuple[Bools, tuple[Note, ...]]:
    """Which ratings belong to a ballot that breaks its group's rule, and a note for each such ballot."""
    void = np.zeros(len(group), dtype=np.bool_)
    notes: list[Note] = []
    for number, code in enumerate(groups):
        clauses = parse_ballot_rule(known[code].ballot_rule) if code in known else ()
        if not clauses or not isinstance(clauses, tuple):
            continue
        own = np.flatnonzero(group == number)
        raters, rater = numbered([ratings.rater[at] for at in own])
        broken = np.zeros(len(raters), dtype=np.bool_)
        for clause in clauses:
            broken |= clause.broken(ratings.score[own], rater, len(raters))
        void[own[broken[rater]]] = True
        notes += [_note(code, raters[at], int(own[rater == at][0]), known[code]) for at in np.flatnonzero(broken)]
    return void, tuple(notes)


def _note(group: str, rater: str, index: int, entry: RaterGroup) -> Note:
    return Note("void_ballot", Place("ratings", None, "rater", index), text(
        "the ballot of {rater} in group {group} breaks the rule “{rule}”: none of its ratings count",
        "评价人 {rater}（{group} 组）的评分违反规则“{rule}”，其全部评分作废", rater=rater, group=group,
        rule=entry.ballot_rule,
    ))  # fmt: skip
