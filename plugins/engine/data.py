"""The inputs of one run, columnar: one array an item, one position a participant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugins.arrays import Bools, Floats, Ints

__all__ = ["Adjustments", "Bools", "Data", "Floats", "Ints", "Note", "Participants", "Ratings"]


@dataclass(frozen=True, slots=True)
class Participants:
    """What is evaluated: parallel sequences of equal length n, in any order.  Blank `group`/`parent` = ''."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    parents: tuple[str, ...]
    parent_grades: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Ratings:
    """Panel ratings, one position a rating: participant position, item code, rater, group and the score."""

    participant: Ints
    item: tuple[str, ...]
    rater: tuple[str, ...]
    group: tuple[str, ...]
    score: Floats


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Bonus, deduction and veto rows; NaN in `occurrences` or `points` = blank."""

    participant: Ints
    item: tuple[str, ...]
    occurrences: Floats
    points: Floats
    reason: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """Everything a run reads besides the scheme.

    `actual`, `target`, `baseline`: item code → float64[n]; NaN = missing; dates as proleptic ordinals
    (`date.toordinal`), yes/no as 1 and 0, percent as the number that stands in the cell.
    `choices`: item code → tuple of n option strings, '' = missing (items of value type `choice`).
    `not_applicable`: item code → bool[n] (approved claims; headless: every `n/a`).
    `linked`: (participant position, from) → rate.
    """

    participants: Participants
    actual: Mapping[str, Floats] = field(default_factory=dict)
    target: Mapping[str, Floats] = field(default_factory=dict)
    baseline: Mapping[str, Floats] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_applicable: Mapping[str, Bools] = field(default_factory=dict)
    ratings: Ratings | None = None
    adjustments: Adjustments | None = None
    linked: Mapping[tuple[int, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A row of the results' `notes` sheet: `kind` void_ballot | quota_tie | not_computed | … ; see Finding."""

    kind: str
    place: Any
    text: Any
