"""The generated registers: one Flask-AppBuilder view for each entity that the metadata gives to `register`."""

from __future__ import annotations

import logging

from models.specs import MergedSpec
from views.builder import Builder
from views.context import Platform
from views.records.forms import form_class
from views.registers.interface import RecordInterface
from views.registers.units import UnitView
from views.registers.users import UserView
from views.registers.view import NoForm, RegisterView

SPECIAL: dict[str, type[RegisterView]] = {"unit": UnitView, "user": UserView}
"""Entities whose form asks for more than their fields."""


def register_registers(builder: Builder, platform: Platform) -> None:
    """Add a view for every register; their routes are `/<entity>/list/`, `/show/<id>`, `/add`, `/edit/<id>` …"""
    logging.getLogger("flask_appbuilder.models.filters").setLevel(
        logging.ERROR
    )  # it knows no JSON columns, nor need it
    for spec in platform.specs.values():
        if spec.spec.tool == "register":
            builder.add_view_no_menu(view_class(spec))


def view_class(spec: MergedSpec) -> type[RegisterView]:
    """The view of an entity, as the framework wants it: a class of its own."""
    form = form_class(spec)
    written = [field.name for field in spec.writable]
    attributes = {
        "spec": spec,
        "datamodel": RecordInterface(spec.model),
        "route_base": f"/{spec.entity}",
        "class_permission_name": spec.entity,
        "list_columns": list(spec.spec.list),
        "show_columns": list(spec.spec.fields),
        "add_columns": written,
        "edit_columns": written,
        "search_columns": list(spec.spec.filters) or [spec.spec.natural_key[0]],
        "add_form": form,
        "edit_form": form,
        "search_form": NoForm,
    }
    name = "".join(part.title() for part in spec.entity.split("_")) + "Register"
    return type(name, (SPECIAL.get(spec.entity, RegisterView),), attributes)
