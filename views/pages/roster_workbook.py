"""The staff roster as a workbook: unit, post, person, dates, the grade of the unit in the last published cycle, and
the outcomes approved last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from config.metadata.spec import FieldSpec
from models.operations.reports import RosterRow
from views.context import platform
from views.shell.formats import day
from views.shell.i18n import language, say
from views.shell.naming import pick_name
from views.workbooks.outcolumns import OutColumn
from views.workbooks.rosters import RosterSection, RosterSheet


def roster_title(on: date) -> str:
    """`Staff roster, 6 Jan 2026`."""
    return _("Staff roster, %(day)s", day=day(on))


def roster_sheet(rows: list[RosterRow], on: date, generated_at: datetime) -> RosterSheet:
    """The roster of a day for `views.workbooks.rosters.write_roster`."""
    return RosterSheet(
        title=roster_title(on),
        columns=_columns(),
        sections=[RosterSection("", [_values(row) for row in rows])],
        generated_at=generated_at,
        lines=(_("Appointments in force on %(day)s: %(count)s", day=day(on), count=len(rows)),),
        language=language(),
    )


def _columns() -> list[OutColumn]:
    return [
        OutColumn("unit_code", _("Unit code"), "code"),
        OutColumn("unit", _("Unit")),
        OutColumn("post_code", _("Post code"), "code"),
        OutColumn("post", _("Post")),
        OutColumn("level", _("Level"), "choice", options=_options("post", "level")),
        OutColumn("person_code", _("Person code"), "code"),
        OutColumn("person", _("Name")),
        OutColumn("gender", _("Gender"), "choice", options=_options("person", "gender")),
        OutColumn("start_on", _("From"), "date"),
        OutColumn("end_on", _("Until"), "date"),
        OutColumn("is_primary", _("Main post"), "yes_no"),
        OutColumn("unit_grade", _("Grade of the unit")),
        OutColumn("grade_cycle", _("Graded in")),
        OutColumn("outcomes", _("Approved outcomes"), width=40, wrap=True),
    ]


def _options(entity: str, field: str) -> dict[str, str]:
    """Stored value → label of a field's choices, in the page's language."""
    spec: FieldSpec | None = platform().metadata.entities[entity].fields.get(field)
    return {code: say(label) for code, label in (spec.choices or {}).items()} if spec else {}


def _values(row: RosterRow) -> list[Any]:
    return [
        row.unit_code,
        pick_name(row.unit, row.unit_en),
        row.post_code,
        pick_name(row.post, row.post_en),
        row.level,
        row.person_code,
        row.person,
        row.gender,
        row.start_on,
        row.end_on,
        row.is_primary,
        pick_name(row.unit_grade, row.unit_grade_en),
        pick_name(row.grade_cycle, row.grade_cycle_en),
        _("; ").join(f"{say(title)}{_(': ')}{say(value)}" for title, value in row.outcomes),
    ]
