"""Checks of the sheets `actual`, `target` and `baseline`: known items, values of the right type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from config.text import Text, text
from plugins.arrays import Bools, Floats
from plugins.engine.checking.words import error, unknown
from plugins.engine.data import Data
from plugins.engine.scheme import Finding, Item, Scheme
from plugins.numbers import figure, key_of
from plugins.registry import Registry

_Test = Callable[[Floats], Bools]
_TYPES: dict[str, tuple[_Test, Text]] = {
    "count": (lambda x: (x < 0) | (x != np.floor(x)), text("a whole number, 0 or more", "不小于 0 的整数")),
    "date": (lambda x: (x != np.floor(x)) | (x < 1) | (x > date.max.toordinal()), text("a date", "日期")),
    "yes_no": (lambda x: (x != 0) & (x != 1), text("yes or no", "是或否")),
}
_FINITE = text("a finite number", "有限的数")


def check_values(scheme: Scheme, data: Data, registry: Registry) -> Iterator[Finding]:
    """Columns of unknown items, values that do not fit the value type, options that are not in the table."""
    items = {item.code: item for item in scheme.items if item.kind == "indicator"}
    for sheet in ("actual", "target", "baseline"):
        columns = getattr(data, sheet)
        for code in sorted(columns):
            if code not in items:
                yield error(sheet, None, code, unknown(code, items, "indicator", "指标"))
            else:
                yield from _column(sheet, items[code], columns[code], data)
    for code in sorted({*data.choices, *data.not_applicable} - set(items)):
        yield error("actual", None, code, unknown(code, items, "indicator", "指标"))
    for code in sorted(set(data.choices) & set(items)):
        yield from _options(items[code], data.choices[code], data, registry)
    for code in sorted(set(items) & set(data.actual) - set(data.choices)):
        numbers = (
            tuple("" if np.isnan(x) else key_of(float(x)) for x in data.actual[code])
            if _has_options(items[code], registry)
            else ()
        )
        yield from _options(items[code], numbers, data, registry)


def _column(sheet: str, item: Item, values: Floats, data: Data) -> Iterator[Finding]:
    """A target of a yes/no item may be any number; what stands under `n/a` does not count."""
    values = np.asarray(values, dtype=np.float64)
    kind = "" if sheet != "actual" and item.value_type == "yes_no" else item.value_type or ""
    claimed = data.not_applicable.get(item.code, np.zeros(len(values), dtype=np.bool_))
    there = ~np.isnan(values) & ~claimed
    wrong, wanted = there & ~np.isfinite(values), _FINITE
    yield from _wrong(sheet, item, wrong, values, wanted, data)
    if kind in _TYPES:
        test, wanted = _TYPES[kind]
        with np.errstate(invalid="ignore"):
            yield from _wrong(sheet, item, there & np.isfinite(values) & test(values), values, wanted, data)


def _wrong(sheet: str, item: Item, wrong: Bools, values: Floats, wanted: Text, data: Data) -> Iterator[Finding]:
    for at in np.flatnonzero(wrong):
        yield error(sheet, data.participants.codes[at], item.code, text(
            "{item} must be {wanted}, not {value}", "{item} 应为{wanted}，而不是 {value}",
            item=item.code, wanted=wanted, value=figure(float(values[at])),
        ))  # fmt: skip


def _has_options(item: Item, registry: Registry) -> bool:
    method = registry.methods.get(item.method or "")
    return method is not None and method.table == "options"


def _options(item: Item, options: tuple[str, ...], data: Data, registry: Registry) -> Iterator[Finding]:
    if not _has_options(item, registry):
        return
    known = {key_of(row.x): str(row.x) for row in item.table}
    for at, option in enumerate(options):
        if option and key_of(option) not in known:
            yield error(
                "actual", data.participants.codes[at], item.code, unknown(option, known.values(), "option", "选项")
            )
