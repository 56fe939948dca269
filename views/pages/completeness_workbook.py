"""Who has handed in, as the columns and rows of a workbook."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from models.cycle import Cycle
from models.operations.reports import FormRow
from views.context import platform
from views.pages.form_list import FORM_STATES
from views.shell.naming import name_of, pick_name
from views.workbooks.outcolumns import OutColumn


def completeness_title(cycle: Cycle) -> str:
    """`Progress, Q4 2025`."""
    return _("Progress, %(cycle)s", cycle=name_of(cycle))


def completeness_columns() -> list[OutColumn]:
    """The columns, headed in the page's language."""
    return [
        OutColumn("code", _("Code"), "code"),
        OutColumn("name", _("Participant")),
        OutColumn("track", _("Track")),
        OutColumn("state", _("State")),
        OutColumn("late", _("Late"), "yes_no"),
        OutColumn("filled", _("Filled"), "integer"),
        OutColumn("asked", _("Asked for"), "integer"),
        OutColumn("invalid", _("Invalid"), "integer"),
        OutColumn("returned_times", _("Times returned"), "integer"),
        OutColumn("submitted_at", _("Submitted at"), "datetime"),
        OutColumn("submitted_by", _("Submitted by")),
        OutColumn("decided_at", _("Decided at"), "datetime"),
        OutColumn("decided_by", _("Decided by")),
    ]


def completeness_values(row: FormRow) -> list[Any]:
    """One form, in the order of the columns."""
    return [
        row.code,
        pick_name(row.name, row.name_en),
        pick_name(row.track, row.track_en),
        str(FORM_STATES[row.state][0]),
        row.late,
        row.filled,
        row.asked,
        row.invalid,
        row.returned_times,
        _local(row.submitted_at),
        row.submitted_by,
        _local(row.decided_at),
        row.decided_by,
    ]


def _local(at: datetime | None) -> datetime | None:
    """A moment as a clock on the wall shows it: spreadsheets know no time zones."""
    return at.astimezone(platform().clock.zone).replace(tzinfo=None) if at else None
