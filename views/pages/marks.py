"""How many marks an item can bring, as pages show it beside its points."""

from __future__ import annotations

from models.scheme import Item, SchemeVersion

WEIGHTED = frozenset({"dimension", "indicator"})


def marks_by_code(version: SchemeVersion) -> dict[str, float]:
    """Item code → the marks it can bring; without those that the scheme leaves to the engine.

    In points, a dimension without a weight is worth what is below it together; in percent, an item is worth its share
    of what stands above it.
    """
    items = [item for item in version.items if item.kind in WEIGHTED and not item.participant]
    found: dict[str, float] = {}
    if version.weighting == "percent":
        _share_out(items, None, version.full_marks, found)
    else:
        for item in items:
            if not item.parent:
                _add_up(items, item, found)
    return found


def _add_up(items: list[Item], item: Item, found: dict[str, float]) -> float:
    """The marks of an item in points, noted with everything below it."""
    below = sum(_add_up(items, child, found) for child in items if child.parent == item.code)
    found[item.code] = below if item.weight is None else item.weight
    return found[item.code]


def _share_out(items: list[Item], above: str | None, marks: float, found: dict[str, float]) -> None:
    """Give the items below `above` their shares of its marks."""
    for item in items:
        if (item.parent or None) == above and item.weight is not None:
            found[item.code] = marks * item.weight / 100
            _share_out(items, item.code, found[item.code], found)
