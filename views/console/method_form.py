"""The form of a method's parameters, drawn from its typed parameter model, and what was typed into one."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

from flask_babel import gettext as _
from pydantic.fields import FieldInfo

from plugins.engine.item_params import AdjustmentParameters, DimensionParameters, VetoParameters
from plugins.parameters import ParameterProblem, Parameters, parse_parameters
from plugins.registry import Registry
from views.errors import say
from views.workbooks.params import parse_params

OF_KIND: dict[str, type[Parameters]] = {
    "dimension": DimensionParameters,
    "bonus": AdjustmentParameters,
    "deduction": AdjustmentParameters,
    "veto": VetoParameters,
}
"""The parameters of items that are not scored by a method."""
MOST_ROWS = 200
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter as the form shows it.  `kind`: number, whole, yes_no, choice, text; `unset`: what holds when blank."""

    name: str
    title: str
    kind: str
    options: tuple[tuple[str, str], ...]
    value: str
    unset: str
    required: bool
    error: str = ""


@dataclass(slots=True)
class Sketch:
    """The scoring of an item as it stands in a form, nothing of it read yet; `table`: [x, rate] as typed."""

    method: str = ""
    aggregate: str = ""
    direction: str = ""
    params: dict[str, str] = field(default_factory=dict)
    table: list[list[str]] = field(default_factory=list)

    def values(self, kind: str) -> dict[str, Any]:
        """The fields of the record that it stands for; blank parameters and rows are left out."""
        values: dict[str, Any] = {"params": {name: text for name, text in self.params.items() if text.strip()}}
        if kind == "indicator":
            rows = [row for row in self.table if any(cell.strip() for cell in row)]
            values |= {"method": self.method, "direction": self.direction or None, "table_rows": rows}
        elif kind == "dimension":
            values["aggregate"] = self.aggregate or None
        return values


def model_of_item(kind: str, method: str, registry: Registry) -> type[Parameters] | None:
    """The parameter model that an item of this kind is filled in by; None for an indicator without a known method."""
    if kind in OF_KIND:
        return OF_KIND[kind]
    known = registry.methods.get(method)
    return known.Parameters if known is not None else None


def lines_of(model: type[Parameters], params: Mapping[str, Any], checked: bool) -> list[ParameterLine]:
    """A line for each parameter, with what is wrong with it when `checked`."""
    wrong = problems_of(model, params) if checked else {}
    titles = model.titles()
    lines = []
    for own, info in model.model_fields.items():
        name = info.alias or own
        kind, options = _kind(info)
        given = params.get(name)
        lines.append(
            ParameterLine(
                name, say(titles[name]), kind, options, "" if given is None else str(given), _unset(info),
                info.is_required(), say(wrong[name].why) if name in wrong else "",
            )
        )  # fmt: skip
    return lines


def problems_of(model: type[Parameters], params: Mapping[str, Any]) -> dict[str, ParameterProblem]:
    """Parameter → what is wrong with it; '' for what is wrong with them together."""
    read = parse_parameters(model, params)
    return {problem.name or "": problem for problem in read} if isinstance(read, list) else {}


def takes_more(model: type[Parameters]) -> bool:
    """Whether the item may name constants of its own (formulas)."""
    return model.model_config.get("extra") == "allow"


def more_of(model: type[Parameters], params: Mapping[str, Any]) -> str:
    """The parameters that have no line of their own, as one text."""
    known = model.titles()
    return "; ".join(f"{name}={value}" for name, value in params.items() if name not in known)


def sketch_of_form(form: Any) -> Sketch:
    """What a posted form (or a JSON body of lists) says: `p.<name>`, `more`, `x` and `rate` a row."""
    params = {key[2:]: form[key][:LONGEST] for key in form if key.startswith("p.")}
    params |= parse_params(form.get("more", "")[:LONGEST])
    xs, rates = form.getlist("x")[:MOST_ROWS], form.getlist("rate")[:MOST_ROWS]
    table = [[x[:LONGEST], rate[:LONGEST]] for x, rate in zip(xs, rates, strict=False)]
    return Sketch(form.get("method", ""), form.get("aggregate", ""), form.get("direction", ""), params, table)


def option_label(value: str) -> str:
    """A word of the parameter models as people read it; the word itself when it is a plugin's own."""
    words = {
        "group": _("Ranking group"),
        "all": _("All participants"),
        "mean": _("Mean"),
        "median": _("Median"),
        "rate": _("Rate"),
        "points": _("Marks"),
    }
    return words.get(value, value)


def _kind(info: FieldInfo) -> tuple[str, tuple[tuple[str, str], ...]]:
    plain = [part for part in _parts(info.annotation) if part is not types.NoneType]
    only = plain[0] if len(plain) == 1 else str
    if get_origin(only) is Literal:
        return "choice", tuple((str(word), option_label(str(word))) for word in get_args(only))
    if only is bool:
        return "yes_no", (("true", _("Yes")), ("false", _("No")))
    return ("whole" if only is int else "number" if only is float else "text"), ()


def _parts(annotation: Any) -> Sequence[Any]:
    return get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)


def _unset(info: FieldInfo) -> str:
    """What holds when nothing is given, for the line's hint."""
    if info.is_required() or info.default is None or info.default == "":
        return ""
    if isinstance(info.default, bool):
        return _("Yes") if info.default else _("No")
    if isinstance(info.default, int | float):
        return f"{info.default:g}"
    return option_label(str(info.default))
