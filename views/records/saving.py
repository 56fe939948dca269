"""One way to save and delete for every generated page; it calls the operations and draws what they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from models.errors import PlumblineError, Stale
from models.operations.records import delete_record, save_record
from models.specs import MergedSpec
from views.context import session
from views.errors import say
from views.records.display import choice_label, shown, title_of
from views.records.fields import RecordField
from views.records.forms import RecordForm


@dataclass(frozen=True, slots=True)
class Saved:
    """`record`: what was written, None when it was refused; `stale`: somebody else saved in between."""

    record: Any = None
    stale: Stale | None = None


def save_form(spec: MergedSpec, form: RecordForm, record: Any = None) -> Saved:
    """Write what was entered; a refusal is put beside the form's fields."""
    record_id = record.id if record is not None else None
    values = form.values(record)
    try:
        return Saved(save_record(session(), spec.entity, record_id, values, form.version_read()))
    except Stale as error:
        return Saved(stale=error)
    except PlumblineError as error:
        form.show_errors(error)
        return Saved()


def stale_page(spec: MergedSpec, form: RecordForm, error: Stale, *, record: Any, action: str, back: str) -> Any:
    """Both versions side by side; nothing typed is lost."""
    rows = [
        (field.short_name, field.label.text, shown(field.merged, record), entered_text(field), field.typed)
        for field in form.record_fields()
    ]
    page = render_template(
        "shell/stale.html",
        title=_("%(name)s was changed meanwhile", name=title_of(record)),
        message=say(error.text),
        rows=rows,
        action=action,
        version=error.version,
        back=back,
    )
    return page, error.status


def entered_text(field: RecordField) -> str:
    """What was entered, as people read it."""
    if field.merged.references:
        return field.reference_text()
    if field.merged.spec.choices:
        return choice_label(field.merged.spec.choices, field.typed)
    if field.merged.format == "yes_no":
        return {"1": _("Yes"), "0": _("No")}.get(field.typed, field.typed)
    return field.typed


def delete_one(spec: MergedSpec, record_id: int, version: int | None) -> PlumblineError | None:
    """Delete a record; the error when it was refused."""
    try:
        delete_record(session(), spec.entity, record_id, version)
    except PlumblineError as error:
        return error
    return None
