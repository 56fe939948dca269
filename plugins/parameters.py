"""Parameters of a plugin: a typed model that titles its fields in both languages and refuses nonsense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from config.text import Text, text

Across = Literal["group", "all"]


@dataclass(frozen=True, slots=True)
class Title:
    """Annotates a field of a parameter model with what people read, in both languages."""

    en: str
    zh_Hans: str

    @property
    def text(self) -> Text:
        """The title as a bilingual sentence."""
        return text(self.en, self.zh_Hans)


class ParameterError(ValueError):
    """Raised by a validator of a parameter model: says in both languages what makes no sense."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """What is wrong with one parameter (`name`), or with the item's other settings (`name` None).

    `column`: the item's column it is about (`params`, `direction`, `value_type`, `table` …).
    """

    name: str | None
    why: Text
    column: str = "params"


class Parameters(BaseModel):
    """Base of every parameter model.  Fields carry a `Title`; unknown names, infinities and NaN are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)

    @classmethod
    def titles(cls) -> dict[str, Text]:
        """Parameter name, as written in a scheme, → its title; in the order of the fields."""
        found: dict[str, Text] = {}
        for name, info in cls.model_fields.items():
            titles = [mark for mark in info.metadata if isinstance(mark, Title)]
            found[info.alias or name] = titles[0].text if titles else text(name, name)
        return found


P = TypeVar("P", bound=Parameters)


def parse_parameters(model: type[P], raw: Mapping[str, Any]) -> P | list[ParameterProblem]:
    """The parameters that `raw` (strings or numbers, as written; blank = not given) spells, or what is wrong."""
    given = {
        str(name): value
        for name, value in raw.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }
    try:
        return model.model_validate(given)
    except ValidationError as error:
        known = tuple(model.titles())
        return [_problem(detail, known) for detail in error.errors()]


def _problem(detail: ErrorDetails, known: Iterable[str]) -> ParameterProblem:
    name = str(detail["loc"][0]) if detail["loc"] else None
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, ParameterError):
        return ParameterProblem(name, cause.why)
    if detail["type"] == "extra_forbidden":
        return ParameterProblem(name, unknown_name(name or "", known))
    return ParameterProblem(name, _reason(detail, name or ""))


def unknown_name(name: str, known: Iterable[str]) -> Text:
    """That a parameter is not known, with the nearest known one."""
    near = get_close_matches(name, list(known), 1)
    if near:
        return text(
            "there is no parameter “{name}”; did you mean “{near}”?",
            "没有参数“{name}”，是否应为“{near}”？",
            name=name,
            near=near[0],
        )
    return text("there is no parameter “{name}”", "没有参数“{name}”", name=name)


def _reason(detail: ErrorDetails, name: str) -> Text:
    kind, context = detail["type"], detail.get("ctx", {})
    shown: dict[str, Any] = {"name": name, "value": str(detail.get("input"))[:60]}
    if kind == "missing":
        return text("the parameter “{name}” is missing", "缺少参数“{name}”", name=name)
    for start, en, zh in _WORDS:
        if kind.startswith(start):
            bound = next((context[key] for key in ("gt", "ge", "lt", "le", "expected") if key in context), "")
            return text(
                f"“{{name}}” must be {en}, not “{{value}}”",
                f"“{{name}}”应为{zh}，而不是“{{value}}”",
                bound=str(bound),
                **shown,
            )
    return text("“{name}” cannot be “{value}”", "“{name}”不能为“{value}”", **shown)


_WORDS = (
    ("greater_than_equal", "{bound} or more", "不小于 {bound} 的数"),
    ("greater_than", "more than {bound}", "大于 {bound} 的数"),
    ("less_than_equal", "{bound} or less", "不大于 {bound} 的数"),
    ("less_than", "less than {bound}", "小于 {bound} 的数"),
    ("literal_error", "one of {bound}", "{bound} 之一"),
    ("int_", "a whole number", "整数"),
    ("float_", "a number", "数字"),
    ("finite_number", "a finite number", "有限的数"),
    ("bool_", "true or false", "true 或 false"),
    ("string_", "a text", "文本"),
)
