"""What changed from one run to the next, in words: for the ranking's page and for the results workbook."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.operations.run_changes import InputChange, RunChanges, Value
from models.scheme import Item, SchemeVersion
from views.pages.grading import grade_name
from views.shell.formats import DASH, number, value
from views.shell.naming import pick_name
from views.workbooks.outcolumns import OutColumn
from views.workbooks.results import Changes

KINDS = {
    "actual": lazy_gettext("actual"),
    "target": lazy_gettext("target"),
    "baseline": lazy_gettext("baseline"),
    "choice": lazy_gettext("choice"),
    "not_applicable": lazy_gettext("not applicable"),
    "adjustment": lazy_gettext("marks"),
    "linked": lazy_gettext("published rate"),
}


def input_words(change: InputChange, items: Mapping[str, Item]) -> str:
    """`B1 Budget execution rate, actual: 93.4 % → 95 %`; of ratings only that they changed."""
    item = items.get(change.item)
    name = f"{change.item} {pick_name(item.name, item.name_en)}".strip() if item is not None else change.item
    if change.kind == "rating":
        return _("%(item)s: ratings changed", item=name)
    return _(
        "%(item)s, %(kind)s: %(before)s → %(after)s",
        item=name,
        kind=KINDS[change.kind],
        before=_shown(change.before, change.kind, item),
        after=_shown(change.after, change.kind, item),
    )


def _shown(given: Value, kind: str, item: Item | None) -> str:
    if kind == "not_applicable":
        return _("Yes") if given else _("No")
    if given is None or isinstance(given, str):
        return given or DASH
    if kind == "linked" or item is None:
        return number(float(given), None)
    return value(float(given), item.value_type, item.unit_of_measure)


def items_of(version: SchemeVersion) -> dict[str, Item]:
    """The version's items by code."""
    return {item.code: item for item in version.items}


def changes_sheet(changes: RunChanges, version: SchemeVersion) -> Changes:
    """The sheet `changes` of the results workbook."""
    items = items_of(version)
    total = f"0.{'0' * version.decimals}" if version.decimals > 0 else "0"
    earlier = changes.earlier.number
    columns = [
        OutColumn("participant", _("Code"), "code"),
        OutColumn("name", _("Name")),
        OutColumn("total_before", _("Total, run %(number)s", number=earlier), "number", number_format=total),
        OutColumn("total", _("Total"), "number", number_format=total),
        OutColumn("rank_before", _("Rank, run %(number)s", number=earlier), "integer"),
        OutColumn("rank", _("Rank"), "integer"),
        OutColumn("grade_before", _("Grade, run %(number)s", number=earlier)),
        OutColumn("grade", _("Grade")),
        OutColumn("inputs", _("Inputs that changed"), width=66.0, wrap=True),
    ]
    rows = [
        [
            row.code, pick_name(row.name, row.name_en), row.before[0], row.after[0], row.before[1], row.after[1],
            grade_name(version, row.before[2]), grade_name(version, row.after[2]),
            "\n".join(input_words(one, items) for one in row.inputs),
        ]
        for row in changes.rows
    ]  # fmt: skip
    return Changes(columns, rows)
