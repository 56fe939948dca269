"""The panel beside the tree: how one item is scored, changed in place, drawn as a curve, tried with a value."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from config.text import text
from models.errors import Invalid, PlumblineError
from models.operations.item_moves import PLACES, STEPS, add_item, place_item, remove_item, step_item
from models.operations.item_trials import rate_curve, try_value
from models.operations.records import save_record
from models.scheme import Item
from views.console.curve import drawing_of
from views.console.item_panel import TRIED, fitted, number_or_text, panel_of, readable
from views.console.method_form import Sketch, sketch_of_form
from views.console.schemes import parent_label, tree_page, tree_url
from views.console.view import ConsoleView
from views.context import platform, session
from views.errors import say
from views.json_body import sent_json
from views.records.query import whole
from views.records.reading import find_record
from views.workbooks.problems import CellError

UNREADABLE = text("The form could not be read.", "无法读取表单内容。")


class ItemView(ConsoleView):
    """Items: beside the generated pages, the panel's form and its trial."""

    @expose("/<int:item_id>/scoring", methods=("POST",))
    def scoring(self, item_id: int) -> ResponseReturnValue:
        """Save how an item is scored, or show the parameters of another method without saving."""
        item = find_record(self.spec, item_id, "edit")
        sketch, error = _posted()
        if error is None and request.form.get("step") == "save":
            error = _saved(item, sketch)
            if error is None:
                flash(_("Saved."), "ok")
                return redirect(item_url(item))
            item = find_record(self.spec, item_id)
        if request.form.get("step") != "save":
            sketch = fitted(item, sketch)
        panel = panel_of(item, sketch, error=error)
        page = tree_page(item.scheme_version.scheme, item.scheme_version, panel=panel)
        return page, 200 if error is None else error.status

    @expose("/<int:item_id>/move", methods=("POST",))
    def move(self, item_id: int) -> ResponseReturnValue:
        """Move an item of the tree: a `step`, or a `place` beside or within `target`."""
        item = find_record(self.spec, item_id, "edit")
        version, step, place = _read_version(), request.form.get("step", ""), request.form.get("place", "")
        try:
            if step in STEPS:
                step_item(session(), item.id, version, step)
            elif place in PLACES:
                place_item(session(), item.id, version, whole(request.form.get("target"), 0), place)
        except PlumblineError as error:
            flash(_told(error), "bad")
        return redirect(item_url(find_record(self.spec, item_id)))

    @expose("/<int:item_id>/add", methods=("POST",))
    def add(self, item_id: int) -> ResponseReturnValue:
        """Add an item behind this one or below it."""
        item = find_record(self.spec, item_id)
        values = {name: request.form.get(name, "")[:200] for name in ("code", "name", "kind")}
        try:
            added = add_item(session(), item.id, request.form.get("place", "after"), values)
        except PlumblineError as error:
            item = find_record(self.spec, item_id)
            panel = panel_of(item) | {"adding": values, "add_error": _told(error)}
            return tree_page(item.scheme_version.scheme, item.scheme_version, panel=panel), error.status
        return redirect(item_url(added))

    @expose("/<int:item_id>/remove", methods=("POST",))
    def remove(self, item_id: int) -> ResponseReturnValue:
        """Delete an item that has none below it."""
        item = find_record(self.spec, item_id, "delete")
        name = parent_label(item)
        try:
            version = remove_item(session(), item.id, _read_version())
        except PlumblineError as error:
            flash(_told(error), "bad")
            return redirect(item_url(find_record(self.spec, item_id)))
        flash(_("%(name)s was deleted.", name=name), "ok")
        return redirect(tree_url(version.scheme_id, version.number))

    @expose("/<int:item_id>/try", methods=("POST",))
    def try_out(self, item_id: int) -> ResponseReturnValue:
        """Rate a value with the item as it stands in the form: `{"form": [[name, value], …]}`."""
        item = find_record(self.spec, item_id)
        fields = _sent_fields()
        given = {name: fields.get(f"try.{name}", "")[:200] for name in TRIED}
        try:
            changes = sketch_of_form(fields).values(item.kind) if "method" in fields else {}
        except CellError as error:
            raise Invalid(error.wrong, {"more": error.wrong}) from error
        changes = readable(changes)
        found = try_value(session(), item.id, changes, given, platform().registry)
        curve = rate_curve(session(), item.id, changes, given, platform().registry)
        drawing = drawing_of(curve, _mark(given, found.rate)) if curve is not None else None
        return jsonify(
            rate=found.rate,
            marks=found.marks,
            result=render_template("console/item_result.html", given=given["actual"], found=found),
            curve=render_template("console/item_curve.html", drawing=drawing) if drawing is not None else "",
        )


def item_url(item: Item) -> str:
    """The address of the tree with this item chosen."""
    version = item.scheme_version
    return f"{request.script_root}/console/scheme/{version.scheme_id}?version={version.number}&item={item.id}"


def _read_version() -> int | None:
    return whole(request.form.get("row_version"), 0) or None


def _told(error: PlumblineError) -> str:
    """A refusal in one line, with what it says of each field."""
    return " ".join(dict.fromkeys([say(error.text), *map(say, error.fields.values())]))


def _posted() -> tuple[Sketch, PlumblineError | None]:
    """The form's sketch; constants that cannot be read are an error beside what else was typed."""
    try:
        return sketch_of_form(request.form), None
    except CellError as error:
        rest = MultiDict((key, value) for key, value in request.form.items(multi=True) if key != "more")
        return sketch_of_form(rest), Invalid(error.wrong, {"more": error.wrong})


def _saved(item: Item, sketch: Sketch) -> PlumblineError | None:
    names = {name: request.form[name] for name in ("name", "name_en") if name in request.form}
    try:
        save_record(session(), "item", item.id, sketch.values(item.kind) | names, _read_version())
    except PlumblineError as error:
        return error
    return None


def _sent_fields() -> MultiDict[str, str]:
    """The fields of the JSON body; anything that is not a list of pairs of texts is refused."""
    body = sent_json()
    pairs = body.get("form") if isinstance(body, dict) else None
    if not isinstance(pairs, list) or len(pairs) > 1000:
        raise Invalid(UNREADABLE)
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair) for pair in pairs):
        raise Invalid(UNREADABLE)
    return MultiDict([(name, value) for name, value in pairs])


def _mark(given: Mapping[str, str], rate: float | None) -> tuple[float, float] | None:
    at = number_or_text(given["actual"])
    return (at, rate) if isinstance(at, float) and rate is not None else None
