"""What every registered plugin must keep to, built-in or not."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import numpy as np
import pytest

from config.text import Text
from plugins.contract import API_VERSION, Columns, ItemFacts
from plugins.grouping import Grouping
from plugins.numbers import rate_figure
from plugins.parameters import Parameters, parse_parameters
from plugins.registry import build_registry
from plugins.selfcheck import sample_columns, table_of

REGISTRY = build_registry()
METHODS = sorted(REGISTRY.methods)
AGGREGATES = sorted(REGISTRY.aggregates)
HARD = np.array([0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, 1e-12, np.nan, 0.3, 738000.0, 3.0])


def columns_of(code: str, x: np.ndarray, t: np.ndarray | None = None, higher: bool = True) -> Columns:
    method = REGISTRY.methods[code]
    n = len(x)
    return Columns(
        x=x, t=x[::-1].copy() if t is None else t, baseline=np.roll(x, 1), options=(), higher=higher, marks=10.0,
        floor=0.0,
        cap=1.0, table=table_of(method.example.table, method.table), end=math.inf,
        groups=Grouping.of(tuple("ab"[at % 2] for at in range(n))), everyone=Grouping.of(("",) * n), panel=None,
        linked={},
    )  # fmt: skip


def params_of(code: str) -> Parameters:
    params = parse_parameters(REGISTRY.methods[code].Parameters, REGISTRY.methods[code].example.params)
    assert isinstance(params, Parameters)
    return params


@pytest.mark.parametrize("code", METHODS)
def test_identity(code: str) -> None:
    method = REGISTRY.methods[code]
    assert method.code == code
    assert method.api_version == API_VERSION
    assert method.version
    assert method.labels.en
    assert method.labels.zh_Hans != method.labels.en
    assert method.table in {"", "points", "ranks", "options"}
    assert method.monotonic in {"", "direction", "higher", "lower"}
    assert set(method.needs) <= {"actual", "target", "baseline", "ratings", "linked"}
    assert type(method).__doc__


@pytest.mark.parametrize("code", METHODS)
def test_parameters_have_titles_defaults_that_pass_and_refuse_strangers(code: str) -> None:
    model = REGISTRY.methods[code].Parameters
    for title in model.titles().values():
        assert title.en
        assert title.zh_Hans != title.en
    assert isinstance(params_of(code), model)
    for raw in ({"no such": "parameter"}, dict.fromkeys(model.titles(), "gibberish §")):
        if raw:
            problems = parse_parameters(model, raw)
            assert isinstance(problems, list)
            assert all(problem.why.in_language("zh_Hans") for problem in problems)
    schema = model.model_json_schema()
    assert set(schema.get("properties", {})) == set(model.titles())


@pytest.mark.parametrize("code", METHODS)
def test_the_example_makes_sense(code: str) -> None:
    method = REGISTRY.methods[code]
    assert list(method.check(params_of(code), ItemFacts(None, None, method.example.table))) == []


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("code", METHODS)
def test_any_column_of_numbers_gives_a_column_of_rates(code: str, higher: bool) -> None:
    method, params = REGISTRY.methods[code], params_of(code)
    for x in (HARD, HARD[:1], HARD[8:9], np.full(5, np.nan), np.zeros(4)):
        columns = columns_of(code, x, higher=higher)
        before = [columns.x.copy(), columns.t.copy(), columns.baseline.copy()]
        with np.errstate(all="ignore"):
            rates = method.rate(columns, params)
            again = method.rate(columns, params)
        assert rates.shape == x.shape
        assert rates.dtype == np.float64
        assert np.array_equal(rates, again, equal_nan=True)
        for old, new in zip(before, (columns.x, columns.t, columns.baseline), strict=True):
            assert np.array_equal(old, new, equal_nan=True)


@pytest.mark.parametrize("code", METHODS)
def test_the_order_of_participants_does_not_matter(code: str) -> None:
    method, params = REGISTRY.methods[code], params_of(code)
    if {"ratings", "linked"} & set(method.needs):
        pytest.skip("its values are no columns")
    rng = np.random.default_rng(5)
    x, t = rng.integers(0, 9, 40).astype(float), rng.integers(1, 9, 40).astype(float)
    keys = np.array([f"g{at}" for at in rng.integers(0, 4, 40)])
    order = rng.permutation(40)

    def rated(positions: np.ndarray) -> np.ndarray:
        columns = columns_of(code, x[positions], t[positions])
        return method.rate(
            Columns(**{**{name: getattr(columns, name) for name in Columns.__dataclass_fields__ if name != "memo"},
                       "baseline": x[positions], "groups": Grouping.of(tuple(keys[positions]))}), params)  # fmt: skip

    assert rated(order) == pytest.approx(rated(np.arange(40))[order], nan_ok=True, abs=1e-12)


@pytest.mark.parametrize("code", METHODS)
def test_every_missing_rate_has_one_cause_and_every_other_a_sentence(code: str) -> None:
    method, params = REGISTRY.methods[code], params_of(code)
    for columns in (sample_columns(method, method.example.table), columns_of(code, HARD)):
        with np.errstate(all="ignore"):
            rates = method.rate(columns, params)
            missing = np.flatnonzero(~np.isfinite(rates))
            causes = list(method.causes(columns, params, missing))
            assert (
                sorted(np.concatenate([cause.positions for cause in causes] or [missing]).tolist()) == missing.tolist()
            )
            assert all(isinstance(cause.why, Text) for cause in causes)
            for position in np.flatnonzero(np.isfinite(rates)):
                sentence = method.explain(columns, params, int(position))
                assert sentence.in_language("en").strip()
                assert sentence.in_language("zh_Hans") != sentence.in_language("en")


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("code", [code for code in METHODS if REGISTRY.methods[code].monotonic])
def test_a_better_value_never_lowers_a_monotonic_rate(code: str, higher: bool) -> None:
    method, params = REGISTRY.methods[code], params_of(code)
    sense = method.monotonic if method.monotonic != "direction" else ("higher" if higher else "lower")
    rng = np.random.default_rng(11)
    for _ in range(200):
        x, t = rng.integers(0, 8, 6) / 2.0, rng.integers(0, 8, 6) / 2.0
        at, step = rng.integers(0, 6), rng.integers(1, 5) / 2.0
        better = x.copy()
        better[at] = x[at] + step if sense == "higher" else max(0.0, x[at] - step)
        with np.errstate(all="ignore"):
            before = np.clip(method.rate(columns_of(code, x, t, higher), params)[at], 0, 1)
            after = np.clip(method.rate(columns_of(code, better, t, higher), params)[at], 0, 1)
        assert after >= before - 1e-9, (x, t, at, step)


@pytest.mark.parametrize("code", AGGREGATES)
def test_aggregates(code: str) -> None:
    aggregate = REGISTRY.aggregates[code]
    rng = np.random.default_rng(13)
    rates = [rng.random(50) for _ in range(4)]
    weights = [1.0, 2.0, 3.5, 0.25]
    present = [rng.random(50) < 0.7 for _ in range(3)] + [np.ones(50, dtype=np.bool_)]
    given = [np.where(there, rate, np.nan) for rate, there in zip(rates, present, strict=True)]
    combined = aggregate.combine(given, weights, present)
    assert combined.shape == (50,)
    for at in range(50):
        own = [rate[at] for rate, there in zip(given, present, strict=True) if there[at]]
        assert min(own) - 1e-12 <= combined[at] <= max(own) + 1e-12
        scaled = aggregate.combine(given, [7 * weight for weight in weights], present)
        assert scaled[at] == pytest.approx(combined[at])
        if at < 5:
            shown = [weight for weight, there in zip(weights, present, strict=True) if there[at]]
            sentence = aggregate.explain([float(rate) for rate in own], shown)
            assert rate_figure(float(combined[at])) in str(sentence)
    assert aggregate.labels.zh_Hans != aggregate.labels.en


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in {"plugins", "config", "models", "views"}}


@pytest.mark.parametrize("folder", ["methods", "aggregates"])
def test_built_ins_use_the_public_contract_only(folder: str) -> None:
    allowed = {"plugins.contract", "plugins.formula"}
    paths = sorted((Path(__file__).parents[2] / "plugins" / folder).glob("*.py"))
    assert len(paths) > 4
    for path in paths:
        strange = {name for name in imports_of(path) - allowed if not name.startswith(f"plugins.{folder}.")}
        assert strange == set(), path.name
