"""The WTForms class of an entry form, generated from its sheet: one value, one claim and one note a line.

Every value goes through a text field or a choice, never a browser's number field: whatever was typed must come back,
valid or not.  What is wrong with it is said by `models.operations`, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.widgets import DateInput, HiddenInput, TextInput

from models.operations.form_sheet import FormLine, FormSheet
from models.operations.form_values import FieldInput
from views.shell.naming import pick_name

NUMBERS = frozenset({"number", "percent", "money", "count"})


class EntryForm(FlaskForm):
    """What every entry form has; the lines are added by `entry_form_class`."""

    version = IntegerField(widget=HiddenInput())

    def value_of(self, line: FormLine) -> Field:
        """The field of a line's value."""
        return self[f"v{line.item_id}"]

    def claim_of(self, line: FormLine) -> Field:
        """The field of a line's claim that it does not apply."""
        return self[f"na{line.item_id}"]

    def note_of(self, line: FormLine) -> Field:
        """The field of a line's note."""
        return self[f"note{line.item_id}"]


def make_entry_form(sheet: FormSheet, posted: MultiDict[str, str] | None = None) -> EntryForm:
    """The form of a sheet, filled with what is saved or, when given, with what was posted."""
    fields: dict[str, Any] = {}
    saved: dict[str, Any] = {"version": sheet.version}
    for line in sheet.lines():
        kept = posted.get(f"v{line.item_id}", "") if posted is not None else line.value
        fields[f"v{line.item_id}"] = _value_field(line, kept)
        fields[f"na{line.item_id}"] = BooleanField(_("Not applicable in this period"))
        fields[f"note{line.item_id}"] = TextAreaField(_("Note"))
        saved |= {
            f"v{line.item_id}": line.value,
            f"na{line.item_id}": line.not_applicable,
            f"note{line.item_id}": line.note,
        }
    made: EntryForm = type("SheetForm", (EntryForm,), fields)(formdata=posted, data=saved)
    return made


def _value_field(line: FormLine, kept: str) -> Field:
    label = f"{line.code} {pick_name(line.name, line.name_en)}".strip()
    if line.value_type == "choice":
        options = [SelectChoice(option, option) for option in line.options]
        return SelectField(label, choices=_with_kept(kept, options), validate_choice=False)
    if line.value_type == "yes_no":
        options = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
        return SelectField(label, choices=_with_kept(kept, options), validate_choice=False)
    if line.value_type == "date" and _is_iso_date(kept):
        return StringField(label, widget=DateInput())
    shape = {"inputmode": "decimal"} if line.value_type in NUMBERS else {}
    return StringField(label, widget=TextInput(), render_kw={"autocomplete": "off", **shape})


def _with_kept(kept: str, options: list[SelectChoice]) -> list[SelectChoice]:
    """The options with an empty one first, and with what was typed when it is none of them."""
    known = {option.value for option in options}
    extra = [] if not kept or kept in known else [SelectChoice(kept, kept)]
    return [SelectChoice("", "–"), *options, *extra]


def _is_iso_date(kept: str) -> bool:
    """Whether a browser's date field can show the value."""
    if not kept:
        return True
    try:
        return date.fromisoformat(kept).isoformat() == kept
    except ValueError:
        return False


def typed_lines(sheet: FormSheet, form: EntryForm, posted: Mapping[str, Any]) -> dict[str, FieldInput]:
    """Item code → what was typed, for the lines that the request names."""
    return {
        line.code: FieldInput(
            actual=form.value_of(line).data or None,
            not_applicable=bool(form.claim_of(line).data),
            note=form.note_of(line).data or None,
        )
        for line in sheet.lines()
        if f"v{line.item_id}" in posted
    }
