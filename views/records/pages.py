"""Draws the list, the record page and the form of an entity; the frameworks say where its links lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.access import covers
from models.guard import record_event
from models.specs import MergedField, MergedSpec, model_of
from views.context import actor, allowed, platform, session
from views.errors import say
from views.records.display import choice_label, is_number, reference_text, shown, title_of
from views.records.fields import as_text
from views.records.forms import RecordForm, sections_of
from views.records.listing import find, narrowed, ordered
from views.records.query import ListQuery, is_range, read_query, sortable
from views.shell.links import list_url, record_url

RELATED_ROWS = 10
_TONES = {"published": "ok", "open": "ok", "approved": "ok", "returned": "bad", "proposed": "warn", "submitted": "warn"}

Link = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a framework's pages of one entity are.

    `show`, `edit`: of a record's id; `action`: takes the chosen rows; `inline`: takes one changed value.
    """

    list: str
    show: Link
    add: str
    edit: Link
    delete: Link
    action: str
    inline: str = ""


@dataclass(frozen=True, slots=True)
class RelatedBlock:
    """Rows that refer to the record of a page."""

    title: str
    rows: list[Any]
    count: int | str
    columns: list[MergedField]
    all: str | None
    add: str | None


@dataclass(slots=True)
class Extras:
    """What a page has beside the generated parts: further links, and values to start a new record with."""

    more: list[tuple[str, str]] = field(default_factory=list)
    template: str | None = None
    context: dict[str, Any] = field(default_factory=dict)


def list_page(
    spec: MergedSpec, addresses: Addresses, *, editable: tuple[str, ...] = (), extras: Extras | None = None
) -> str:
    """The list as the request's address asks for it."""
    query = read_query(spec, request.args)
    found = find(session(), spec, query)
    extras = extras or Extras()
    may = {action: allowed(spec.entity, action) for action in ("show", "add", "edit", "delete", "import", "export")}
    return render_template(
        extras.template or "records/list.html",
        page_title=say(spec.spec.plural),
        spec=spec.spec,
        query=query,
        found=found,
        columns=[spec.field(name) for name in spec.spec.list],
        filters=[spec.field(name) for name in spec.spec.filters],
        range_filters=[spec.field(name) for name in spec.spec.filters if is_range(spec.field(name))],
        sortable=sortable(spec),
        editable=editable if may["edit"] else (),
        links=_list_links(spec, addresses, query, may, extras),
        **_tools(),
        **extras.context,
    )


def _list_links(
    spec: MergedSpec, addresses: Addresses, query: ListQuery, may: dict[str, bool], extras: Extras
) -> dict[str, Any]:
    def sort(name: str) -> str:
        backwards = name == query.order and not query.descending
        return with_arguments(addresses.list, query.arguments(order=f"-{name}" if backwards else name, page=1))

    def export(kind: str) -> str:
        return with_arguments(f"{request.script_root}/export/{spec.entity}.{kind}", query.arguments(page=1, size=None))

    return {
        "sort": sort,
        "page": lambda number: with_arguments(addresses.list, query.arguments(page=number + 1)),
        "show": lambda record: addresses.show(record.id),
        "edit": (lambda record: addresses.edit(record.id)) if may["edit"] else None,
        "add": addresses.add if may["add"] else None,
        "action": addresses.action if may["delete"] else None,
        "inline": addresses.inline,
        "import": f"{request.script_root}/import/{spec.entity}" if may["import"] else None,
        "export": export if may["export"] else None,
        "more": extras.more,
    }


def show_page(spec: MergedSpec, addresses: Addresses, record: Any, *, extras: Extras | None = None) -> str:
    """The record page; reading somebody else's personal values is written to the audit trail."""
    extras = extras or Extras()
    note_personal_reading(spec, record)
    may = {action: _covers(record, action) for action in ("edit", "delete")}
    history = with_arguments(f"{request.script_root}/audit/", {"entity": spec.entity, "record": record.id})
    state = spec.fields.get("state")
    return render_template(
        extras.template or "records/show.html",
        page_title=reference_text(record),
        crumbs=crumbs(spec, addresses),
        spec=spec.spec,
        record=record,
        sections=sections_of(spec),
        merged_of=spec.field,
        state=choice_label(state.spec.choices, record.state) if state and state.spec.choices else None,
        links={
            "edit": addresses.edit(record.id) if may["edit"] else None,
            "delete": addresses.delete(record.id) if may["delete"] else None,
            "history": history if allowed("audit", "list") else None,
            "more": extras.more,
        },
        related=[block for block in (related_block(spec, code, record) for code in spec.spec.related) if block],
        **_tools(),
        **extras.context,
    )


def form_page(
    spec: MergedSpec, form: RecordForm, addresses: Addresses, *, record: Any = None, extras: Extras | None = None
) -> str:
    """The form for a new record, or for changing `record`."""
    extras = extras or Extras()
    name = say(spec.spec.label)
    title = _("Add: %(name)s", name=name) if record is None else _("Edit: %(name)s", name=reference_text(record))
    return render_template(
        extras.template or "records/form.html",
        page_title=title,
        crumbs=crumbs(spec, addresses),
        spec=spec.spec,
        form=form,
        sections=sections_of(spec),
        merged_of=spec.field,
        record=record,
        cancel=addresses.list if record is None else addresses.show(record.id),
        **_tools(),
        **extras.context,
    )


def crumbs(spec: MergedSpec, addresses: Addresses) -> list[tuple[str, str | None]]:
    """The way here: to the list, for those who may see it."""
    return [(say(spec.spec.plural), addresses.list if allowed(spec.entity, "list") else None)]


def related_block(spec: MergedSpec, code: str, record: Any) -> RelatedBlock | None:
    """The first rows of `code` that refer to `record`; None when the actor may not list them."""
    related = platform().specs[code]
    if not allowed(code, "list") or not related.referring(spec.entity):
        return None
    reference = related.referring(spec.entity)[0]
    query = ListQuery(order=related.spec.order.removeprefix("-"), descending=related.spec.order.startswith("-"))
    model = model_of(code)
    wanted = narrowed(session(), related, query).where(getattr(model, reference.attribute) == record.id)
    columns = [related.field(name) for name in related.spec.list if name != reference.name]
    loaded = [joinedload(getattr(model, merged.name)) for merged in columns if merged.references]
    statement = ordered(wanted, related, query).options(*loaded).limit(RELATED_ROWS + 1)
    rows = list(session().scalars(statement).unique())
    return RelatedBlock(
        title=say(related.spec.plural),
        rows=rows[:RELATED_ROWS],
        count=f"{RELATED_ROWS}+" if len(rows) > RELATED_ROWS else len(rows),
        columns=columns,
        all=_list_of(related, reference, record),
        add=_add_to(related, reference, record),
    )


def _list_of(related: MergedSpec, reference: MergedField, record: Any) -> str | None:
    if related.spec.tool == "none" or reference.name not in related.spec.filters:
        return None
    return with_arguments(list_url(related.spec), {reference.name: record.id})


def _add_to(related: MergedSpec, reference: MergedField, record: Any) -> str | None:
    if related.spec.tool == "none" or reference.spec.readonly or not allowed(related.entity, "add"):
        return None
    path = f"console/{related.entity}/new/" if related.spec.tool == "console" else f"{related.entity}/add"
    return with_arguments(f"{request.script_root}/{path}", {reference.name: record.id})


def with_arguments(path: str, arguments: dict[str, Any]) -> str:
    """`path` with the arguments that have a value."""
    written = urlencode({name: value for name, value in arguments.items() if value not in (None, "")})
    return f"{path}?{written}" if written else path


def note_personal_reading(spec: MergedSpec, record: Any) -> None:
    """Write to the audit trail that personal values of somebody else were read."""
    personal = [name for name, merged in spec.fields.items() if merged.spec.personal and getattr(record, name)]
    who = actor()
    owner = record.id if spec.entity == "person" else getattr(record, "person_id", None)
    if personal and who is not None and owner != who.person_id:
        record_event(session(), "read", spec.entity, record, {"fields": personal})
        session().commit()


def _covers(record: Any, action: str) -> bool:
    return allowed(record.entity, action) and covers(session(), actor(), platform().metadata, record, action)


def _tools() -> dict[str, Any]:
    """Functions that the templates call."""
    return {
        "shown": shown,
        "title_of": title_of,
        "is_number": is_number,
        "is_range": is_range,
        "as_text": as_text,
        "tone_of": lambda record: _TONES.get(getattr(record, "state", ""), ""),
        "link_to": link_to,
        "chosen_text": chosen_text,
    }


def link_to(record: Any) -> str | None:
    """The address of a record's page, for those who may open it."""
    spec = platform().metadata.entities[record.entity]
    return record_url(spec, record.id) if allowed(record.entity, "show") else None


def chosen_text(merged: MergedField, chosen: str) -> str:
    """What the combobox of a filter shows for the record that was chosen."""
    model = model_of(merged.references or "")
    found = session().scalars(select(model).where(model.id == int(chosen))).one_or_none()
    return reference_text(found) if found is not None else f"#{chosen}"
