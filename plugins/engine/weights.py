"""Weights, their sums, and full marks (scoring.md 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plugins.engine.scheme import Scheme
from plugins.engine.tree import Tree, build_tree

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class WeightSum:
    """A sum of weights and what it should be.  `parent`: the dimension whose children are summed, None for the whole
    scheme; `participant`: of an open dimension's individual items, whose they are."""

    parent: str | None
    participant: str | None
    found: float
    expected: float

    @property
    def fits(self) -> bool:
        """Whether both agree at 1e-6 relative."""
        return abs(self.found - self.expected) <= TOLERANCE * abs(self.expected)


def item_weights(scheme: Scheme, tree: Tree) -> dict[str, float | None]:
    """Item code → its weight as it counts among its siblings: with `points` a dimension's blank weight is the sum of
    its children's; with `percent` a single root's blank weight is 100.  None = not given."""
    found: dict[str, float | None] = {code: item.weight for code, item in tree.items.items()}
    if scheme.weighting == "percent":
        if tree.root is not None and found[tree.root] is None:
            found[tree.root] = 100.0
        return found
    for code in tree.bottom_up():
        children = [found[child] for child in tree.children.get(code, ())]
        given = [weight for weight in children if weight is not None]
        if found[code] is None and children and len(given) == len(children) and not tree.is_open(code):
            found[code] = sum(given)
    return found


def marks(scheme: Scheme) -> dict[str, float]:
    """Item code → full marks with nothing excluded, for dimensions and indicators whose weight is known.

    `points`: the weight; `percent`: full_marks × the product of w/100 down the path.  The individual items of an
    open dimension share its marks by their weights, which sum to the dimension's own.
    """
    tree = build_tree(scheme)
    return tree_marks(scheme, tree, item_weights(scheme, tree))


def tree_marks(scheme: Scheme, tree: Tree, weights: Mapping[str, float | None]) -> dict[str, float]:
    """`marks` of a tree whose weights are known already."""
    if scheme.weighting == "points":
        return {code: weight for code, weight in weights.items() if weight is not None}
    found: dict[str, float] = {}
    for code in [*tree.bottom_up()[::-1], *(item.code for item in tree.indicators)]:
        item, weight = tree.items[code], weights[code]
        above = scheme.full_marks if not item.parent else found.get(item.parent)
        whole = weights[item.parent] if item.parent and item.participant else 100.0
        if weight is not None and above is not None and whole:
            found[code] = above * weight / whole
    return found


def weight_sums(scheme: Scheme) -> list[WeightSum]:
    """Every sum of weights that the scheme's rule is about, found and expected; missing weights count as 0."""
    tree = build_tree(scheme)
    weights = item_weights(scheme, tree)
    return [*_whole(scheme, tree, weights), *_dimensions(scheme, tree, weights)]


def _whole(scheme: Scheme, tree: Tree, weights: Mapping[str, float | None]) -> Iterator[WeightSum]:
    if scheme.weighting == "percent":
        yield WeightSum(None, None, _sum(weights, tree.children.get(None, ())), 100.0)
        return
    leaves = [code for code, item in tree.items.items() if _carries(tree, code, item.participant)]
    yield WeightSum(None, None, _sum(weights, leaves), scheme.full_marks)


def _carries(tree: Tree, code: str, participant: str | None) -> bool:
    """Indicators carry the marks, and open dimensions for their individual items."""
    return tree.is_open(code) if tree.items[code].kind == "dimension" else not participant


def _dimensions(scheme: Scheme, tree: Tree, weights: Mapping[str, float | None]) -> Iterator[WeightSum]:
    for code in reversed(tree.bottom_up()):
        children, own = tree.children.get(code, ()), weights[code]
        if tree.is_open(code):
            people = sorted({tree.items[child].participant or "" for child in children})
            for person in people:
                theirs = [child for child in children if tree.items[child].participant == person]
                yield WeightSum(code, person, _sum(weights, theirs), own or 0.0)
        elif scheme.weighting == "percent":
            yield WeightSum(code, None, _sum(weights, children), 100.0)
        elif tree.items[code].weight is not None:
            yield WeightSum(code, None, _sum(weights, children), own or 0.0)


def _sum(weights: Mapping[str, float | None], codes: tuple[str, ...] | list[str]) -> float:
    return sum(weights[code] or 0.0 for code in codes)
