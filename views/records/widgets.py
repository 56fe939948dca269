"""The inputs of generated forms; each keeps what was typed, whether it can be read or not."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.widgets import html_params

from views.shell.i18n import say

Field = Any
"""A `views.records.fields.RecordField`; named so to keep the import one-way."""


def text_input(field: Field, **given: Any) -> Markup:
    """One line of text."""
    return _input(field, given, type="text", maxlength=field.merged.stored.length or False)


def number_input(field: Field, **given: Any) -> Markup:
    """A number, right-aligned; typed as text so that "1,234" is not lost."""
    return _input(field, given, type="text", inputmode="decimal", **{"class": "in n"})


def date_input(field: Field, **given: Any) -> Markup:
    """A day, with the browser's own calendar."""
    return _input(field, given, type=_native(field, "date"))


def moment_input(field: Field, **given: Any) -> Markup:
    """A day with a time, in the installation's time zone."""
    return _input(field, given, type=_native(field, "datetime-local"))


def area(field: Field, **given: Any) -> Markup:
    """Several lines of text."""
    attributes = _attributes(id=field.id, name=field.name, rows=4, **_with_class(given, "in"))
    return Markup("<textarea %s>\r\n%s</textarea>") % (attributes, field.typed)


def select(field: Field, **given: Any) -> Markup:
    """A choice, with its labels; blank where nothing need be chosen."""
    choices = [(code, say(label)) for code, label in field.merged.spec.choices.items()]
    return _select(field, given, choices)


def yes_no(field: Field, **given: Any) -> Markup:
    """Yes or no."""
    return _select(field, given, [("1", _("Yes")), ("0", _("No"))])


def combobox(field: Field, **given: Any) -> Markup:
    """A reference: only the current one is in the page, others are searched for.

    Without a script the visible input takes the other record's code.
    """
    url = f"{request.script_root}/lookup/{field.merged.references}"
    list_id = f"{field.id}-list"
    hidden = _attributes(type="hidden", name=field.name, value=field.typed)
    attributes = {
        "id": field.id,
        "name": f"{field.name}__text",
        "type": "text",
        "value": field.reference_text(),
        "role": "combobox",
        "autocomplete": "off",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": list_id,
        "placeholder": _("Type to search"),
    }
    shown = _attributes(**(attributes | _with_class(given, "in")))
    return Markup(
        '<div class="combo" data-lookup="%s" data-none="%s"><input %s><input %s>'
        '<ul class="combo-list" id="%s" role="listbox" aria-label="%s" hidden></ul></div>'
    ) % (url, _("Nothing found"), hidden, shown, list_id, say(field.merged.label))


def _input(field: Field, given: dict[str, Any], **attributes: Any) -> Markup:
    merged = {"id": field.id, "name": field.name, "value": field.typed} | attributes
    return Markup("<input %s>") % _attributes(**_with_class(merged | given, merged.get("class", "in")))


def _attributes(**given: Any) -> Markup:
    return Markup(html_params(**given))  # noqa: S704  # html_params has escaped every value


def _native(field: Field, kind: str) -> str:
    """The browser's own input cannot show what it cannot read; such a text is kept in a plain one."""
    return "text" if field.errors and field.typed else kind


def _select(field: Field, given: dict[str, Any], choices: list[tuple[str, str]]) -> Markup:
    options = [*choices]
    if not field.merged.required or field.typed == "":
        options.insert(0, ("", "–"))
    if field.typed not in {code for code, _label in options}:
        options.append((field.typed, field.typed))  # chosen once, retired since: kept until changed
    body = Markup().join(
        Markup('<option value="%s"%s>%s</option>') % (code, Markup(" selected") if code == field.typed else "", label)
        for code, label in options
    )
    attributes = _attributes(id=field.id, name=field.name, **_with_class(given, "in"))
    return Markup("<select %s>%s</select>") % (attributes, body)


def _with_class(given: dict[str, Any], default: str) -> dict[str, Any]:
    return {"class": default} | {name.rstrip("_"): value for name, value in given.items()}
