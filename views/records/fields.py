"""The WTForms field of a record's field: it carries text both ways and leaves judging to the write path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from wtforms import Field
from wtforms.utils import unset_value

from models.operations.fields import shown as as_written
from models.specs import MergedField, model_of
from views.context import platform, session
from views.records import widgets
from views.records.display import reference_text
from views.records.reading import record_number

Widget = Callable[..., Markup]

_BY_FORMAT: dict[str, Widget] = {
    "long_text": widgets.area,
    "number": widgets.number_input,
    "integer": widgets.number_input,
    "percent": widgets.number_input,
    "money": widgets.number_input,
    "date": widgets.date_input,
    "datetime": widgets.moment_input,
    "yes_no": widgets.yes_no,
}
TEXT_OF_REFERENCE = "__text"


def widget_for(merged: MergedField) -> Widget:
    """The input that fits a field."""
    if merged.references:
        return widgets.combobox
    if merged.spec.choices:
        return widgets.select
    return _BY_FORMAT.get(merged.format, widgets.text_input)


class RecordField(Field):  # type: ignore[misc]  # WTForms is untyped
    """`typed`: the text in the input; `value`: what the write path is given (an int for a reference that was picked,
    else the text)."""

    def __init__(self, merged: MergedField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.merged = merged
        self.widget = widget_for(merged)
        self.typed = ""
        self.typed_reference: str | None = None
        if merged.required:
            self.flags.required = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the text from the form, or write the stored value as text."""
        self.process_errors: list[str] = []
        if data is unset_value:
            data = None
        self.object_data = self.data = data
        if formdata is not None and self.name in formdata:
            self.typed = formdata.getlist(self.name)[-1]
            self.typed_reference = formdata.get(self.name + TEXT_OF_REFERENCE)
        elif formdata is not None and self.name + TEXT_OF_REFERENCE in formdata:
            self.typed_reference = formdata[self.name + TEXT_OF_REFERENCE]
        else:
            self.typed = as_text(data, self.merged)
        self.raw_data = [self.typed]
        self.data = self.typed

    def populate_obj(self, obj: Any, name: str) -> None:
        """Nothing: only the write path changes records."""

    @property
    def value(self) -> Any:
        """What the write path is given."""
        if not self.merged.references:
            return self.typed
        if self.typed.isascii() and self.typed.isdigit() and len(self.typed) < 19:
            return int(self.typed)
        return (self.typed_reference or "").strip()

    def reference_text(self) -> str:
        """What the visible input of a reference shows."""
        if self.typed_reference is not None:
            return self.typed_reference
        if not self.typed:
            return ""
        number = record_number(self.typed)
        found = session().get(model_of(self.merged.references or ""), number) if number is not None else None
        return reference_text(found) if found is not None else f"#{self.typed}"


def as_text(value: Any, merged: MergedField) -> str:
    """A stored value as the text of its input."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(platform().clock.zone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dict | list):
        return str(as_written(merged, value))
    return str(value)
