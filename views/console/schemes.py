"""The page of a scheme version: its tree with weights to edit and sums that follow, publishing, new versions."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from models.access import covers
from models.denial import not_allowed
from models.errors import PlumblineError, Refused
from models.guard import record_event
from models.operations.scheme_checks import VersionCheck
from models.operations.scheme_tree import in_tree_order
from models.operations.schemes import check_version, engine_scheme, new_version, publish_version
from models.scheme import Item, Scheme, SchemeVersion
from views.console.comparison import compared_versions, comparison_page
from views.console.copying import copy_page
from views.console.item_panel import panel_of
from views.console.version_trial import may_try, trial_page
from views.console.view import ConsoleView
from views.context import actor, allowed, platform, session
from views.errors import missing, say
from views.records.display import shown, title_of
from views.records.query import whole
from views.records.reading import find_record
from views.shell.formats import number
from views.workbooks.scheme_writing import write_scheme

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SchemeView(ConsoleView):
    """Schemes: `/console/scheme/<id>` is the tree of one version, the newest unless `?version=` names another."""

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The tree is the record page."""
        record = find_record(self.spec, request.args.get("id", ""))
        return redirect(f"{request.script_root}/console/scheme/{record.id}")

    @expose("/<int:scheme_id>")
    def tree(self, scheme_id: int) -> ResponseReturnValue:
        """The tree of a version."""
        scheme = find_record(self.spec, scheme_id)
        version = _version_of(scheme)
        if version is None:
            return render_template("console/scheme_empty.html", page_title=title_of(scheme), scheme=scheme)
        return tree_page(scheme, version)

    @expose("/<int:scheme_id>/sums")
    def sums(self, scheme_id: int) -> Response:
        """What the weights add up to now, for the page that shows them."""
        version = missing(_version_of(find_record(self.spec, scheme_id)))
        return jsonify(_sums_json(version, check_version(session(), version.id, platform().registry)))

    @expose("/<int:scheme_id>/publish", methods=("POST",))
    def publish(self, scheme_id: int) -> ResponseReturnValue:
        """Publish the version shown, or say every reason that keeps it from being published."""
        scheme = find_record(self.spec, scheme_id)
        version = missing(_version_of(scheme))
        try:
            publish_version(
                session(), version.id, whole(request.form.get("row_version"), 0) or None, platform().registry
            )
        except Refused as error:
            page = tree_page(scheme, find_record(platform().specs["scheme_version"], version.id), refused=error)
            return page, error.status
        flash(_("Version %(number)s is published and frozen.", number=version.number), "ok")
        return redirect(tree_url(scheme.id, version.number))

    @expose("/<int:scheme_id>/new_version", methods=("POST",))
    def new_version(self, scheme_id: int) -> ResponseReturnValue:
        """Copy the newest version to a draft."""
        made = new_version(session(), find_record(self.spec, scheme_id).id)
        flash(_("Version %(number)s was begun as a draft.", number=made.number), "ok")
        return redirect(tree_url(scheme_id, made.number))

    @expose("/<int:scheme_id>/compare")
    def compare(self, scheme_id: int) -> ResponseReturnValue:
        """Two versions item by item: `?from=1&to=2`; by default the newest and the one before it."""
        scheme = find_record(self.spec, scheme_id)
        return comparison_page(scheme, *compared_versions(scheme))

    @expose("/<int:scheme_id>/copy", methods=("GET", "POST"))
    def copy(self, scheme_id: int) -> ResponseReturnValue:
        """Copy items of another version into the draft."""
        if not allowed("item", "add"):
            raise not_allowed(platform().metadata, "item", "add")
        scheme = find_record(self.spec, scheme_id)
        return copy_page(scheme, missing(_version_of(scheme)))

    @expose("/<int:scheme_id>/trial")
    def trial(self, scheme_id: int) -> ResponseReturnValue:
        """The version on the data of the last published run, against what was published."""
        scheme = find_record(self.spec, scheme_id)
        return trial_page(scheme, missing(_version_of(scheme)))

    @expose("/<int:scheme_id>/workbook")
    def workbook(self, scheme_id: int) -> ResponseReturnValue:
        """The version as a scheme workbook, which imports again unchanged."""
        scheme = find_record(self.spec, scheme_id, "export")
        version = missing(_version_of(scheme))
        file = BytesIO()
        write_scheme(engine_scheme(session(), version.id), file)
        record_event(session(), "export", "scheme_version", version)
        session().commit()
        file.seek(0)
        return send_file(file, XLSX, as_attachment=True, download_name=f"{scheme.code}-v{version.number}.xlsx")


class SchemeVersionView(ConsoleView):
    """Versions: the record page is the tree."""

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Go to the tree of this version."""
        version = find_record(self.spec, request.args.get("id", ""))
        return redirect(tree_url(version.scheme_id, version.number))


def tree_url(scheme_id: int, version_number: int) -> str:
    """The address of a version's tree."""
    return f"{request.script_root}/console/scheme/{scheme_id}?version={version_number}"


def tree_page(
    scheme: Scheme,
    version: SchemeVersion,
    *,
    refused: PlumblineError | None = None,
    panel: dict[str, Any] | None = None,
) -> str:
    """The page of a version.  `refused`: why it was not published; `panel`: what is shown of the chosen item."""
    check = check_version(session(), version.id, platform().registry)
    rows = {item.code: item for item in version.items}
    tree = [(rows[item.code], depth) for item, depth in in_tree_order(engine_scheme(session(), version.id))]
    item_spec = platform().specs["item"]
    is_draft = version.state == "draft"
    return render_template(
        "console/scheme_tree.html",
        page_title=_page_title(scheme, version),
        crumbs=[(say(platform().metadata.entities["scheme"].plural), f"{request.script_root}/console/scheme/")],
        scheme=scheme,
        version=version,
        versions=scheme.versions,
        tree=tree,
        spec=item_spec,
        state_label=shown(platform().specs["scheme_version"].field("state"), version),
        facts=_facts(version),
        check=_sums_json(version, check),
        may_edit=is_draft and allowed("item", "edit"),
        may_add=is_draft and allowed("item", "add"),
        may_publish=is_draft and _covers(version, "publish"),
        may_begin=not any(one.state == "draft" for one in scheme.versions) and _covers(version, "new_version"),
        may_export=allowed("scheme", "export"),
        refused=refused,
        may_try=is_draft and may_try(scheme),
        panel=panel if panel is not None else _panel(version, [item for item, _depth in tree]),
        tree_url=lambda one: tree_url(scheme.id, one.number),
        parent_label=parent_label,
    )


def parent_label(item: Any) -> str:
    """An item as a line of the tree names it."""
    return f"{item.code} {title_of(item)}"


def _version_of(scheme: Scheme) -> SchemeVersion | None:
    """The version that the address names, else the newest."""
    wanted = whole(request.values.get("version"), 0)
    return next((one for one in reversed(scheme.versions) if wanted in (0, one.number)), None)


def _panel(version: SchemeVersion, items: list[Item]) -> dict[str, Any] | None:
    """The panel of the item that the address names, else of the first indicator."""
    wanted = whole(request.values.get("item"), 0)
    chosen = next((item for item in items if item.id == wanted), None)
    chosen = chosen or next((item for item in items if item.kind == "indicator"), None)
    return panel_of(chosen) if chosen is not None else None


def _covers(row: Any, action: str) -> bool:
    return covers(session(), actor(), platform().metadata, row, action)


def _page_title(scheme: Scheme, version: SchemeVersion) -> str:
    if version.state == "draft":
        return _("%(scheme)s, draft of version %(number)s", scheme=title_of(scheme), number=version.number)
    return _("%(scheme)s, version %(number)s", scheme=title_of(scheme), number=version.number)


def _facts(version: SchemeVersion) -> list[str]:
    indicators = sum(item.kind == "indicator" for item in version.items)
    return [
        _("%(n)s indicators", n=indicators),
        _("%(n)s rater groups", n=len(version.rater_groups)),
        _("%(n)s grades", n=len(version.grade_bands)),
    ]


def _sums_json(version: SchemeVersion, check: VersionCheck) -> dict[str, Any]:
    """Sums by parent, the sentences about what is wrong, and whether it can be published."""
    names = {item.code: parent_label(item) for item in version.items}
    sums = {
        one.parent: {
            "found": number(one.found, None),
            "expected": number(one.expected, None) if one.expected is not None else None,
            "right": one.is_right,
            "label": _(
                "%(item)s sums to %(found)s of %(expected)s",
                item=names.get(one.parent) or _("The scheme"),
                found=number(one.found, None),
                expected=number(one.expected, None),
            ),
        }
        for one in check.sums
    }
    wrong = [one["label"] for one in sums.values() if not one["right"]]
    return {
        "sums": sums,
        "wrong": wrong,
        "findings": [say(f.text) for f in check.errors],
        "right": check.is_publishable,
    }
