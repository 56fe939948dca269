"""A stored scheme version as the engine's plain `Scheme`, and back: a round trip changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from models.cycle import Track
from models.operations.values import written_parameter
from models.scheme import GradeBand, Item, RaterGroup, SchemeVersion
from plugins.engine.scheme import GradeBand as EngineBand
from plugins.engine.scheme import Item as EngineItem
from plugins.engine.scheme import RaterGroup as EngineGroup
from plugins.engine.scheme import Scheme as EngineScheme
from plugins.engine.scheme import TableRow

SETTINGS = (
    "full_marks",
    "weighting",
    "min_total",
    "max_total",
    "decimals",
    "rank_method",
    "missing",
    "quota_group",
    "quota_tie",
    "cycle_end",
)
ITEM_FIELDS = (
    "code",
    "parent",
    "kind",
    "name",
    "weight",
    "aggregate",
    "method",
    "value_type",
    "direction",
    "source",
    "frequency",
    "missing",
    "decimals",
    "evidence",
    "standard",
    "participant",
)
GROUP_FIELDS = ("code", "name", "weight", "min_raters", "ballot_rule")
BAND_FIELDS = ("code", "name", "min_score", "quota", "rounding", "requires", "quota_if_parent")
COLUMN_TO_FIELD = {"unit": "unit_of_measure", "table": "table_rows", "x": "table_rows", "rate": "table_rows"}
"""Columns of the scheme workbook that are stored under another name."""


def scheme_from_version(version: SchemeVersion) -> EngineScheme:
    """The version as the engine reads it; items, groups and bands in their stored order."""
    settings = {name: getattr(version, name) for name in SETTINGS}
    return EngineScheme(
        code=version.scheme.code,
        name=version.scheme.name,
        applies_to=version.scheme.applies_to,
        tie_breakers=tie_breakers_of(version.tie_breakers),
        version=str(version.number),
        items=tuple(engine_item(item) for item in version.items),
        raters=tuple(EngineGroup(**_picked(group, GROUP_FIELDS)) for group in version.rater_groups),
        grades=tuple(EngineBand(**_picked(band, BAND_FIELDS)) for band in version.grade_bands),
        **settings,
    )


def scheme_of_track(track: Track) -> EngineScheme:
    """The scheme that a track is scored by; without a date of its own, milestones end with the cycle."""
    scheme = scheme_from_version(track.scheme_version)
    return scheme if scheme.cycle_end is not None else replace(scheme, cycle_end=track.cycle.end_on)


def tie_breakers_of(stored: str) -> tuple[str, ...]:
    """The item codes that a text lists, whatever separates them."""
    return tuple(part for part in re.split(r"[\s,;，；、]+", stored) if part)


def engine_item(item: Item) -> EngineItem:
    """One stored item as the engine reads it."""
    return EngineItem(
        **_picked(item, ITEM_FIELDS),
        params=dict(item.params or {}),
        table=tuple(TableRow(x, rate) for x, rate in item.table_rows or []),
        unit=item.unit_of_measure,
        floor=bound_of(item.floor),
        cap=bound_of(item.cap),
    )


def bound_of(stored: str | None) -> float | str | None:
    """`floor` or `cap` as the engine has it; a text that is no number stays one, for the engine to refuse."""
    if stored is None or not stored.strip():
        return None
    if stored.strip().lower() == "none":
        return "none"
    try:
        return float(stored)
    except ValueError:
        return stored


def stored_bound(bound: float | str | None) -> str | None:
    """`floor` or `cap` as it is stored; `repr` of a number reads back as the very same."""
    return None if bound is None else bound if isinstance(bound, str) else repr(float(bound))


def _picked(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def version_values(scheme: EngineScheme) -> dict[str, Any]:
    """Columns of `SchemeVersion` for an engine scheme."""
    return _picked(scheme, SETTINGS) | {"tie_breakers": ", ".join(scheme.tie_breakers)}


def item_values(item: EngineItem, position: int) -> dict[str, Any]:
    """Columns of `Item` for an engine item."""
    return _picked(item, ITEM_FIELDS) | {
        "position": position,
        "params": {name: written_parameter(value) for name, value in item.params.items()},
        "table_rows": [[row.x, row.rate] for row in item.table],
        "unit_of_measure": item.unit,
        "floor": stored_bound(item.floor),
        "cap": stored_bound(item.cap),
    }


def group_values(group: EngineGroup, position: int) -> dict[str, Any]:
    """Columns of `RaterGroup` for an engine rater group."""
    return _picked(group, GROUP_FIELDS) | {"position": position}


def band_values(band: EngineBand, position: int) -> dict[str, Any]:
    """Columns of `GradeBand` for an engine grade."""
    return _picked(band, BAND_FIELDS) | {"position": position}


PARTS: tuple[tuple[str, type[Item] | type[RaterGroup] | type[GradeBand]], ...] = (
    ("items", Item),
    ("rater_groups", RaterGroup),
    ("grade_bands", GradeBand),
)


def part_values(scheme: EngineScheme) -> dict[str, dict[str, dict[str, Any]]]:
    """For each relation of PARTS: code → columns, in order."""
    return {
        "items": {item.code: item_values(item, at) for at, item in enumerate(scheme.items)},
        "rater_groups": {group.code: group_values(group, at) for at, group in enumerate(scheme.raters)},
        "grade_bands": {band.code: band_values(band, at) for at, band in enumerate(scheme.grades)},
    }
