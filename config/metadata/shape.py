"""Turns the plain values of a file into the classes of `spec`, and pydantic's complaints into findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.metadata.finding import MetadataFinding, nearest
from config.metadata.source import Place, Source
from config.text import Text, text

Model = TypeVar("Model", bound=BaseModel)

LANGUAGE_KEYS = {"en", "zh_Hans"}


def shaped(model: type[Model], value: Any, source: Source, at: Place = ()) -> Model | None:
    """`value`, which stands at `at` in the file, as a `model`; None when it is not, with the reasons in the source."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            place = (*at, *_in_file(details["loc"], value))
            source.findings.extend(_finding(details, place, source, model))
        return None


def _in_file(loc: tuple[int | str, ...], value: Any) -> Place:
    """The part of pydantic's location that the file knows (it also names the members of a union)."""
    path: list[str | int] = []
    for number, step in enumerate(loc):
        inside, found = _step(value, step)
        if found:
            value = inside
        elif number < len(loc) - 1 or not isinstance(value, dict):
            continue
        path.append(step)
    return tuple(path)


def _step(value: Any, step: int | str) -> tuple[Any, bool]:
    if isinstance(value, dict) and step in value:
        return value[step], True
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step], True
    return None, False


def _finding(details: ErrorDetails, place: Place, source: Source, model: type[BaseModel]) -> Iterator[MetadataFinding]:
    kind = details["type"]
    name = str(details["loc"][-1]) if details["loc"] else ""
    if kind == "extra_forbidden":
        yield MetadataFinding(
            "META-004",
            source.file,
            source.line(place),
            text("“{name}” is not known here.", "此处没有名为“{name}”的键。", name=name),
            nearest(name, _keys_at(model, details["loc"][:-1])),
        )
    elif kind == "missing":
        yield MetadataFinding(
            "META-005",
            source.file,
            source.line(place),
            text("“{name}” is missing.", "缺少“{name}”。", name=name),
            text("Write {name}: …", "请写上 {name}: …", name=name),
        )
    elif kind == "value_error":
        yield _translation(details, place, source)
    else:
        yield MetadataFinding(
            "META-006",
            source.file,
            source.line(place),
            text("“{name}” does not take this value.", "“{name}”不接受此值。", name=name),
            _expected(details),
        )


def _translation(details: ErrorDetails, place: Place, source: Source) -> MetadataFinding:
    written = details["input"]
    said = text("A text is not given in both languages.", "文字未同时给出两种语言。")
    if isinstance(written, dict) and set(written) <= LANGUAGE_KEYS and len(written) < len(LANGUAGE_KEYS):
        absent = ", ".join(sorted(LANGUAGE_KEYS - set(written)))
        said = text("The translation {absent} is missing.", "缺少译文 {absent}。", absent=absent)
    return MetadataFinding(
        "META-007",
        source.file,
        source.line(place),
        said,
        text("Write {{en: …, zh_Hans: …}}, neither of them empty.", "请写成 {{en: …, zh_Hans: …}}，均不得为空。", _=""),
    )


_EXPECTED = {
    "string_type": text("Write a word or a text.", "应为文字。"),
    "bool_type": text("Write true or false.", "应为 true 或 false。"),
    "bool_parsing": text("Write true or false.", "应为 true 或 false。"),
    "int_type": text("Write a whole number.", "应为整数。"),
    "int_parsing": text("Write a whole number.", "应为整数。"),
    "int_from_float": text("Write a whole number.", "应为整数。"),
    "float_type": text("Write a number.", "应为数值。"),
    "float_parsing": text("Write a number.", "应为数值。"),
    "tuple_type": text("Write a list: [a, b].", "应为列表：[a, b]。"),
    "dict_type": text("Write keys with their values.", "应为键和值。"),
    "model_type": text("Write keys with their values.", "应为键和值。"),
    "too_short": text("Write at least one.", "至少写一项。"),
}


def _expected(details: ErrorDetails) -> Text:
    if details["type"] == "literal_error":
        return nearest(str(details["input"]), _words(details["ctx"]["expected"]))
    return _EXPECTED.get(details["type"], text("Write it as the other files do.", "请参照其他文件的写法。"))


def _words(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the class at `loc` within `model` knows."""
    here: type[BaseModel] = model
    for step in loc:
        field = here.model_fields.get(str(step))
        inner = _inner_model(field.annotation) if field is not None else None
        if inner is not None:
            here = inner
    return list(here.model_fields)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_inner_model(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
