"""The view of a console entity: Flask-Admin's routes around the shared pages, behind the same grants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session, scoped_session

from models.denial import not_allowed
from models.errors import Invalid, PlumblineError
from models.operations.records import save_record
from models.specs import MergedSpec
from views.context import allowed, platform, session
from views.errors import error_body, say
from views.records.display import reference_text, shown
from views.records.fields import as_text
from views.records.forms import open_form
from views.records.pages import Addresses, Extras, form_page, list_page, show_page
from views.records.query import whole
from views.records.reading import find_record
from views.records.saving import delete_one, save_form, stale_page

ACTIONS = {
    "index_view": "list",
    "details_view": "show",
    "create_view": "add",
    "edit_view": "edit",
    "ajax_update": "edit",
    "delete_view": "delete",
    "action_view": "delete",
}
"""The framework's methods → the action that must be granted; any other needs `show`."""

EDITED_IN_LIST = {
    "item": ("weight",),
    "rater_group": ("weight",),
    "grade_band": ("min_score", "quota"),
    "setting": ("value",),
}
"""Fields that are changed in their row."""

MOST_CHOSEN = 200


class SessionSource:
    """What Flask-Admin takes for a database: an object with a `session`."""

    def __init__(self, sessions: scoped_session[Session]) -> None:
        self.session = sessions


class ConsoleView(ModelView):  # type: ignore[misc]  # Flask-Admin is untyped
    """List, record page, form, values edited in the list, deletion of one entity."""

    spec: MergedSpec
    can_view_details = True
    can_export = False

    def scaffold_list_form(self, widget: Any = None, validators: Any = None) -> Any:
        """Values in the list are checked by the write path, so the framework need not make a form of them."""
        return self.form

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        action = ACTIONS.get(name, "show")
        if name in {"export", "ajax_lookup"}:  # lists export and search through the platform's own routes
            abort(404)
        if not allowed(self.spec.entity, action):
            raise not_allowed(platform().metadata, self.spec.entity, action)
        return None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the method; the framework's own would call it twice when it raises TypeError."""
        return fn(self, *args, **kwargs)

    def addresses(self) -> Addresses:
        """Where this entity's pages are."""
        base = f"{request.script_root}/console/{self.spec.entity}"
        return Addresses(
            list=f"{base}/",
            show=lambda record_id: f"{base}/details/?id={record_id}",
            add=f"{base}/new/",
            edit=lambda record_id: f"{base}/edit/?id={record_id}",
            delete=lambda record_id: f"{base}/delete/",
            action=f"{base}/action/",
            inline=f"{base}/ajax/update/",
        )

    def extras(self, record: Any = None) -> Extras:
        """What the pages of this entity have beside the generated parts."""
        return Extras()

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list with its filters."""
        editable = EDITED_IN_LIST.get(self.spec.entity, ())
        return list_page(self.spec, self.addresses(), editable=editable, extras=self.extras())

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """One record with what refers to it."""
        record = find_record(self.spec, request.args.get("id", ""))
        return show_page(self.spec, self.addresses(), record, extras=self.extras(record))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """The form for a new record; the address may say what it starts with (`?cycle=3`)."""
        return self._form(None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """The form for changing a record."""
        return self._form(find_record(self.spec, request.args.get("id", ""), "edit"))

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> ResponseReturnValue:
        """Delete a record that stands as it was read."""
        record = find_record(self.spec, request.form.get("id", ""), "delete")
        name = reference_text(record)
        error = delete_one(self.spec, record.id, whole(request.form.get("version"), 0) or None)
        if error is not None:
            raise error
        flash(_("%(name)s was deleted.", name=name), "ok")
        return redirect(self.addresses().list)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Delete the chosen rows, each for itself; what is refused stays and is named with its reason."""
        deleted = 0
        for row_id in request.form.getlist("rowid")[:MOST_CHOSEN] if request.form.get("action") == "delete" else ():
            number = whole(row_id, 0)
            error = delete_one(self.spec, number, whole(request.form.get(f"version_{number}"), 0) or None)
            deleted += error is None
            if error is not None:
                flash(_("Record %(id)s stays: %(reason)s", id=number, reason=say(error.text)), "bad")
        if deleted:
            flash(ngettext("%(num)s record was deleted.", "%(num)s records were deleted.", deleted), "ok")
        return redirect(self.addresses().list)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """Save one value changed in its row; a stale one is answered with both versions."""
        editable = EDITED_IN_LIST.get(self.spec.entity, ())
        given = {name: request.form[name] for name in editable if name in request.form}
        record = find_record(self.spec, request.form.get("list_form_pk", ""), "edit")
        try:
            if not given:
                raise Invalid(not_allowed(platform().metadata, self.spec.entity, "edit").text)
            version = whole(request.form.get("version"), 0) or None
            saved = save_record(session(), self.spec.entity, record.id, given, version)
        except PlumblineError as error:
            return jsonify(error_body(error)), error.status
        return self._saved_value(saved, next(iter(given)))

    def _saved_value(self, record: Any, name: str) -> Response:
        field = self.spec.field(name)
        return jsonify(
            id=record.id,
            version=getattr(record, "version", None),
            value=as_text(getattr(record, name), field),
            shown=shown(field, record),
        )

    def _form(self, record: Any) -> ResponseReturnValue:
        given = {field.name: request.args.get(field.name, "") for field in self.spec.writable}
        form = open_form(self.form, record, {name: text[:200] for name, text in given.items() if text})
        if request.method == "POST":
            saved = save_form(self.spec, form, record)
            if saved.record is not None:
                flash(_("Saved."), "ok")
                return redirect(self.addresses().show(saved.record.id))
            if saved.stale is not None:
                back = self.addresses().edit(record.id)
                return stale_page(self.spec, form, saved.stale, record=record, action=back, back=back)
        page = form_page(self.spec, form, self.addresses(), record=record, extras=self.extras(record))
        return page, 422 if request.method == "POST" else 200
