"""What an audit entry changed, field by field, in words: labels for fields and choices, names for references."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.audit import AuditEntry
from models.specs import MergedField
from views.context import platform
from views.shell.formats import day, moment, number
from views.shell.i18n import say

LONGEST = 300
NOTED = {
    "rows": lazy_gettext("Rows"),
    "hash": lazy_gettext("Hash"),
    "file": lazy_gettext("File"),
    "fields": lazy_gettext("Fields"),
    "on": lazy_gettext("On"),
}
"""What is noted of events and of many rows at once, beside the fields of records."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One field; `before` None: nothing stood there; an event's remark has no `before` at all (`is_note`)."""

    field: str
    before: str | None
    after: str | None
    is_note: bool = False


def changes_of(entry: AuditEntry) -> list[Changed]:
    """The fields that the entry changed, and what else was noted of it."""
    spec = platform().specs.get(entry.record_entity)
    by_attribute = {field.attribute: field for field in spec.fields.values()} if spec else {}
    return [_changed(name, value, by_attribute.get(name)) for name, value in (entry.changes or {}).items()]


def _changed(name: str, value: Any, field: MergedField | None) -> Changed:
    label = say(field.label) if field else str(NOTED.get(name, name))
    if isinstance(value, list) and len(value) == 2:
        return Changed(label, _shown(value[0], field), _shown(value[1], field))
    return Changed(label, None, _shown(value, None), is_note=True)


def _shown(value: Any, field: MergedField | None) -> str | None:
    """A stored value as people read it; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, dict) and "label" in value:
        return str(value["label"] or value.get("id"))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field is not None and field.spec.choices and str(value) in field.spec.choices:
        return say(field.spec.choices[str(value)])
    if isinstance(value, int | float):
        return number(value, None)
    written = _moment_text(value, field) or str(value)
    return written if len(written) <= LONGEST else written[:LONGEST] + " …"


def _moment_text(value: Any, field: MergedField | None) -> str | None:
    """Days and moments, which are kept in ISO form."""
    if field is None or field.format not in {"date", "datetime"} or not isinstance(value, str):
        return None
    try:
        return day(date.fromisoformat(value)) if field.format == "date" else moment(datetime.fromisoformat(value))
    except ValueError:
        return None
