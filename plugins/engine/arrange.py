"""Participants in the order of their codes, so that the order of rows can never matter (scoring.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plugins.arrays import Ints
from plugins.engine.data import Adjustments, Data, Floats, Participants, Ratings


@dataclass(frozen=True, slots=True)
class Arranged:
    """Data with participants by code.  `order`: original position of each; `back`: new position of each original."""

    data: Data
    order: Ints
    back: Ints


def arrange(data: Data) -> Arranged:
    """The same data with participants in the order of their codes; ratings and adjustments keep their rows."""
    people = data.participants
    order = np.array(sorted(range(len(people)), key=people.codes.__getitem__), dtype=np.int64)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))

    def pick(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(values[at] for at in order)

    def columns(values: Mapping[str, Floats]) -> dict[str, Floats]:
        return {code: np.asarray(column, dtype=np.float64)[order] for code, column in values.items()}

    ratings, rows = data.ratings, data.adjustments
    arranged = Data(
        participants=Participants(pick(people.codes), pick(people.names), pick(people.groups), pick(people.parents),
                                  pick(people.parent_grades)),
        actual=columns(data.actual),
        target=columns(data.target),
        baseline=columns(data.baseline),
        choices={code: pick(options) for code, options in data.choices.items()},
        not_applicable={code: np.asarray(flags, dtype=np.bool_)[order] for code, flags in data.not_applicable.items()},
        ratings=None if ratings is None else Ratings(
            back[ratings.participant], ratings.item, ratings.rater, ratings.group, ratings.score),
        adjustments=None if rows is None else Adjustments(
            back[rows.participant], rows.item, rows.occurrences, rows.points, rows.reason),
        linked={(int(back[at]), source): rate for (at, source), rate in data.linked.items()},
    )  # fmt: skip
    return Arranged(arranged, order, back)
