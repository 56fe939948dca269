"""The audit trail: who did what, when and from where, each field before → after; and the history of one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select

from config.metadata.spec import FieldSpec
from models.audit import AuditEntry
from views.context import platform, session
from views.pages.access import guarded, need
from views.pages.audit_changes import Changed, changes_of
from views.pages.paging import Page, page_number, page_of
from views.shell.i18n import say
from views.shell.links import record_url

blueprint = guarded("audit")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the trail is filtered by."""

    who: str = ""
    entity: str = ""
    action: str = ""
    record: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as shown."""

    entry: AuditEntry
    action: str
    kind: str
    source: str
    url: str | None
    changes: list[Changed]


@blueprint.get("/audit/")
def index() -> ResponseReturnValue:
    """The trail, newest first, for those who hold the grant."""
    need("audit", "list")
    asked = read_filters(request.args)
    page = _page(asked, page_number(request.args.get("page")))
    fields = platform().metadata.entities["audit"].fields
    return render_template(
        "pages/audit.html",
        page=page,
        asked=asked,
        actions=_labels(fields["action"]),
        kinds=_labels(fields["record_entity"]),
    )


def read_filters(given: Mapping[str, str]) -> Asked:
    """The filters of an address; what cannot be read counts as not given."""
    record = given.get("record", "")
    return Asked(
        who=given.get("who", "").strip()[:64],
        entity=given.get("entity", "")[:40],
        action=given.get("action", "")[:40],
        record=int(record) if record.isascii() and record.isdecimal() and len(record) < 10 else None,
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2999 else None


def _page(asked: Asked, number: int) -> Page:
    query = _narrow(select(AuditEntry), asked)
    total = session().scalar(query.with_only_columns(func.count(AuditEntry.id))) or 0
    page = page_of(total, number, SIZE)
    newest = query.order_by(AuditEntry.id.desc()).limit(SIZE).offset(page.first)
    return page.with_rows([_line(entry) for entry in session().scalars(newest)])


def _narrow(query: Select[Any], asked: Asked) -> Select[Any]:
    if asked.who:
        query = query.where(AuditEntry.username.icontains(asked.who, autoescape=True))
    if asked.entity:
        query = query.where(AuditEntry.record_entity == asked.entity)
    if asked.action:
        query = query.where(AuditEntry.action == asked.action)
    if asked.record is not None:
        query = query.where(AuditEntry.record_id == asked.record)
    if asked.since:
        query = query.where(AuditEntry.at >= _midnight(asked.since))
    if asked.until:
        query = query.where(AuditEntry.at < _midnight(asked.until + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    """When a day begins in the installation's time zone."""
    return datetime.combine(day, time(), platform().clock.zone)


def _line(entry: AuditEntry) -> Line:
    metadata = platform().metadata
    fields = metadata.entities["audit"].fields
    spec = metadata.entities.get(entry.record_entity)
    linked = spec is not None and entry.record_id is not None and entry.action != "delete"
    return Line(
        entry=entry,
        action=_label(fields["action"], entry.action),
        kind=_label(fields["record_entity"], entry.record_entity),
        source=_label(fields["source"], entry.source),
        url=record_url(spec, entry.record_id) if linked else None,  # type: ignore[arg-type]
        changes=changes_of(entry),
    )


def _labels(field: FieldSpec) -> dict[str, str]:
    """Stored value → label, in the page's language."""
    return {code: say(label) for code, label in (field.choices or {}).items()}


def _label(field: FieldSpec, code: str) -> str:
    label = (field.choices or {}).get(code)
    return say(label) if label is not None else code
