"""What a scheme is to the engine: plain frozen data, filled from a workbook or from the database alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from config.text import Text

ITEM_KINDS = ("dimension", "indicator", "bonus", "deduction", "veto")
VALUE_TYPES = ("number", "percent", "money", "count", "date", "choice", "yes_no", "text")
MISSING_POLICIES = ("zero", "exclude", "mean", "block")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of an item's table: `x` is a threshold, a point, a rank or an option; `rate` 1 = full marks."""

    x: float | str
    rate: float


@dataclass(frozen=True, slots=True)
class Item:
    """One node of the scheme's tree; columns and words as in the `items` sheet.

    `floor`, `cap`: a number, None (the default 0 and 1) or the string "none" (no bound).
    `params`: raw parameters as written (strings or numbers); the method's parameter model types and checks them.
    """

    code: str
    parent: str | None = None
    kind: str = "indicator"
    name: str = ""
    weight: float | None = None
    aggregate: str | None = None
    method: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    table: tuple[TableRow, ...] = ()
    value_type: str | None = None
    unit: str | None = None
    direction: str | None = None
    source: str | None = None
    frequency: str | None = None
    missing: str | None = None
    floor: float | str | None = None
    cap: float | str | None = None
    decimals: int | None = None
    evidence: str | None = None
    standard: str | None = None
    participant: str | None = None


@dataclass(frozen=True, slots=True)
class RaterGroup:
    """A group of raters; `weight` and `min_raters` None = not given."""

    code: str
    name: str = ""
    weight: float | None = None
    min_raters: int | None = None
    ballot_rule: str | None = None


@dataclass(frozen=True, slots=True)
class GradeBand:
    """One grade, as in the `grades` sheet; a scheme lists them best first.  `quota` is a share (0.2)."""

    code: str
    name: str = ""
    min_score: float | None = None
    quota: float | None = None
    rounding: str = "down"
    requires: str | None = None
    quota_if_parent: str | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme version.  `min_total`: a number or None for `none`; `max_total`: None = no limit."""

    code: str
    name: str = ""
    applies_to: str = "unit"
    full_marks: float = 100.0
    weighting: str = "points"
    min_total: float | None = 0.0
    max_total: float | None = None
    decimals: int = 2
    rank_method: str = "competition"
    tie_breakers: tuple[str, ...] = ()
    missing: str = "zero"
    quota_group: str = "group"
    quota_tie: str = "exclude"
    cycle_end: date | None = None
    version: str | None = None
    items: tuple[Item, ...] = ()
    raters: tuple[RaterGroup, ...] = ()
    grades: tuple[GradeBand, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is, without knowing any file: the sheet, the row's key and the column by their codes.

    `sheet` as in the workbook formats; `key` the item/participant/grade code (None: the sheet as a whole or, on
    sheet `scheme`, the setting named by `column`); `index` the 0-based position among the rows of that sheet
    where a key may repeat or be absent (tables, ratings, adjustments).  Whoever read a file maps it to a cell.
    """

    sheet: str
    key: str | None = None
    column: str | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (`error`) or worth knowing (`note`) about a scheme or its data."""

    place: Place
    text: Text
    level: str = "error"
