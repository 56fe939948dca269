"""The page on which items of another scheme version are chosen and copied into a draft."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models.errors import PlumblineError
from models.operations.item_copies import copy_items
from models.operations.scheme_tree import in_tree_order
from models.operations.schemes import engine_scheme
from models.scheme import Scheme, SchemeVersion
from views.context import platform, session
from views.errors import say
from views.records.display import title_of
from views.records.query import whole

MOST = 500


def copy_page(scheme: Scheme, version: SchemeVersion) -> ResponseReturnValue:
    """Choose a version, then its items; a POST copies what is chosen."""
    number = version.number
    address = f"{request.script_root}/console/scheme/{scheme.id}?version={number}"
    wanted, parent = whole(request.values.get("source"), 0), request.form.get("parent", "")
    codes, message = request.form.getlist("code")[:MOST], ""
    if request.method == "POST":
        try:
            copied = copy_items(session(), version.id, wanted, codes, parent or None)
        except PlumblineError as error:
            message = " ".join(dict.fromkeys([say(error.text), *map(say, error.fields.values())]))
            status = error.status
        else:
            flash(ngettext("%(num)s item was copied.", "%(num)s items were copied.", len(copied)), "ok")
            return redirect(f"{address}&item={copied[0].id}")
    query = select(SchemeVersion).join(Scheme).order_by(Scheme.code, SchemeVersion.number.desc())
    sources = [one for one in session().scalars(query) if one.id != version.id]
    chosen = next((one for one in sources if one.id == wanted), None)
    page = render_template(
        "console/copying.html",
        page_title=_("Copy items into version %(number)s", number=number),
        crumbs=[
            (say(platform().metadata.entities["scheme"].plural), f"{request.script_root}/console/scheme/"),
            (title_of(scheme), address),
        ],
        version=version,
        sources=[(one.id, f"{title_of(one.scheme)} · {_('Version %(number)s', number=one.number)}") for one in sources],
        chosen=chosen,
        tree=_tree(chosen) if chosen is not None else [],
        present={item.code for item in version.items},
        dimensions=[item for item in version.items if item.kind == "dimension"],
        parent=parent,
        codes=codes,
        message=message,
        name_of=title_of,
    )
    return page, status if message else 200


def _tree(version: SchemeVersion) -> list[tuple[object, int]]:
    rows = {item.code: item for item in version.items}
    return [(rows[item.code], depth) for item, depth in in_tree_order(engine_scheme(session(), version.id))]
