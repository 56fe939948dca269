"""What the engine says of a stored scheme: findings for the whole, or mapped to the fields of one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text
from models.operations.scheme_shape import COLUMN_TO_FIELD, bound_of, scheme_from_version
from models.scheme import SchemeVersion
from plugins.engine import check_scheme, marks
from plugins.engine import weight_sums as engine_sums
from plugins.engine.scheme import Finding, Scheme, TableRow
from plugins.engine.scheme import Item as EngineItem
from plugins.registry import Registry

ITEM_SHEETS = frozenset({"items", "tables"})


@dataclass(frozen=True, slots=True)
class WeightSum:
    """What the weights below a parent add up to; `parent` '' = the whole scheme.  `expected` None: nothing to compare.

    `participant`: of an open dimension's individual items, whose they are.
    """

    parent: str
    found: float
    expected: float | None
    is_right: bool = True
    participant: str | None = None


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
    """Every sum that the scheme's rule is about; for dimensions that state no weight, what is below them."""
    ruled = engine_sums(scheme)
    sums = [WeightSum(one.parent or "", one.found, one.expected, one.fits, one.participant) for one in ruled]
    known, carried = {one.parent for one in sums}, marks(scheme)
    sums += [
        WeightSum(item.code, carried[item.code], None)
        for item in scheme.items
        if item.kind == "dimension" and item.code not in known and item.code in carried
    ]
    return tuple(sums)


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
