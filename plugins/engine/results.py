"""The outputs of one run, columnar; item-major matrices are [items, participants] in the order of `item_codes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.text import Text
from plugins.engine.data import Bools, Data, Floats, Ints, Note
from plugins.engine.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Results:
    """What a run found.

    `item_codes`: every item of the tree (dimensions and indicators), sorted by code; rows of the matrices.
    `rates`: 1 = full marks, NaN = missing/excluded; `weights`: effective weight (share of full marks, 0 when
    the item does not count for this participant); `points`: marks.
    `before`: total before adjustments; `total`: rounded, NaN = unscored; `bonus`, `deduction`: marks after caps;
    `adjustment_points`: adjustment item code → marks[n]; `occurrences`: adjustment item code → count[n];
    `vetoes`: how many hold; `rank`, `group_rank`: 0 = unranked; `grade`: band code or ''.
    `reasons`: (item code or '' for the participant itself, participant position) → why it is missing or unscored.
    """

    scheme: Scheme
    data: Data
    item_codes: tuple[str, ...]
    rates: Floats
    weights: Floats
    points: Floats
    before: Floats
    bonus: Floats
    deduction: Floats
    total: Floats
    adjustment_points: Mapping[str, Floats]
    occurrences: Mapping[str, Floats]
    vetoes: Ints
    rank: Ints
    group_rank: Ints
    grade: tuple[str, ...]
    scored: Bools
    reasons: Mapping[tuple[str, int], Text]
    notes: tuple[Note, ...]
    plugin_versions: Mapping[str, str]
