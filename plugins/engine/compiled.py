"""A scheme made ready to compute with: plugins found, parameters typed, tables sorted, weights and marks known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plugins.contract import Aggregate, AnyMethod, ItemFacts, Table
from plugins.engine.item_params import AdjustmentParameters, DimensionParameters, VetoParameters
from plugins.engine.scheme import Item, Scheme
from plugins.engine.tree import Tree, build_tree
from plugins.engine.weights import item_weights, tree_marks
from plugins.parameters import Parameters, parse_parameters
from plugins.registry import Registry
from plugins.selfcheck import table_of


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator with its method.  `floor`, `cap`: infinite for `none`; `policy`: what a missing rate becomes."""

    item: Item
    method: AnyMethod
    params: Parameters
    table: Table
    floor: float
    cap: float
    policy: str

    @property
    def across(self) -> str:
        """Among whom the item's peers are: its parameter `across`, else the ranking group."""
        return str(getattr(self.params, "across", "group"))


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension with its aggregate and the least number of children it needs."""

    item: Item
    aggregate: Aggregate
    min_children: int


@dataclass(frozen=True, slots=True)
class CompiledScheme:
    """Everything a run needs of a scheme; see `compile_scheme`."""

    scheme: Scheme
    tree: Tree
    weights: Mapping[str, float]
    marks: Mapping[str, float]
    indicators: Mapping[str, Indicator]
    dimensions: Mapping[str, Dimension]
    nameless: Aggregate
    adjustments: Mapping[str, AdjustmentParameters]
    vetoes: Mapping[str, VetoParameters]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every item of the tree, sorted."""
        return tuple(self.tree.items)


def item_facts(item: Item) -> ItemFacts:
    """What a method may check an item for."""
    return ItemFacts(item.direction, item.value_type, tuple((row.x, row.rate) for row in item.table))


def bound(given: float | str | None, default: float, unbounded: float) -> float:
    """`floor` or `cap` as a number: None is the default, `none` unbounded."""
    if given is None or given == "":
        return default
    return unbounded if isinstance(given, str) and given.strip().lower() == "none" else float(given)


def compile_indicator(item: Item, scheme: Scheme, registry: Registry) -> Indicator:
    """An indicator whose method is known and whose parameters make sense (`check_scheme` found nothing)."""
    method = registry.methods[item.method or ""]
    params = parse_parameters(method.Parameters, item.params)
    assert not isinstance(params, list)
    rows = tuple((row.x, row.rate) for row in item.table) if method.table else ()
    return Indicator(
        item, method, params, table_of(rows, method.table), bound(item.floor, 0.0, -np.inf),
        bound(item.cap, 1.0, np.inf), item.missing or scheme.missing or "zero",
    )  # fmt: skip


def compile_dimension(item: Item, registry: Registry) -> Dimension:
    """A dimension whose aggregate is known and whose `min_children` makes sense."""
    return Dimension(
        item, registry.aggregates[item.aggregate or "arithmetic"], DimensionParameters.of(item).min_children
    )


def compile_sound(scheme: Scheme, registry: Registry) -> CompiledScheme:
    """A scheme in which `check_scheme` found nothing that can never be saved, and whose weights are all given."""
    tree = build_tree(scheme)
    weights = item_weights(scheme, tree)
    return CompiledScheme(
        scheme=scheme,
        tree=tree,
        weights={code: weight for code, weight in weights.items() if weight is not None},
        marks=tree_marks(scheme, tree, weights),
        indicators={item.code: compile_indicator(item, scheme, registry) for item in tree.indicators},
        dimensions={
            item.code: compile_dimension(item, registry) for item in tree.items.values() if item.kind == "dimension"
        },
        nameless=registry.aggregates["arithmetic"],
        adjustments={item.code: AdjustmentParameters.of(item) for item in tree.adjustments if item.kind != "veto"},
        vetoes={item.code: VetoParameters.of(item) for item in tree.adjustments if item.kind == "veto"},
    )
