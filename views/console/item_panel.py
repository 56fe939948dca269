"""What the panel beside the tree shows of one item: its method, parameters, table and the curve of its rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.errors import PlumblineError, Stale
from models.operations.item_trials import rate_curve
from models.operations.values import Unreadable, read_number
from models.scheme import Item
from views.console.curve import Drawing, drawing_of
from views.console.method_form import Sketch, lines_of, model_of_item, more_of, takes_more
from views.context import allowed, platform, session
from views.errors import say
from views.workbooks.params import written_value

SPARE_ROWS = 1
TRIED = ("actual", "target", "baseline")
"""The values that an indicator can be tried with."""


def panel_of(item: Item, sketch: Sketch | None = None, *, error: PlumblineError | None = None) -> dict[str, Any]:
    """What the panel shows of an item; `sketch`: what is typed and not saved, `error`: why."""
    registry = platform().registry
    shown = sketch if sketch is not None else _sketch_of(item)
    model = model_of_item(item.kind, shown.method, registry)
    method = registry.methods.get(shown.method)
    fields = {name: say(told) for name, told in error.fields.items()} if error is not None else {}
    lines = lines_of(model, shown.values(item.kind)["params"], "params" in fields) if model is not None else []
    if any(line.error for line in lines):
        fields.pop("params")
    needs = _asked_for(method)
    return {
        "item": item,
        "sketch": shown,
        "lines": lines,
        "more": more_of(model, shown.params) if model is not None and takes_more(model) else None,
        "table": method.table if method is not None and item.kind == "indicator" else "",
        "rows": [*shown.table, *([["", ""]] * SPARE_ROWS)],
        "methods": [(code, say(one.labels)) for code, one in sorted(registry.methods.items())],
        "aggregates": [(code, say(one.labels)) for code, one in sorted(registry.aggregates.items())],
        "label": say(method.labels) if method is not None and item.kind == "indicator" else "",
        "may_edit": item.scheme_version.state == "draft" and allowed("item", "edit"),
        "may_delete": item.scheme_version.state == "draft" and allowed("item", "delete"),
        "may_add": item.scheme_version.state == "draft" and allowed("item", "add"),
        "adding": {},
        "fields": fields,
        "message": say(error.text) if error is not None else "",
        "theirs": error.theirs if isinstance(error, Stale) else {},
        "asks": needs,
        "drawing": None if error is not None else _drawing(item, shown, sketch is not None),
    }


def fitted(item: Item, sketch: Sketch) -> Sketch:
    """The sketch without the parameters that belong to the method chosen before."""
    model = model_of_item(item.kind, sketch.method, platform().registry)
    known = model.titles() if model is not None else {}
    return replace(sketch, params={name: value for name, value in sketch.params.items() if name in known})


def readable(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a form as the engine takes them: numbers in the table; a row that has none is left out."""
    rows = [[number_or_text(x), number_or_text(rate)] for x, rate in changes.get("table_rows", ())]
    kept = [row for row in rows if isinstance(row[1], float)]
    return {**changes, "table_rows": kept} if "table_rows" in changes else dict(changes)


def _sketch_of(item: Item) -> Sketch:
    table = [[_written(cell) for cell in row] for row in item.table_rows or []]
    params = {name: str(value) for name, value in (item.params or {}).items()}
    return Sketch(item.method or "", item.aggregate or "", item.direction or "", params, table)


def _written(cell: Any) -> str:
    return written_value(float(cell)) if isinstance(cell, int | float) else str(cell)


def _asked_for(method: Any) -> tuple[str, ...]:
    """The values to try a method with; one that names no needs (a formula) may use all of them."""
    if method is None or {"ratings", "linked"} & set(method.needs):
        return ()
    return TRIED if not method.needs else tuple(name for name in TRIED if name in method.needs)


def _drawing(item: Item, shown: Sketch, is_typed: bool) -> Drawing | None:
    changes = readable(shown.values(item.kind)) if is_typed else {}
    curve = rate_curve(session(), item.id, changes, {}, platform().registry)
    return drawing_of(curve) if curve is not None else None


def number_or_text(written: str) -> float | str:
    """A cell as a number when it reads as one."""
    try:
        return read_number(written)
    except Unreadable:
        return written.strip()
