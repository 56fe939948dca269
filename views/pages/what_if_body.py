"""A trial as the page sends it: every value as it was typed, checked here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from config.text import Text, text
from models.errors import Invalid
from models.operations.what_if import ItemChange, Trial
from plugins.engine.scheme import TableRow
from views.workbooks.params import parse_params
from views.workbooks.problems import CellError

LONGEST = 4000
FIELDS = frozenset({"weight", "method", "params", "table"})


def trial_of(body: Any) -> Trial:
    """`{"items": {"B1": {"weight": "35", "params": "each=2"}}, "targets": {"B1": "97"}}` as a trial.

    Raises Invalid that names each item in error.
    """
    if not isinstance(body, dict) or not body.keys() <= {"items", "targets"}:
        raise Invalid(text("This is no trial.", "提交的内容不是有效的试算。"))
    wrong: dict[str, Text] = {}
    items: dict[str, ItemChange] = {}
    targets: dict[str, float] = {}
    for code, given in _mapping(body.get("items")).items():
        _taken(items, code, given, _change, wrong)
    for code, given in _mapping(body.get("targets")).items():
        _taken(targets, code, given, _number, wrong)
    if wrong:
        code, said = next(iter(wrong.items()))
        raise Invalid(text("{code}: {said}", "{code}：{said}", code=code, said=said), wrong)
    return Trial(items, targets)


def _taken(found: dict[str, Any], code: str, given: Any, take: Any, wrong: dict[str, Text]) -> None:
    try:
        found[code] = take(given)
    except CellError as error:
        wrong[code] = error.wrong
    except (TypeError, ValueError):
        wrong[code] = text("this is no number", "不是有效的数值")


def _mapping(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Invalid(text("This is no trial.", "提交的内容不是有效的试算。"))
    return given


def _change(given: Any) -> ItemChange:
    if not isinstance(given, dict) or not given.keys() <= FIELDS:
        raise TypeError
    words = {name: str(value) for name, value in given.items()}
    if any(len(value) > LONGEST for value in words.values()):
        raise CellError(text("this is too long", "内容过长"), text("write less", "请精简内容"))
    return ItemChange(
        weight=_number(words["weight"]) if "weight" in words else None,
        method=words.get("method"),
        params=parse_params(words["params"]) if "params" in words else None,
        table=_table(words["table"]) if "table" in words else None,
    )


def _number(given: Any) -> float:
    value = float(str(given).strip())
    if isinstance(given, bool) or not math.isfinite(value):
        raise ValueError
    return value


def _table(written: str) -> tuple[TableRow, ...]:
    """`70=0; 90=0.9; 95=1`, or options in place of the numbers on the left."""
    return tuple(TableRow(_threshold(x), _number(rate)) for x, rate in parse_params(written).items())


def _threshold(x: str) -> float | str:
    try:
        return _number(x)
    except ValueError:
        return x
