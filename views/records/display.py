"""How a record and its values are written on a page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from models.operations.fields import shown as as_written
from models.specs import MergedField
from views.context import platform
from views.shell.formats import DASH, day, moment, number
from views.shell.i18n import language, say

_DECIMALS = {"money": 2, "integer": 0}


def title_of(record: Any) -> str:
    """What a record is called: the field that names it, in English when the page is and there is a name."""
    if record is None:
        return DASH
    spec = platform().metadata.entities[record.entity]
    if spec.title_en and language() == "en" and getattr(record, spec.title_en):
        return str(getattr(record, spec.title_en))
    value = getattr(record, spec.title)
    if hasattr(value, "entity"):
        return title_of(value)
    if spec.fields[spec.title].choices:
        return choice_label(spec.fields[spec.title].choices, value)
    return str(record) if isinstance(value, int) or value in (None, "") else str(value)


def reference_text(record: Any) -> str:
    """How a record is offered for choosing: its code, when it has one, and its name."""
    code = getattr(record, "code", None)
    title = title_of(record)
    return f"{code} {title}" if code and code != title else title


def choice_label(choices: Any, value: Any) -> str:
    """The label of a stored value; the value itself when it is none of the choices any more."""
    if value is None or value == "":
        return DASH
    label = choices.get(str(value))
    return say(label) if label is not None else str(value)


def shown(field: MergedField, record: Any) -> str:
    """The value of `field` as text for people."""
    return shown_value(field, getattr(record, field.name))


def shown_value(field: MergedField, value: Any) -> str:
    """A value as text for people; a dash for nothing."""
    if value is None or value == "":
        return DASH
    if field.references:
        return title_of(value) if hasattr(value, "entity") else str(value)
    if field.spec.choices:
        return choice_label(field.spec.choices, value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float):
        return number(value, field.spec.decimals if field.spec.decimals is not None else _DECIMALS.get(field.format))
    if isinstance(value, dict | list):
        return as_written(field, value) or DASH
    return str(value)


def is_number(field: MergedField) -> bool:
    """Whether the values of `field` stand right-aligned in a column."""
    return field.format in {"number", "integer", "percent", "money"} and not field.spec.choices and not field.references
