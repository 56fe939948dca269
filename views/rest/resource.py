"""One resource: Flask-AppBuilder's routes, checks and description; reading is scoped, writing goes by the operations.

Nothing of the framework's schema or filter objects, which all threads share, is filled in while it answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from flask_appbuilder import ModelRestApi
from flask_appbuilder.hooks import before_request
from prison import loads as read_rison
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from config.text import text
from models.access import criteria
from models.operations.records import delete_record, save_record
from models.specs import MergedSpec
from views.context import actor, allowed, platform, session
from views.errors import say
from views.records.pages import note_personal_reading
from views.records.reading import find_record
from views.registers.threads import RequestFilters
from views.rest.answers import PlainApi, answering, refusal, with_version
from views.rest.body import BadRequest, read_body, version_read
from views.rest.describing import METHOD_SPECS
from views.rest.filters import filter_fields, filter_terms, operators_of
from views.rest.rows import row_of

PAGE, MOST, FARTHEST = 20, 100, 10_000_000


def _numbered(method: Callable[..., Response], verb: str) -> Callable[..., Response]:
    """The framework's `method` at a number only.

    It takes any word for the key of a change, so that reading `/unit/abc` was a wrong method in place of nothing there.
    """

    @wraps(method)
    def moved(self: Any, *args: Any, **kwargs: Any) -> Response:
        return method(self, *args, **kwargs)

    moved._urls = [("/<int:pk>", [verb])]  # type: ignore[attr-defined]  # where the framework keeps its routes
    return moved


class RecordApi(RequestFilters, PlainApi, ModelRestApi):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """`/api/v1/<entity>/`: list, read, add, change and delete."""

    spec: MergedSpec
    method_permission_name = {
        "info": "list",
        "get_list": "list",
        "get": "show",
        "post": "add",
        "put": "edit",
        "delete": "delete",
    }
    openapi_spec_methods = METHOD_SPECS
    put = _numbered(ModelRestApi.put, "PUT")
    delete = _numbered(ModelRestApi.delete, "DELETE")

    @before_request
    def check_query(self) -> Response | None:
        """Refuse a query that cannot be read, before the framework stumbles over it."""
        written = request.args.get("q")
        if not written:
            return None
        if isinstance(_read_query(written), dict):
            return None
        return refusal(BadRequest(text("The query q is no valid Rison object.", "查询参数 q 不是有效的 Rison 对象。")))

    @answering
    def info_headless(self, **kwargs: Any) -> Response:
        """What can be done here and with which fields; never any rows."""
        spec = self.spec
        fields = [_described(spec, field.name) for field in spec.writable]
        filters = {
            name: [{"operator": operator, "name": operator} for operator in operators_of(field)]
            for name, field in filter_fields(spec).items()
        }
        permissions = [
            name for name in sorted(self.base_permissions) if allowed(spec.entity, name.removeprefix("can_"))
        ]
        known = {
            "permissions": permissions,
            "add_columns": fields,
            "edit_columns": fields,
            "filters": filters,
            "add_title": say(spec.spec.label),
            "edit_title": say(spec.spec.label),
        }
        keys = kwargs.get("rison", {}).get("keys") or list(known)
        return self.response(200, **{key: known[key] for key in keys if key in known})

    @answering
    def get_list_headless(self, **kwargs: Any) -> Response:
        """A page of rows; unknown columns, orders and filters are refused."""
        asked = kwargs.get("rison", {})
        names = self._names(asked)
        statement = select(self.spec.model).where(*filter_terms(self.spec, asked.get("filters") or []))
        reach = criteria(actor(), platform().metadata, self.spec.model, "list")
        if reach is not None:
            statement = statement.where(reach)
        count = session().scalar(select(func.count()).select_from(statement.subquery()))
        size = min(max(int(asked.get("page_size") or PAGE), 1), MOST)
        offset = min(max(int(asked.get("page") or 0), 0), FARTHEST) * size
        loaded = [joinedload(getattr(self.spec.model, name)) for name in names if self.spec.field(name).references]
        page = statement.options(*loaded).order_by(*self._order(asked)).limit(size).offset(offset)
        rows = session().scalars(page).unique().all()
        return self.response(
            200,
            count=count,
            ids=[row.id for row in rows],
            result=[row_of(self.spec, row, names) for row in rows],
            list_columns=names,
            label_columns={name: say(self.spec.field(name).label) for name in names},
            order_columns=self._sortable(),
        )

    @answering
    def get_headless(self, pk: int, **kwargs: Any) -> Response:
        """One record."""
        record = find_record(self.spec, pk)
        names = self._names(kwargs.get("rison", {}), listed=False)
        row = row_of(self.spec, record, names)
        if any(self.spec.field(name).spec.personal for name in names):
            note_personal_reading(self.spec, record)
        response = self.response(
            200,
            id=pk,
            result=row,
            show_columns=names,
            label_columns={name: say(self.spec.field(name).label) for name in names},
        )
        return with_version(response, record)

    @answering
    def post_headless(self) -> Response:
        """Add a record."""
        record = save_record(session(), self.spec.entity, None, read_body(), None)
        response = self.response(201, id=record.id, result=row_of(self.spec, record))
        response.headers["Location"] = f"{request.script_root}{self.route_base}/{record.id}"
        return with_version(response, record)

    @answering
    def put_headless(self, pk: int) -> Response:
        """Change a record; fields that are not sent stay as they are."""
        body = read_body()
        version = version_read(body)
        record = find_record(self.spec, pk)
        saved = save_record(session(), self.spec.entity, record.id, body, version)
        return with_version(self.response(200, id=saved.id, result=row_of(self.spec, saved)), saved)

    @answering
    def delete_headless(self, pk: int) -> Response:
        """Delete a record; with `If-Match`, only as it was read."""
        record = find_record(self.spec, pk)
        version = version_read({})
        delete_record(session(), self.spec.entity, record.id, version or getattr(record, "version", None))
        return self.response(200, message="OK")

    def _names(self, asked: dict[str, Any], *, listed: bool = True) -> list[str]:
        """The fields that were asked for, else the list's columns, or all of them for one record."""
        known = [name for name, field in self.spec.fields.items() if field.stored.kind != "binary"]
        if listed:
            known = [name for name in known if not self.spec.field(name).spec.personal]
        chosen = asked.get("columns") or asked.get("select_columns") or []
        unknown = [name for name in chosen if name not in (*known, "id", "version")]
        if unknown:
            raise BadRequest(text("There is no column {name}.", "没有列 {name}。", name=str(unknown[0])[:80]))
        if not chosen and listed:
            return [
                name for name in dict.fromkeys((*self.spec.spec.natural_key, *self.spec.spec.list)) if name in known
            ]
        return [name for name in known if name in chosen] if chosen else known

    def _order(self, asked: dict[str, Any]) -> list[Any]:
        default = self.spec.spec.order
        name = asked.get("order_column") or default.removeprefix("-")
        descending = asked.get("order_direction") == "desc" if asked.get("order_column") else default.startswith("-")
        if name not in self._sortable():
            raise BadRequest(text("Rows cannot be ordered by {name}.", "不能按 {name} 排序。", name=str(name)[:80]))
        attribute = name if name == "id" else self.spec.field(name).attribute
        column = getattr(self.spec.model, attribute)
        return [column.desc() if descending else column.asc(), self.spec.model.id]

    def _sortable(self) -> list[str]:
        simple = [name for name, field in self.spec.fields.items() if field.stored.kind not in {"json", "binary"}]
        return ["id", *(name for name in simple if not self.spec.field(name).spec.personal)]


def _read_query(written: str) -> Any:
    """The query, which may be JSON in place of Rison; None when it is neither."""
    for read in (read_rison, json.loads):
        try:
            return read(written)
        except Exception:  # noqa: S112  # the parsers raise whatever they happen to meet
            continue
    return None


def _described(spec: MergedSpec, name: str) -> dict[str, Any]:
    field = spec.field(name)
    told: dict[str, Any] = {
        "name": name,
        "label": say(field.label),
        "description": say(field.spec.help) if field.spec.help else "",
        "type": "reference" if field.references else field.format,
        "required": field.required,
        "unique": field.stored.unique,
    }
    if field.references:
        told["references"] = field.references
    if field.spec.choices:
        told["choices"] = {code: say(label) for code, label in field.spec.choices.items()}
    return told
