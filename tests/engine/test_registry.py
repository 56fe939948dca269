"""The registry: built-ins, files and packages; whatever is wrong with a plugin disables that plugin alone."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from plugins import loading
from plugins.registry import Registry, build_registry, load_registry

METHODS = {
    "ratio", "goalpost", "minmax", "zscore", "percentile", "rank_points", "best_ratio", "steps", "interpolate",
    "efficacy",
    "milestone", "deduct", "accumulate", "choice", "rating", "formula", "linked",
}  # fmt: skip
AGGREGATES = {"arithmetic", "geometric", "harmonic", "min", "max"}
HEAD = """
import numpy as np
from plugins.contract import *
from plugins.hookspecs import hookimpl

class Own(ScoringMethod):
    code = "own"
    labels = text("Own", "自有")
    version = "0.1"
    def rate(self, columns, params):
        return columns.x * 1.0
    def explain(self, columns, params, position):
        return text("it is {x}", "为 {x}", x=figure(float(columns.x[position])))
"""
HOOK = """
@hookimpl
def plumbline_scoring_methods():
    return [Own]
"""


def built(folder: Path, **files: str) -> Registry:
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return build_registry(folder, entry_points=False)


def test_the_built_ins_are_there_and_well() -> None:
    registry = build_registry(entry_points=False)
    assert set(registry.methods) == METHODS
    assert set(registry.aggregates) == AGGREGATES
    assert registry.problems == ()


def test_registries_are_independent(tmp_path: Path) -> None:
    with_own = built(tmp_path, own=HEAD + HOOK)
    assert "own" in with_own.methods
    assert with_own.problems == ()
    assert "own" not in build_registry(entry_points=False).methods


def test_the_registry_cannot_be_changed() -> None:
    registry = build_registry(entry_points=False)
    with pytest.raises(TypeError):
        registry.methods["own"] = None  # type: ignore[index]


BAD = {
    "a wrong version of the contract": (HEAD.replace('version = "0.1"', 'version = "0.1"\n    api_version = 99'),
        "contract"),
    "a code that is taken": (HEAD.replace('code = "own"', 'code = "ratio"'), "taken"),
    "a code that is none": (HEAD.replace('code = "own"', 'code = "My Own"'), "code"),
    "no code": (HEAD.replace('code = "own"', ""), "code"),
    "one language": (HEAD.replace('text("Own", "自有")', 'text("Own", "")'), "languages"),
    "no labels": (HEAD.replace('labels = text("Own", "自有")', ""), "languages"),
    "no version": (HEAD.replace('version = "0.1"', ""), "version"),
    "a method that raises": (HEAD.replace("return columns.x * 1.0", "return 1 / 0"), "ZeroDivisionError"),
    "rates of another length": (HEAD.replace("columns.x * 1.0", "columns.x[:2]"), "participant"),
    "rates that are no column": (HEAD.replace("columns.x * 1.0", "0.5"), "participant"),
    "rates of another type": (HEAD.replace("columns.x * 1.0", "np.ones(len(columns), dtype=int)"), "participant"),
    "only missing rates": (HEAD.replace("columns.x * 1.0", "columns.x * np.nan"), "example"),
    "changed inputs": (HEAD.replace("return columns.x * 1.0", "columns.x[:] = 0\n        return columns.x.copy()"),
        "inputs"),
    "chance": (HEAD.replace("columns.x * 1.0", "columns.x + np.random.random(len(columns))"), "twice"),
    "no sentence": (HEAD.replace("return text(", "return str("), "TypeError"),
    "an empty sentence": (HEAD.replace('"为 {x}"', '""'), "languages"),
    "an abstract class": (HEAD.replace("def explain", "def explane"), "TypeError"),
    "parameters that are no model": (HEAD.replace('version = "0.1"', 'version = "0.1"\n    Parameters = dict'),
        "model"),
    "parameters without a title": (
        HEAD.replace("class Own", "class P(Parameters):\n    k: float = 1\n\nclass Own").replace(
            'version = "0.1"', 'version = "0.1"\n    Parameters = P'), "title"),
    "an example that it refuses": (
        HEAD.replace("class Own", "class P(Parameters):\n    k: float\n\nclass Own").replace(
            'version = "0.1"', 'version = "0.1"\n    Parameters = P').replace("    k: float\n",
            "    k: Annotated[float, Title('k', 'k')]\n")
        .replace("import numpy", "from typing import Annotated\nimport numpy"), "missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_failing_plugin_is_disabled_alone(tmp_path: Path, name: str) -> None:
    source, word = BAD[name]
    assert source != HEAD
    registry = built(tmp_path, bad=source + HOOK, good=HEAD.replace('"own"', '"other"') + HOOK)
    assert set(registry.methods) == METHODS | {"other"}
    assert len(registry.problems) == 1
    problem = registry.problems[0]
    assert problem.plugin.startswith("bad.py")
    assert word in str(problem.text)
    assert problem.text.in_language("zh_Hans") != str(problem.text)


@pytest.mark.parametrize(
    "source",
    ["this is no Python", "import nowhere_to_be_found", "raise SystemExit(3)", "1 / 0",
        HEAD + "@hookimpl\ndef plumbline_scoring_method(): ...",
     HEAD + "@hookimpl\ndef plumbline_scoring_methods(extra): ...",
     HEAD + "@hookimpl\ndef plumbline_scoring_methods(): return 1 / 0",
     HEAD + "@hookimpl\ndef plumbline_scoring_methods(): return None",
     HEAD + "@hookimpl\ndef plumbline_scoring_methods(): return [int, 'x', Own()][:1]"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_reported(tmp_path: Path, source: str) -> None:
    registry = built(tmp_path, bad=source)
    assert set(registry.methods) == METHODS
    assert len(registry.problems) == 1
    assert registry.problems[0].plugin.startswith("bad.py")


def test_private_files_are_passed_over_and_a_missing_folder_is_reported(tmp_path: Path) -> None:
    assert built(tmp_path, _helper="1 / 0").problems == ()
    missing = load_registry(tmp_path / "nowhere")
    assert [str(problem.text) for problem in missing.problems] == ["there is no such plugin folder"]


def test_a_bad_aggregate_is_disabled(tmp_path: Path) -> None:
    source = """
from plugins.contract import *
from plugins.hookspecs import hookimpl
class Sum(Aggregate):
    code = "total"
    labels = text("Sum", "求和")
    version = "1"
    def combine(self, rates, weights, present):
        return sum(rates)
    def explain(self, rates, weights):
        return text("sum", "和")
class First(Sum):
    code = "first"
    def combine(self, rates, weights, present):
        return rates[0]
@hookimpl
def plumbline_aggregates():
    return [Sum, First]
"""
    registry = built(tmp_path, sums=source)
    assert set(registry.aggregates) == AGGREGATES | {"first"}
    assert [problem.plugin for problem in registry.problems] == ["sums.py: total"]


def test_installed_packages_are_found_by_their_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plumb_pack.py").write_text(HEAD + HOOK, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = [
        EntryPoint("pack", "plumb_pack", loading.GROUP), EntryPoint("gone", "plumb_gone", loading.GROUP),
        EntryPoint("func", "plumb_pack:figure", loading.GROUP),
    ]  # fmt: skip
    monkeypatch.setattr(loading, "entry_points", lambda group: points if group == "plumbline.plugins" else [])
    registry = build_registry()
    assert "own" in registry.methods
    assert sorted(problem.plugin for problem in registry.problems) == ["func", "gone"]
