"""The page that sets two versions of a scheme beside each other."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from models.operations.scheme_comparison import PartChange, compare_versions
from models.scheme import Scheme, SchemeVersion
from views.context import platform, session
from views.errors import missing, say
from views.records.display import shown_value, title_of
from views.records.query import whole

PARTS = ("scheme_version", "item", "rater_group", "grade_band")


def compared_versions(scheme: Scheme) -> tuple[SchemeVersion, SchemeVersion]:
    """The versions that the address names; the newest and the one before it where it names none."""
    numbers = [version.number for version in scheme.versions]
    after = whole(request.args.get("to"), 0) or max(numbers, default=0)
    before = whole(request.args.get("from"), 0) or max((n for n in numbers if n < after), default=after)
    by_number = {version.number: version for version in scheme.versions}
    return missing(by_number.get(before)), missing(by_number.get(after))


def comparison_page(scheme: Scheme, before: SchemeVersion, after: SchemeVersion) -> str:
    """The page of a comparison."""
    found = compare_versions(session(), before.id, after.id)
    base = f"{request.script_root}/console/scheme/"
    return render_template(
        "console/comparison.html",
        page_title=_("Version %(after)s compared with version %(before)s", after=after.number, before=before.number),
        crumbs=[
            (say(platform().metadata.entities["scheme"].plural), base),
            (title_of(scheme), f"{base}{scheme.id}?version={after.number}"),
        ],
        scheme=scheme,
        before=before,
        after=after,
        counts=[(how, sum(part.how == how for part in found)) for how in ("added", "removed", "changed")],
        parts=[(_heading(entity), [_shown(one) for one in found if one.entity == entity]) for entity in PARTS],
        identical=not found,
    )


def _heading(entity: str) -> str:
    return _("Settings") if entity == "scheme_version" else say(platform().specs[entity].spec.plural)


def _shown(part: PartChange) -> dict[str, Any]:
    spec = platform().specs[part.entity]
    return {
        "how": part.how,
        "code": part.code,
        "name": title_of(part.row) if part.entity != "scheme_version" else _("Settings"),
        "changes": [
            (
                say(spec.field(c.name).label),
                shown_value(spec.field(c.name), c.before),
                shown_value(spec.field(c.name), c.after),
            )
            for c in part.changes
        ],
    }
