"""The view of a register: Flask-AppBuilder's routes and permissions around the shared pages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import ModelView
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.views import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from models.denial import not_allowed
from models.specs import MergedSpec
from views.context import allowed, platform, session
from views.errors import say
from views.records.display import reference_text
from views.records.forms import RecordForm, open_form
from views.records.pages import Addresses, Extras, form_page, list_page, show_page
from views.records.query import whole
from views.records.reading import find_record
from views.records.saving import Saved, delete_one, save_form, stale_page
from views.registers.threads import RequestFilters

MOST_CHOSEN = 200


class NoForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Stands where the framework would generate a search form; lists draw their own."""


class RegisterView(RequestFilters, ModelView):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """List, record page, form and deletion of one entity."""

    spec: MergedSpec
    include_route_methods = {"list", "show", "add", "edit", "delete", "action_post"}
    method_permission_name = {name: name for name in ("list", "show", "add", "edit", "delete")}

    def addresses(self) -> Addresses:
        """Where this register's pages are."""
        base = f"{request.script_root}/{self.spec.entity}"
        return Addresses(
            list=f"{base}/list/",
            show=lambda record_id: f"{base}/show/{record_id}",
            add=f"{base}/add",
            edit=lambda record_id: f"{base}/edit/{record_id}",
            delete=lambda record_id: f"{base}/delete/{record_id}",
            action=f"{base}/action_post",
        )

    def extras(self, record: Any = None) -> Extras:
        """What the pages of this entity have beside the generated parts."""
        return Extras()

    @expose("/list/")
    @has_access
    def list(self) -> ResponseReturnValue:
        """The list with its filters."""
        return list_page(self.spec, self.addresses(), extras=self.extras())

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> ResponseReturnValue:
        """One record with what refers to it."""
        record = find_record(self.spec, pk)
        return show_page(self.spec, self.addresses(), record, extras=self.extras(record))

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> ResponseReturnValue:
        """The form for a new record; the address may say what it starts with (`?unit=12`)."""
        return self._form(None)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> ResponseReturnValue:
        """The form for changing a record."""
        return self._form(find_record(self.spec, pk, "edit"))

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> ResponseReturnValue:
        """Delete a record that stands as it was read."""
        record = find_record(self.spec, pk, "delete")
        name = reference_text(record)
        error = delete_one(self.spec, record.id, whole(request.form.get("version"), 0) or None)
        if error is not None:
            raise error
        flash(_("%(name)s was deleted.", name=name), "ok")
        return redirect(self.addresses().list)

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> ResponseReturnValue:
        """Delete the chosen rows, each for itself; what is refused stays and is named with its reason."""
        if not allowed(self.spec.entity, "delete"):
            raise not_allowed(platform().metadata, self.spec.entity, "delete")
        if request.form.get("action") == "delete":
            self._delete_chosen(request.form.getlist("rowid")[:MOST_CHOSEN])
        return redirect(self.addresses().list)

    def save(self, form: RecordForm, record: Any) -> Saved:
        """Write what was entered."""
        return save_form(self.spec, form, record)

    def _form(self, record: Any) -> ResponseReturnValue:
        form = open_form(self.edit_form, record, self._starting_values())
        if request.method == "POST":
            saved = self.save(form, record)
            if saved.record is not None:
                flash(_("Saved."), "ok")
                return redirect(self.addresses().show(saved.record.id))
            if saved.stale is not None:
                return stale_page(
                    self.spec,
                    form,
                    saved.stale,
                    record=record,
                    action=request.path,
                    back=self.addresses().edit(record.id),
                )
        page = form_page(self.spec, form, self.addresses(), record=record, extras=self.extras(record))
        return page, 422 if request.method == "POST" else 200

    def _starting_values(self) -> dict[str, Any]:
        given = {field.name: request.args.get(field.name, "") for field in self.spec.writable}
        return {name: text[:200] for name, text in given.items() if text}

    def _delete_chosen(self, chosen: Any) -> None:
        deleted = 0
        for row_id in chosen:
            number = whole(row_id, 0)
            error = delete_one(self.spec, number, whole(request.form.get(f"version_{number}"), 0) or None)
            if error is None:
                deleted += 1
            else:
                session().rollback()
                flash(_("Record %(id)s stays: %(reason)s", id=number, reason=say(error.text)), "bad")
        if deleted:
            flash(ngettext("%(num)s record was deleted.", "%(num)s records were deleted.", deleted), "ok")
