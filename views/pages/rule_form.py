"""The form of a results rule, drawn from the types of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from config.text import Text
from models.outcome import CycleRule
from plugins.contract import AnyRule
from views.shell.formats import number
from views.shell.i18n import say

CHOICES: dict[str, Any] = {
    "both": lazy_gettext("units and people"),
    "unit": lazy_gettext("unit"),
    "person": lazy_gettext("person"),
    "group": lazy_gettext("ranking group"),
    "all": lazy_gettext("all together"),
}
"""What the choices of the built-in rules are called; another one goes by its code."""
PREFIX = "p-"


@dataclass(frozen=True, slots=True)
class RuleField:
    """One parameter: `kind` text, number, yes_no or choice; `value`: as written; `options`: value → its name."""

    name: str
    id: str
    label: str
    kind: str
    value: str
    default: str
    options: dict[str, Any]
    error: str = ""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """The form of a rule that is bound or about to be."""

    rule: AnyRule
    binding: CycleRule | None
    fields: list[RuleField]
    position: str
    clause: str
    error: str = ""

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(id, label, message) of each field that is not right, for the summary."""
        return [(field.id, field.label, field.error) for field in self.fields if field.error]


def rule_form(
    rule: AnyRule,
    binding: CycleRule | None = None,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, Text] | None = None,
) -> RuleForm:
    """The form with what was typed, else with what is bound, else with the rule's defaults."""
    stored = binding.params if binding is not None else {}
    problems = problems or {}
    fields = []
    for name, title in rule.Parameters.titles().items():
        info = rule.Parameters.model_fields[name]
        default = "" if info.is_required() else _written(info.get_default())
        given = _written(stored.get(name, default)) if typed is None else typed.get(PREFIX + name, "")
        kind, options = _kind(info.annotation)
        error = say(problems[name]) if name in problems else ""
        shown = default if kind == "text" else _shown(default, options)
        fields.append(RuleField(name, f"{PREFIX}{name}", say(title), kind, given, shown, options, error))
    return RuleForm(
        rule,
        binding,
        fields,
        position=(typed or {}).get("position", str(binding.position) if binding is not None else ""),
        clause=(typed or {}).get("clause", (binding.clause or "") if binding is not None else ""),
        error=say(problems["params"]) if "params" in problems else "",
    )


def parameters_in_words(rule: AnyRule, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(title, value) of every parameter a rule is bound with, defaults included."""
    found = []
    for name, title in rule.Parameters.titles().items():
        info = rule.Parameters.model_fields[name]
        value = _written(params.get(name, None if info.is_required() else info.get_default()))
        found.append((say(title), _shown(value, _kind(info.annotation)[1])))
    return found


def typed_parameters(form: Mapping[str, str]) -> dict[str, str]:
    """The parameters that a sent form holds, by their names."""
    return {name.removeprefix(PREFIX): value for name, value in form.items() if name.startswith(PREFIX)}


def _kind(annotation: Any) -> tuple[str, dict[str, Any]]:
    if annotation is bool:
        return "choice", {"true": _("yes"), "false": _("no")}
    if get_origin(annotation) is Literal:
        codes = [str(code) for code in get_args(annotation)]
        return "choice", {code: CHOICES.get(code, code) for code in codes}
    return ("number" if annotation in (int, float) else "text"), {}


def _written(value: Any) -> str:
    """A value as a form holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _shown(written: str, options: Mapping[str, Any]) -> str:
    if options:
        return str(options.get(written, written))
    try:
        return number(float(written), None)
    except ValueError:
        return written
