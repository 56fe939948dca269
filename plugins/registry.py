"""The plugins of one application: built-in, installed and from files.  There is no global one; whoever needs it
is given it.  A plugin that fails is left out with a message and the rest keeps running."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pluggy

from config.text import Text, text
from plugins import builtins, hookspecs
from plugins.contract import Aggregate, AnyMethod, AnyRule, ResultsRule, ScoringMethod
from plugins.loading import load_folder, load_installed, refused
from plugins.rulecheck import rule_problem
from plugins.selfcheck import aggregate_problem, identity_problem, method_problem, parameters_problem


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """A plugin that is disabled: the package, file or code it goes by, and why."""

    plugin: str
    text: Text


@dataclass(frozen=True, slots=True)
class Registry:
    """The plugins that run, by code, and those that do not."""

    methods: Mapping[str, AnyMethod]
    aggregates: Mapping[str, Aggregate]
    rules: Mapping[str, AnyRule]
    problems: tuple[PluginProblem, ...]


def build_registry(plugin_dir: Path | None = None, entry_points: bool = True) -> Registry:
    """Built-ins first, then installed packages, then the files of `plugin_dir` (a folder that is absent is reported).

    Never raises for what a plugin does: see `Registry.problems`.
    """
    return _Builder().build(plugin_dir, entry_points)


def load_registry(plugin_dir: Path | None = None) -> Registry:
    """The registry an application runs with: everything installed and everything in the folder."""
    return build_registry(plugin_dir)


class _Builder:
    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self.methods: dict[str, AnyMethod] = {}
        self.aggregates: dict[str, Aggregate] = {}
        self.rules: dict[str, AnyRule] = {}
        self.problems: list[PluginProblem] = []

    def build(self, plugin_dir: Path | None, entry_points: bool) -> Registry:
        self._register("built-in", builtins)
        if entry_points:
            self._register_all(load_installed())
        if plugin_dir is not None:
            if plugin_dir.is_dir():
                self._register_all(load_folder(plugin_dir))
            else:
                self._refuse(str(plugin_dir), text("there is no such plugin folder", "插件目录不存在"))
        self._collect(self.manager.hook.plumbline_scoring_methods, ScoringMethod, self.methods, self._method_problem)
        self._collect(self.manager.hook.plumbline_aggregates, Aggregate, self.aggregates, self._aggregate_problem)
        self._collect(self.manager.hook.plumbline_results_rules, ResultsRule, self.rules, self._rule_problem)
        return Registry(
            MappingProxyType(self.methods),
            MappingProxyType(self.aggregates),
            MappingProxyType(self.rules),
            tuple(self.problems),
        )

    def _refuse(self, plugin: str, why: Text) -> None:
        self.problems.append(PluginProblem(plugin, why))

    def _register_all(self, found: Iterable[tuple[str, ModuleType | Text]]) -> None:
        for name, module in found:
            if isinstance(module, Text):
                self._refuse(name, module)
            else:
                self._register(name, module)

    def _register(self, name: str, module: ModuleType) -> None:
        try:
            self.manager.register(module, name)
            self.manager.check_pending()
        except Exception as error:
            self._refuse(name, refused(name, error))
            if self.manager.has_plugin(name):
                self.manager.unregister(name=name)

    def _collect(
        self, hook: pluggy.HookCaller, base: type[Any], into: dict[str, Any], check: Callable[[Any], Text | None]
    ) -> None:
        """Every class that the implementations of a hook offer, in order of registration."""
        for offer in hook.get_hookimpls():
            try:
                offered: Any = offer.function()
                classes = list(offered)
            except Exception as error:
                self._refuse(offer.plugin_name, refused(offer.plugin_name, error))
                continue
            for plugin in classes:
                self._admit(offer.plugin_name, plugin, base, into, check)

    def _admit(
        self, source: str, plugin: Any, base: type[Any], into: dict[str, Any], check: Callable[[Any], Text | None]
    ) -> None:
        code = str(getattr(plugin, "code", None) or getattr(plugin, "__name__", plugin))
        name = f"{source}: {code}"
        if not (isinstance(plugin, type) and issubclass(plugin, base)):
            self._refuse(name, text("it is no {kind} class", "不是 {kind} 类", kind=base.__name__))
            return
        try:
            why = identity_problem(plugin)
            if why is None and code in into:
                why = text("its code is taken already", "代码已被占用")
            instance = None if why else plugin()
            why = why or check(instance)
        except Exception as error:
            why, instance = refused(name, error), None
        if why is not None:
            self._refuse(name, why)
        else:
            into[code] = instance

    @staticmethod
    def _method_problem(method: AnyMethod) -> Text | None:
        return parameters_problem(type(method)) or method_problem(method)

    @staticmethod
    def _aggregate_problem(aggregate: Aggregate) -> Text | None:
        return aggregate_problem(aggregate)

    @staticmethod
    def _rule_problem(rule: AnyRule) -> Text | None:
        return parameters_problem(type(rule)) or rule_problem(rule)
