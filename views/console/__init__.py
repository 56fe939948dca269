"""The configuration console: one Flask-Admin view for each entity that the metadata gives to `console`."""

from __future__ import annotations

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Bootstrap4Theme

from models.specs import MergedSpec
from views.console.cycles import CycleView, TrackView
from views.console.items import ItemView
from views.console.schemes import SchemeVersionView, SchemeView
from views.console.view import ConsoleView, SessionSource
from views.context import Platform
from views.records.forms import form_class
from views.security.headers import csp_nonce

SPECIAL: dict[str, type[ConsoleView]] = {
    "scheme": SchemeView,
    "scheme_version": SchemeVersionView,
    "item": ItemView,
    "cycle": CycleView,
    "track": TrackView,
}
"""Entities whose record page is one of our own."""


class ConsoleIndex(AdminIndexView):  # type: ignore[misc]  # Flask-Admin is untyped
    """The console has no page of its own to begin with."""

    @expose()
    def index(self) -> ResponseReturnValue:
        """Go on to the home page."""
        return redirect(f"{request.script_root}/")


def register_console(app: Flask, platform: Platform) -> None:
    """Add a view for every console entity; their routes are `/console/<entity>/`, `/new/`, `/edit/?id=` …"""
    console = Admin(
        app,
        name="Plumbline",
        index_view=ConsoleIndex(endpoint="console", url="/console"),
        theme=Bootstrap4Theme(base_template="shell/fa_base.html"),
        csp_nonce_generator=csp_nonce,
    )
    for spec in platform.specs.values():
        if spec.spec.tool == "console":
            console.add_view(view_for(spec, platform))


def view_for(spec: MergedSpec, platform: Platform) -> ConsoleView:
    """The view of an entity."""
    base = SPECIAL.get(spec.entity, ConsoleView)
    name = "".join(part.title() for part in spec.entity.split("_")) + "Console"
    attributes = {"spec": spec, "form": form_class(spec), "column_list": list(spec.spec.list)}
    made: type[ConsoleView] = type(name, (base,), attributes)
    return made(
        spec.model,
        SessionSource(platform.sessions),
        name=spec.spec.plural.en,
        endpoint=f"console_{spec.entity}",
        url=f"/console/{spec.entity}",
    )
