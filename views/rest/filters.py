"""The list's query in the framework's notation: `(filters:!((col:name,opr:ct,value:x)),order_column:code,page:0)`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, cast

from config.text import text
from models.operations.fields import read_value
from models.operations.values import Unreadable
from models.specs import MergedField, MergedSpec
from views.context import platform
from views.rest.body import BadRequest

TEXT_OPERATORS = ("sw", "nsw", "ew", "new", "ct", "nct")
ORDER_OPERATORS = ("eq", "neq", "gt", "lt", "in", "not_in")
REFERENCE_OPERATORS = ("rel_o_m", "nrel_o_m", "eq", "neq", "in", "not_in")
_LARGEST_ID = 2**31 - 1


def operators_of(field: MergedField) -> tuple[str, ...]:
    """The operators that a filter on `field` may use."""
    if field.references:
        return REFERENCE_OPERATORS
    if field.stored.kind in {"text", "long_text"}:
        return (*TEXT_OPERATORS, *ORDER_OPERATORS)
    return ORDER_OPERATORS if field.stored.kind not in {"json", "binary"} else ()


def filter_fields(spec: MergedSpec) -> dict[str, MergedField]:
    """The fields that lists can be filtered by; references also under their column's name."""
    found = {name: field for name, field in spec.fields.items() if operators_of(field) and not field.spec.personal}
    return found | {field.attribute: field for field in found.values()}


def filter_terms(spec: MergedSpec, filters: Any) -> list[ColumnElement[bool]]:
    """The criteria of a list of filters; raises BadRequest naming the one that cannot be understood."""
    known = filter_fields(spec)
    terms = []
    for given in filters:
        if not isinstance(given, dict) or not {"col", "opr", "value"} <= given.keys():
            raise _bad(str(given))
        name, operator, value = given["col"], given["opr"], given["value"]
        if name == "id":
            terms.append(_id_term(spec, operator, value))
        elif name in known and operator in operators_of(known[name]):
            terms.append(_term(spec, known[name], operator, value))
        else:
            raise _bad(f"{name} {operator}")
    return terms


def _id_term(spec: MergedSpec, operator: str, value: Any) -> ColumnElement[bool]:
    if operator not in {"eq", "in"}:
        raise _bad(f"id {operator}")
    return _column(spec, "id").in_([_id(part) for part in _many(value)])


def _term(spec: MergedSpec, field: MergedField, operator: str, value: Any) -> ColumnElement[bool]:
    column = _column(spec, field.attribute)
    if operator in TEXT_OPERATORS:
        return _text_term(column, operator, value)
    read = _id if field.references else lambda part: _read(field, part)
    if operator in {"in", "not_in"}:
        chosen = column.in_([read(part) for part in _many(value)])
        return chosen if operator == "in" else ~chosen
    typed = None if value is None else read(value)
    if operator in {"eq", "rel_o_m"}:
        return column == typed
    if operator in {"neq", "nrel_o_m"}:
        return column != typed
    if typed is None:
        raise _bad(f"{field.name} {operator}")
    return column > typed if operator == "gt" else column < typed


def _text_term(column: Any, operator: str, value: Any) -> ColumnElement[bool]:
    if not isinstance(value, str | int | float) or len(str(value)) > 500:
        raise _bad(operator)
    words = cast(column, String)
    match = {
        "sw": lambda: words.istartswith(str(value), autoescape=True),
        "ew": lambda: words.iendswith(str(value), autoescape=True),
        "ct": lambda: words.icontains(str(value), autoescape=True),
    }[operator.removeprefix("n")]()
    return ~match if operator.startswith("n") else match


def _column(spec: MergedSpec, attribute: str) -> Any:
    return getattr(spec.model, attribute)


def _many(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if len(values) > 500:
        raise _bad("in")
    return values


def _id(value: Any) -> int:
    written = str(value)
    if written.isascii() and written.isdigit() and len(written) < 12 and int(written) <= _LARGEST_ID:
        return int(written)
    raise _bad(written)


def _read(field: MergedField, value: Any) -> Any:
    if not isinstance(value, str | int | float | bool) or (isinstance(value, float) and value != value):
        raise _bad(field.name)
    try:
        return read_value(field, value, platform().clock.zone)
    except Unreadable as error:
        raise BadRequest(error.text, {field.name: error.text}) from error


def _bad(given: str) -> BadRequest:
    return BadRequest(text("This filter is not understood: {given}", "无法识别此筛选条件：{given}", given=given[:80]))
