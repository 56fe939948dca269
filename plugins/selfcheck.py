"""What a plugin must pass before it is let in: identity, parameters, and one small computation with its example."""

from __future__ import annotations

import re

import numpy as np

from config.text import Text, text
from plugins.arrays import Floats
from plugins.contract import API_VERSION, Aggregate, AnyMethod, AnyRule, Columns, ItemFacts, PanelRatings, Table
from plugins.grouping import Grouping
from plugins.numbers import key_of
from plugins.parameters import Parameters, Title, parse_parameters

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def identity_problem(plugin: type[AnyMethod] | type[Aggregate] | type[AnyRule]) -> Text | None:
    """What is wrong with the API version, code, labels or version of a plugin class."""
    wanted = getattr(plugin, "api_version", None)
    if wanted != API_VERSION:
        return text(
            "it is written for version {wanted} of the contract, this is {ours}",
            "该插件适用于接口版本 {wanted}，当前为 {ours}",
            wanted=str(wanted),
            ours=API_VERSION,
        )
    code = getattr(plugin, "code", None)
    if not isinstance(code, str) or not _CODE.match(code):
        return text(
            "its code is missing or not lower-case letters, digits and underscores",
            "代码缺失，或不是小写字母、数字和下划线",
        )
    labels, version = getattr(plugin, "labels", None), getattr(plugin, "version", None)
    if not isinstance(labels, Text) or not (labels.en.strip() and labels.zh_Hans.strip()):
        return text("it has no labels in both languages", "缺少中英文名称")
    if not isinstance(version, str) or not version.strip():
        return text("it has no version", "缺少版本号")
    return None


def parameters_problem(plugin: type[AnyMethod] | type[AnyRule]) -> Text | None:
    """What is wrong with the parameter model of a method or rule class."""
    model = getattr(plugin, "Parameters", None)
    if not (isinstance(model, type) and issubclass(model, Parameters)):
        return text("its Parameters are no parameter model", "Parameters 不是参数模型")
    for name, info in model.model_fields.items():
        if not any(isinstance(mark, Title) for mark in info.metadata):
            return text("its parameter “{name}” has no title", "参数“{name}”缺少名称", name=name)
    return None


def sample_columns(method: AnyMethod, rows: tuple[tuple[float | str, float], ...]) -> Columns:
    """Seven participants in two groups, of whom the last has nothing; ratings and links for the others."""
    x = np.array([3.0, 1.0, 2.0, 2.0, 0.0, 3.0, np.nan])
    n = len(x)
    linked = {source: np.where(np.isnan(x), np.nan, 0.8) for source in ("unit",)}
    panel = PanelRatings(
        np.repeat(np.arange(n - 1), 3), np.tile(np.array([0, 0, 1]), n - 1), np.linspace(5.0, 9.0, 3 * (n - 1)),
        ("a", "b"), np.array([1.0, 2.0]), np.array([0, 1]),
    )  # fmt: skip
    return Columns(
        x=x, t=x + 1, baseline=x / 2, options=(), higher=True, marks=10.0, floor=0.0, cap=1.0,
        table=table_of(rows, method.table), end=np.inf, groups=Grouping.of(("p", "q", "p", "q", "p", "q", "p")),
        everyone=Grouping.of(("",) * n), panel=panel, linked=linked,
    )  # fmt: skip


def table_of(rows: tuple[tuple[float | str, float], ...], kind: str) -> Table:
    """The rows of an item's table as a method is given them: options as they are, numbers ascending."""
    if kind == "options":
        keys = tuple(key_of(x) for x, _ in rows)
        return Table(keys, np.full(len(rows), np.nan), np.array([rate for _, rate in rows], dtype=np.float64))
    numbers = sorted((float(x), rate) for x, rate in rows)
    return Table((), np.array([x for x, _ in numbers]), np.array([rate for _, rate in numbers], dtype=np.float64))


def method_problem(method: AnyMethod) -> Text | None:
    """What a method gets wrong when it computes its own example."""
    params = parse_parameters(method.Parameters, method.example.params)
    if isinstance(params, list):
        return params[0].why
    for problem in method.check(params, ItemFacts(None, None, method.example.table)):
        return problem.why
    columns = sample_columns(method, method.example.table)
    before = columns.x.copy()
    rates = method.rate(columns, params)
    if not _is_column(rates, len(columns)):
        return text("its rates are not one number a participant", "得分率不是每个对象一个数字")
    if not np.array_equal(before, columns.x, equal_nan=True):
        return text("it changes its inputs", "该插件改动了输入数据")
    if not np.array_equal(rates, method.rate(columns, params), equal_nan=True):
        return text("it does not give the same rates twice", "两次计算结果不一致")
    present = np.flatnonzero(~np.isnan(rates))
    if not len(present):
        return text("it gives no rate for its own example", "示例未得出任何得分率")
    return sentence_problem(method.explain(columns, params, int(present[0])))


def aggregate_problem(aggregate: Aggregate) -> Text | None:
    """What an aggregate gets wrong with three children of which one is missing."""
    rates = [np.array([0.5, 0.5]), np.array([0.8, 0.8]), np.array([np.nan, 0.2])]
    combined = aggregate.combine(rates, [1.0, 2.0, 3.0], [~np.isnan(rate) for rate in rates])
    if not _is_column(combined, 2) or not np.isfinite(combined).all():
        return text("its result is not one number a participant", "结果不是每个对象一个数字")
    return sentence_problem(aggregate.explain([0.5, 0.8], [1.0, 2.0]))


def _is_column(values: Floats, count: int) -> bool:
    return isinstance(values, np.ndarray) and values.shape == (count,) and values.dtype == np.float64


def sentence_problem(sentence: Text) -> Text | None:
    """What is wrong with a sentence that should be in both languages."""
    if isinstance(sentence, Text) and all(sentence.in_language(language).strip() for language in ("en", "zh_Hans")):
        return None
    return text("it does not explain itself in both languages", "未用中英文给出说明")
