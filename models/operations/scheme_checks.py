"""What the engine says of a stored scheme: findings for the whole, or mapped to the fields of one item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text
from models.operations.scheme_shape import COLUMN_TO_FIELD, bound_of, scheme_from_version
from models.scheme import SchemeVersion
from plugins.engine.checks import check_scheme
from plugins.engine.scheme import Finding, Scheme, TableRow
from plugins.engine.scheme import Item as EngineItem
from plugins.registry import Registry

ITEM_SHEETS = frozenset({"items", "tables"})


@dataclass(frozen=True, slots=True)
class WeightSum:
    """What the weights below a parent add up to; `parent` '' = the top.  `expected` None: nothing to compare with."""

    parent: str
    found: float
    expected: float | None

    @property
    def is_right(self) -> bool:
        """Whether the sum is what it should be, at 1e-6 relative."""
        return self.expected is None or abs(self.found - self.expected) <= 1e-6 * max(abs(self.expected), 1e-300)


@dataclass(frozen=True, slots=True)
class VersionCheck:
    """Everything the engine finds in a version, and the weight sums of its tree.  `errors` keep it from publishing."""

    findings: tuple[Finding, ...]
    sums: tuple[WeightSum, ...]

    @property
    def errors(self) -> list[Finding]:
        """The findings that keep the version from being published."""
        return [finding for finding in self.findings if finding.level == "error"]

    @property
    def is_publishable(self) -> bool:
        """Whether nothing keeps it from being published."""
        return not self.errors


def check_stored(version: SchemeVersion, registry: Registry) -> VersionCheck:
    """What keeps a version from being published, and its weight sums."""
    scheme = scheme_from_version(version)
    return VersionCheck(tuple(check_scheme(scheme, registry, publish=True)), weight_sums(scheme))


def weight_sums(scheme: Scheme) -> tuple[WeightSum, ...]:
    """Sums of the weights below each dimension and at the top, in the order of the tree.

    `percent`: siblings should sum to 100; `points`: children to their dimension's weight when it states one, and all
    indicators to the full marks (said at the top).
    """
    weighted = [item for item in scheme.items if item.kind in ("dimension", "indicator")]
    children: dict[str, list[EngineItem]] = {}
    for item in weighted:
        children.setdefault(item.parent or "", []).append(item)
    own = {item.code: item.weight for item in weighted}
    sums = []
    for parent, group in children.items():
        found = sum(_marks(item, children) for item in group)
        if scheme.weighting == "percent":
            expected: float | None = 100.0
            found = sum(item.weight or 0.0 for item in group)
        else:
            expected = own.get(parent) if parent else scheme.full_marks
        sums.append(WeightSum(parent, found, expected))
    return tuple(sums)


def _marks(item: EngineItem, children: Mapping[str, Sequence[EngineItem]], depth: int = 0) -> float:
    """The marks of an item: its weight, or those of what is below a dimension that states none."""
    if item.weight is not None or item.code not in children or depth > len(children):
        return item.weight or 0.0
    return sum(_marks(child, children, depth + 1) for child in children[item.code])


def findings_of_item(
    session: Session, values: Mapping[str, Any], item_id: int | None, registry: Registry
) -> dict[str, Text]:
    """Field → what the engine says of an item with `values` within its version, as far as a draft must hold."""
    query = select(SchemeVersion).where(SchemeVersion.id == values["scheme_version"])
    with session.no_autoflush:
        version = session.scalars(query).one_or_none()
        if version is None:
            return {}
        others = [(item.id, item) for item in version.items]
        scheme = scheme_from_version(version)
    kept = tuple(
        engine for (number, _), engine in zip(others, scheme.items, strict=True) if number is None or number != item_id
    )
    candidate = replace(scheme, items=(*kept, item_of_values(values)))
    found: dict[str, Text] = {}
    for finding in check_scheme(candidate, registry, publish=False):
        place = finding.place
        if finding.level != "error" or place.sheet not in ITEM_SHEETS or place.key != values.get("code"):
            continue
        column = place.column or "code"
        name = "table_rows" if place.sheet == "tables" else COLUMN_TO_FIELD.get(column, column)
        found.setdefault(name, finding.text)
    return found


def item_of_values(values: Mapping[str, Any]) -> EngineItem:
    """An engine item from the fields of a record."""
    same = ("code", "parent", "name", "weight", "aggregate", "method", "value_type", "direction", "source")
    more = ("frequency", "missing", "decimals", "evidence", "standard", "participant")
    return EngineItem(
        **{name: values.get(name) for name in same + more},  # type: ignore[arg-type]
        kind=values.get("kind") or "indicator",
        params=dict(values.get("params") or {}),
        table=tuple(TableRow(x, rate) for x, rate in values.get("table_rows") or []),
        unit=values.get("unit_of_measure"),
        floor=bound_of(values.get("floor")),
        cap=bound_of(values.get("cap")),
    )
