"""Checks of single items: words, bounds, methods, parameters and tables (scoring.md 2)."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from config.text import Text, text
from plugins.engine.checking.words import bad_decimals, error, is_number, note, one_of, unknown
from plugins.engine.compiled import bound, item_facts
from plugins.engine.item_params import AdjustmentParameters, DimensionParameters, VetoParameters
from plugins.engine.scheme import MISSING_POLICIES, VALUE_TYPES, Finding, Item, Scheme
from plugins.engine.tree import ADJUSTMENTS
from plugins.numbers import key_of
from plugins.parameters import P, parse_parameters
from plugins.registry import Registry

_WORDS = {
    "direction": ("higher", "lower"),
    "value_type": VALUE_TYPES,
    "missing": MISSING_POLICIES,
    "evidence": ("none", "optional", "required"),
}


def check_items(scheme: Scheme, registry: Registry) -> Iterator[Finding]:
    """Everything about each item by itself."""
    grades = [band.code for band in scheme.grades]
    for item in scheme.items:
        yield from _words(item)
        yield from _numbers(item)
        if item.kind == "indicator":
            yield from _indicator(item, registry)
        else:
            yield from _other(item, registry, grades)


def _words(item: Item) -> Iterator[Finding]:
    for name, allowed in _WORDS.items():
        value = getattr(item, name)
        why = one_of(value, allowed) if value not in {None, ""} else None
        if why is not None:
            yield error("items", item.code, name, why)


def _numbers(item: Item) -> Iterator[Finding]:
    if item.weight is not None and not is_number(item.weight):
        yield error("items", item.code, "weight", text("the weight must be a number", "权重应为数字"))
    why = bad_decimals(item.decimals)
    if why is not None:
        yield error("items", item.code, "decimals", why)
    bounds = {}
    for name, default, unbounded in (("floor", 0.0, float("-inf")), ("cap", 1.0, float("inf"))):
        try:
            bounds[name] = bound(getattr(item, name), default, unbounded)
        except (TypeError, ValueError):
            bounds[name] = float("nan")
        given = getattr(item, name)
        if bounds[name] != bounds[name] or (not isinstance(given, str) and given is not None and not is_number(given)):
            yield error("items", item.code, name, text("this must be a number or none", "应为数字或 none"))
    if item.kind == "indicator" and bounds["floor"] > bounds["cap"]:
        yield error("items", item.code, "floor", text("the floor is above the cap", "下限高于上限"))
    if item.kind in ADJUSTMENTS and bound_is_negative(item):
        yield error("items", item.code, "cap", text("the cap must not be negative", "封顶分值不能为负"))


def bound_is_negative(item: Item) -> bool:
    """Whether an adjustment's cap is below 0."""
    return is_number(item.cap) and float(item.cap or 0) < 0


def _indicator(item: Item, registry: Registry) -> Iterator[Finding]:
    if item.aggregate:
        yield error("items", item.code, "aggregate", text("only a dimension has an aggregate", "只有维度才有合成方式"))
    if not item.method:
        return
    method = registry.methods.get(item.method)
    if method is None:
        yield error("items", item.code, "method", unknown(item.method, registry.methods, "method", "计分方法"))
        return
    params = yield from _params(item, method.Parameters)
    table_errors = list(_table(item, method.table))
    yield from table_errors
    if params is not None and not table_errors:
        for problem in method.check(params, item_facts(item)):
            if problem.column == "table":
                yield error("tables", item.code, "x", problem.why, 0)
            else:
                yield error("items", item.code, problem.column, problem.why)


def _params(item: Item, model: type[P]) -> Generator[Finding, None, P | None]:
    """A finding for each parameter in error; returns the parameters when there is none."""
    parsed = parse_parameters(model, item.params)
    if not isinstance(parsed, list):
        return parsed
    for problem in parsed:
        yield error("items", item.code, problem.column, problem.why)
    return None


def _other(item: Item, registry: Registry, grades: list[str]) -> Iterator[Finding]:
    """Dimensions and adjustments."""
    if item.method:
        yield error("items", item.code, "method", text("only an indicator has a method", "只有指标才有计分方法"))
    if item.participant:
        yield error(
            "items", item.code, "participant", text("only an indicator can be individual", "只有指标可以是个性指标")
        )
    if item.kind == "dimension":
        if item.aggregate and item.aggregate not in registry.aggregates:
            yield error(
                "items", item.code, "aggregate", unknown(item.aggregate, registry.aggregates, "aggregate", "合成方式")
            )
        yield from _params(item, DimensionParameters)
    elif item.kind in {"bonus", "deduction"}:
        yield from _params(item, AdjustmentParameters)
    elif item.kind == "veto":
        params = yield from _params(item, VetoParameters)
        if params is not None and params.max_grade is not None and params.max_grade not in grades:
            yield error("items", item.code, "params", unknown(params.max_grade, grades, "grade", "等次"))


def _table(item: Item, kind: str) -> Iterator[Finding]:
    """The rows of a table: there where needed, numbers or options, each x once."""
    if not kind:
        if item.table:
            yield note(
                "tables",
                item.code,
                "item",
                text("the method of {item} uses no table", "{item} 的计分方法不使用表格", item=item.code),
                0,
            )
        return
    if not item.table:
        yield error(
            "items",
            item.code,
            "method",
            text("the method needs rows on the sheet tables", "该计分方法需要在 tables 工作表中列出对应关系"),
        )
    seen: set[str] = set()
    for index, row in enumerate(item.table):
        why = _x_problem(row.x, kind, seen)
        if why is not None:
            yield error("tables", item.code, "x", why, index)
        if not is_number(row.rate):
            yield error("tables", item.code, "rate", text("the rate must be a number", "得分率应为数字"), index)


def _x_problem(x: float | str, kind: str, seen: set[str]) -> Text | None:
    key = key_of(x)
    if not key or (kind != "options" and not is_number(x)):
        return text("“{x}” is no number", "“{x}”不是数字", x=key[:60]) if key else text("this is empty", "不能为空")
    if key in seen:
        return text("“{x}” stands twice in the table", "表格中“{x}”重复", x=key[:60])
    seen.add(key)
    return None
