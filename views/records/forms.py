"""The form of an entity, generated from its merged spec, and what was entered in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import HiddenField

from config.metadata.spec import Section
from models.errors import PlumblineError
from models.specs import MergedField, MergedSpec
from views.errors import say
from views.records.fields import RecordField


class RecordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Base of the generated forms.  `version`: the one that was read; compared before anything is written."""

    spec: MergedSpec
    version = HiddenField()
    problems: list[str] = []
    """What is wrong with the record as a whole."""

    def record_fields(self) -> Iterator[RecordField]:
        """The inputs, in the order of the sections."""
        return (field for field in self if isinstance(field, RecordField))

    def has(self, name: str) -> bool:
        """Whether `name` is an input of this form."""
        return isinstance(self._fields.get(name), RecordField)

    def values(self, record: Any = None) -> dict[str, Any]:
        """What was entered, for the write path.

        A reference that stands as it was is left out: its record may be outside the actor's reach, and it is kept.
        """
        return {
            field.short_name: field.value
            for field in self.record_fields()
            if not (record is not None and field.merged.references and _key_of(record, field.merged) == field.value)
        }

    def version_read(self) -> int | None:
        """The version that this form says it was drawn from; never the record's own, which is the newest."""
        sent = self.version.raw_data
        text = str(sent[-1]).strip() if sent else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def show_errors(self, error: PlumblineError) -> None:
        """Put every problem beside its field; what fits none goes to the top."""
        self.problems = []
        for name, text in error.fields.items():
            if self.has(name):
                self[name].errors = [say(text)]
            else:
                self.problems.append(say(text))
        if not error.fields or not any(field.errors for field in self.record_fields()):
            self.problems.insert(0, say(error.text))


def form_class(spec: MergedSpec) -> type[RecordForm]:
    """The form for `spec`: an input for every field of its sections that people may write."""
    fields: dict[str, Any] = {"spec": spec}
    for section in sections_of(spec):
        for name in section.fields:
            merged = spec.field(name)
            if not merged.spec.readonly:
                fields[name] = _field(merged)
    return type(f"{spec.entity.title().replace('_', '')}Form", (RecordForm,), fields)


def sections_of(spec: MergedSpec) -> tuple[Section, ...]:
    """The sections of the record page; all fields in one when the metadata names none."""
    written = spec.spec
    return written.form or (Section(label=written.label, fields=tuple(written.fields)),)


def open_form(spec_form: type[RecordForm], record: Any = None, defaults: dict[str, Any] | None = None) -> RecordForm:
    """The form as the request sent it, or drawn from `record` or, for a new one, from the defaults."""
    if record is None:
        spec = spec_form.spec
        data = {name: spec.field(name).spec.default for name in spec.spec.fields} | (defaults or {})
    else:
        data = values_for_form(spec_form.spec, record)
    return spec_form(data=data)


def values_for_form(spec: MergedSpec, record: Any) -> dict[str, Any]:
    """The stored values of `record` by field; references by their id, so that hidden ones are kept."""
    values = {
        name: _key_of(record, spec.field(name)) if spec.field(name).references else getattr(record, name)
        for name in spec.spec.fields
    }
    return values | {"version": getattr(record, "version", None)}


def _key_of(record: Any, merged: MergedField) -> int | None:
    key: int | None = getattr(record, merged.attribute)
    return key


def _field(merged: MergedField) -> Any:
    description = LazyString(say, merged.spec.help) if merged.spec.help else ""
    return RecordField(merged=merged, label=LazyString(say, merged.label), description=description)
