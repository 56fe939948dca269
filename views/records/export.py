"""Hands out a list as a workbook or csv file: the rows that the list shows, all of them, as they import again."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from flask import Blueprint, Response, abort, request, send_file
from flask_babel import gettext as _

from models.operations.exports import export_rows
from models.specs import MergedField, MergedSpec
from views.context import allowed, platform, session
from views.errors import say
from views.records.display import choice_label
from views.records.listing import terms
from views.records.query import FROM, ListQuery, read_query
from views.shell.i18n import language
from views.workbooks.outcolumns import OutColumn
from views.workbooks.registers import write_csv, write_register

blueprint = Blueprint("export", __name__)
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
_KINDS = {
    "text": "text",
    "long_text": "text",
    "number": "number",
    "integer": "integer",
    "percent": "percent",
    "money": "money",
    "date": "date",
    "datetime": "datetime",
    "yes_no": "yes_no",
}


@blueprint.get("/export/<entity>.<kind>")
def download(entity: str, kind: str) -> Response:
    """The list of `entity` with the filters of the address, as `xlsx` or `csv`."""
    known = platform()
    if kind not in TYPES or entity not in known.specs or not allowed(entity, "export"):
        abort(404)
    spec = known.specs[entity]
    query = read_query(spec, request.args)
    names, rows = export_rows(session(), entity, where=terms(spec, query))
    file = BytesIO()
    write_records(file, kind, spec, names, rows, filter_words(spec, query))
    file.seek(0)
    name = f"{say(spec.spec.plural)} {known.clock.today():%Y-%m-%d}.{kind}"
    return send_file(file, TYPES[kind], as_attachment=True, download_name=name, max_age=0)


def write_records(
    file: BinaryIO, kind: str, spec: MergedSpec, names: list[str], rows: Iterator[dict[str, Any]], filtered: str
) -> None:
    """Write what `export_rows` gave as `xlsx` or `csv`; `filtered`: what it was narrowed to, in words."""
    names = [name for name in names if not _is_kept_moment(spec, name)]
    columns = [out_column(spec, name) for name in names]
    values = _values(names, rows)
    if kind == "csv":
        write_csv(columns, values, file, language=language())
        return
    write_register(
        columns,
        values,
        file,
        sheet=spec.entity,
        title=say(spec.spec.plural),
        generated_at=platform().clock.now(),
        filter_words=filtered,
        language=language(),
    )


def _is_kept_moment(spec: MergedSpec, name: str) -> bool:
    """A moment that the platform keeps itself: no cell holds it to the last digit, so it would come back changed."""
    importable = any("import" in one.actions for given in spec.spec.permissions.values() for one in given)
    field = spec.fields.get(name)
    return importable and field is not None and field.spec.readonly and field.stored.kind == "datetime"


def out_column(spec: MergedSpec, name: str) -> OutColumn:
    """A field as a column of a workbook, headed by its label."""
    if name not in spec.fields:  # the version
        return OutColumn(name, _("Version"), "integer")
    field = spec.field(name)
    if field.spec.choices:
        return OutColumn(
            name, say(field.label), "choice", {code: say(label) for code, label in field.spec.choices.items()}
        )
    if field.references or field.stored.unique:
        return OutColumn(name, say(field.label), "code")
    if field.stored.kind == "json":
        return OutColumn(name, say(field.label), "text", wrap=True)
    return OutColumn(name, say(field.label), _KINDS[field.format], wrap=field.format == "long_text")


def filter_words(spec: MergedSpec, query: ListQuery) -> str:
    """What the list is narrowed to, in words."""
    words = [f"“{query.words}”"] if query.words else []
    for argument, text in query.filters.items():
        field, end = _field_of(spec, argument)
        shown = choice_label(field.spec.choices, text) if field.spec.choices else text
        sign = "" if end is None else "≥ " if end == FROM else "≤ "
        words.append(f"{say(field.label)}: {sign}{shown}")
    return "; ".join(words)


def _field_of(spec: MergedSpec, argument: str) -> tuple[MergedField, str | None]:
    if argument in spec.fields:
        return spec.field(argument), None
    name, _sign, end = argument.rpartition("_")
    return spec.field(name), f"_{end}"


def _values(names: list[str], rows: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    """Rows as lists; a blank text is an empty cell."""
    return ([None if row[name] == "" else _plain(row[name]) for name in names] for row in rows)


def _plain(value: Any) -> Any:
    """A moment as a workbook holds it: without a zone, in the installation's."""
    zone = platform().clock.zone
    return value.astimezone(zone).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
