"""From a scheme to one that can be computed with, or the reasons why not."""

from __future__ import annotations

from collections.abc import Iterator

from config.text import text
from plugins.engine.checking.scheme import check_scheme
from plugins.engine.compiled import CompiledScheme, compile_sound
from plugins.engine.errors import InvalidScheme
from plugins.engine.scheme import Finding, Place, Scheme
from plugins.engine.tree import build_tree
from plugins.engine.weights import item_weights, tree_marks
from plugins.registry import Registry


def compile_scheme(scheme: Scheme, registry: Registry) -> CompiledScheme:
    """A scheme ready to compute with: a draft will do whose weights are given, whatever they sum to.

    Raises InvalidScheme with everything that stands in the way.
    """
    errors = [found for found in check_scheme(scheme, registry, publish=False) if found.level == "error"]
    errors += [] if errors else list(_gaps(scheme))
    if errors:
        raise InvalidScheme(errors)
    return compile_sound(scheme, registry)


def _gaps(scheme: Scheme) -> Iterator[Finding]:
    tree = build_tree(scheme)
    weights = item_weights(scheme, tree)
    full = tree_marks(scheme, tree, weights)
    for code, item in tree.items.items():
        if not full.get(code, 0.0) > 0 or not (weights[code] or 0.0) > 0:
            yield Finding(
                Place("items", code, "weight"),
                text("{item} has no weight above 0", "{item} 没有大于 0 的权重", item=code),
            )
        if item.kind == "indicator" and not item.method:
            yield Finding(
                Place("items", code, "method"), text("{item} has no method", "{item} 没有计分方法", item=code)
            )
