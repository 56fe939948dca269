"""Checks of what each field says of itself, and of the texts shown to people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from config.metadata.finding import nearest
from config.metadata.source import Place, Source
from config.metadata.spec import Condition, EntitySpec, FieldSpec
from config.text import Text, text


def check_fields(spec: EntitySpec, source: Source) -> None:
    """Add to the source's findings what is wrong within the fields, one by one."""
    check_texts(spec, source)
    for name, field in spec.fields.items():
        place = ("fields", name)
        _pattern(field, place, source)
        _bounds(field, place, source)
        _choices(field, place, source)
        for key, condition in (("required_when", field.required_when), ("visible_when", field.visible_when)):
            if condition is not None:
                _condition(condition, (*place, key), spec, source)
        if field.personal and name in (*spec.list, *spec.search, *spec.filters):
            source.add(
                "META-022",
                place,
                text(
                    "“{name}” is personal, and a list cannot say whose it was read.",
                    "“{name}”属于个人信息，列表无法记录查看了何人的信息。",
                    name=name,
                ),
                text("Take it out of list, search and filters.", "请从 list、search 和 filters 中移除。"),
            )


def check_texts(part: BaseModel, source: Source, at: Place = ()) -> None:
    """Add a finding for every text of `part`, which stands at `at`, that is empty in a language."""
    for place, said in _texts(part, at):
        if not (said.en.strip() and said.zh_Hans.strip()):
            source.add(
                "META-008",
                place,
                text("A text is empty in one language.", "文字在一种语言中为空。"),
                text("Write it in English and in Chinese.", "请用中英文分别填写。"),
            )


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, Text]]:
    if isinstance(value, Text):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*place, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*place, key))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number))


def _pattern(field: FieldSpec, place: Place, source: Source) -> None:
    if field.pattern is None:
        return
    try:
        re.compile(field.pattern)
    except re.error as error:
        source.add(
            "META-023",
            (*place, "pattern"),
            text("This is no regular expression: {problem}.", "不是有效的正则表达式：{problem}。", problem=error.msg),
            text("Python's syntax holds; the whole value must match.", "采用 Python 语法，须匹配整个值。"),
        )


def _bounds(field: FieldSpec, place: Place, source: Source) -> None:
    low, high = field.min, field.max
    if low is not None and high is not None and low > high:
        source.add(
            "META-024",
            (*place, "min"),
            text("min is greater than max.", "min 大于 max。"),
            text("Exchange them.", "请对调。"),
        )
    default = field.default
    if isinstance(default, bool) or not isinstance(default, (int, float)):
        return
    if (low is not None and default < low) or (high is not None and default > high):
        source.add(
            "META-025",
            (*place, "default"),
            text("The default is out of range.", "默认值超出范围。"),
            text("Keep it between min and max.", "请使其介于 min 和 max 之间。"),
        )


def _choices(field: FieldSpec, place: Place, source: Source) -> None:
    if field.choices is not None and (not field.choices or field.choices_from is not None):
        source.add(
            "META-026",
            (*place, "choices"),
            text("The choices are empty, or also taken from a catalogue.", "选项为空，或同时取自目录。"),
            text("Write some choices, or choices_from alone.", "请填写选项，或仅使用 choices_from。"),
        )
    elif field.choices and field.default is not None and field.default not in field.choices:
        source.add(
            "META-025",
            (*place, "default"),
            text("The default is none of the choices.", "默认值不在选项之中。"),
            nearest(str(field.default), field.choices),
        )


def _condition(condition: Condition, place: Place, spec: EntitySpec, source: Source) -> None:
    on = spec.fields.get(condition.field)
    if on is None:
        source.add(
            "META-018",
            (*place, "field"),
            text(
                "The condition names “{name}”, which is no field.",
                "条件引用了不存在的字段“{name}”。",
                name=condition.field,
            ),
            nearest(condition.field, spec.fields),
        )
        return
    for number, value in enumerate(condition.values):
        if on.choices and value not in on.choices:
            source.add(
                "META-018",
                (*place, "values", number),
                text("“{name}” is never “{value}”.", "“{name}”不会取值“{value}”。", name=condition.field, value=value),
                nearest(str(value), on.choices),
            )
