"""What stops a scheme from being published though it can be saved (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Iterator

from config.text import Text, text
from plugins.engine.checking.words import error, note
from plugins.engine.item_params import DimensionParameters
from plugins.engine.scheme import Finding, Item, Scheme
from plugins.engine.tree import Tree, build_tree
from plugins.engine.weights import WeightSum, item_weights, weight_sums
from plugins.numbers import figure
from plugins.parameters import parse_parameters

_DESCRIBED = {
    "source": text("{item} has no source", "{item} 缺少数据来源"),
    "standard": text("{item} has no standard", "{item} 缺少评价标准"),
    "unit": text("{item} has no unit of measure", "{item} 缺少计量单位"),
}


def check_publishing(scheme: Scheme, headless: bool) -> Iterator[Finding]:
    """Weights and their sums, methods, descriptions; the tree itself must be sound."""
    tree = build_tree(scheme)
    if not any(True for _ in tree.indicators):
        yield error("items", None, "code", text("there is no indicator", "没有任何指标"))
    weights = item_weights(scheme, tree)
    gaps = [found for code in tree.items for found in _weight(code, weights[code])]
    yield from gaps
    missing = {found.place.key for found in gaps}
    for found in weight_sums(scheme):
        if not found.fits and not (missing & _summed(tree, found)):
            yield _sum_finding(scheme, tree, found)
    for item in tree.items.values():
        yield from _indicator(item, headless) if item.kind == "indicator" else _dimension(item, tree)


def _weight(code: str, weight: float | None) -> Iterator[Finding]:
    if weight is None:
        yield error("items", code, "weight", text("{item} has no weight", "{item} 缺少权重", item=code))
    elif not weight > 0:
        yield error(
            "items", code, "weight", text("the weight of {item} must be above 0", "{item} 的权重应大于 0", item=code)
        )


def _summed(tree: Tree, found: WeightSum) -> set[str | None]:
    """The codes whose weights enter a sum: one that is missing is reported itself, not the sum."""
    below = tree.items if found.parent is None else tree.children.get(found.parent, ())
    return set(below) | {found.parent}


def _sum_finding(scheme: Scheme, tree: Tree, found: WeightSum) -> Finding:
    """A sum that is wrong, at the parent's row; the root's at the setting it must equal."""
    percent_root = scheme.weighting == "percent" and found.parent is not None and found.parent == tree.root
    name: Text | str = found.parent or tree.root or text("the whole scheme", "整个方案")
    params = {"parent": name, "found": figure(found.found), "expected": figure(found.expected)}
    if found.participant is not None:
        said = text(
            "the weights of {person}'s items under {parent} sum to {found}, not to {expected}",
            "{parent} 下 {person} 的个性指标权重合计为 {found}，应为 {expected}",
            person=found.participant,
            **params,
        )
    else:
        said = text(
            "the weights under {parent} sum to {found}, not to {expected}",
            "{parent} 下的权重合计为 {found}，应为 {expected}",
            **params,
        )
    if found.parent is None or percent_root:
        return error("scheme", None, "full_marks" if scheme.weighting == "points" else "weighting", said)
    return error("items", found.parent, "weight", said)


def _indicator(item: Item, headless: bool) -> Iterator[Finding]:
    if not item.method:
        yield error("items", item.code, "method", text("{item} has no method", "{item} 缺少计分方法", item=item.code))
    for column, said in _DESCRIBED.items():
        if not (getattr(item, column) or "").strip():
            where = note if headless else error
            yield where("items", item.code, column, text(said.en, said.zh_Hans, item=item.code))


def _dimension(item: Item, tree: Tree) -> Iterator[Finding]:
    """An open dimension counts individual items only; one that asks for more items than it has never counts."""
    children = tree.children.get(item.code, ())
    if not children:
        yield note("items", item.code, "code", text(
            "{item} has no items; it counts those agreed with each participant", "{item} 没有下级项目，仅计入个性指标",
            item=item.code,
        ))  # fmt: skip
        return
    params = parse_parameters(DimensionParameters, item.params)
    if not isinstance(params, list) and params.min_children > len(children) and not tree.is_open(item.code):
        yield error("items", item.code, "params", text(
            "{item} needs {least} items to count and has {count}",
            "{item} 要求至少 {least} 个有效项目，仅有 {count} 个",
            item=item.code, least=params.min_children, count=len(children),
        ))  # fmt: skip
