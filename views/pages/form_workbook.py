"""A form's sheet as the workbook to fill offline wants it: plain words and typed values."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from flask_babel import gettext as _

from models.operations.form_sheet import FormLine, FormSection, FormSheet
from views.shell.formats import number
from views.shell.naming import pick_name
from views.workbooks import form_sheet as offline


def offline_form(sheet: FormSheet, title: str, generated_at: datetime, zone: tzinfo) -> offline.FormSheet:
    """The form as `views.workbooks.form_writing.write_form` and `check_form` take it, in the page's language."""
    return offline.FormSheet(
        form_id=str(sheet.form_id),
        version=sheet.version,
        title=title,
        participant=sheet.participant_code,
        participant_name=pick_name(sheet.participant, sheet.participant_en),
        sections=[_section(section) for section in sheet.sections],
        generated_at=generated_at,
        cycle=pick_name(sheet.cycle, sheet.cycle_en),
        due=sheet.due_at.astimezone(zone).replace(tzinfo=None) if sheet.due_at else None,
    )


def _section(section: FormSection) -> offline.FormSection:
    title = f"{section.code} {pick_name(section.name, section.name_en)}".strip()
    if section.weight:
        title = _("%(title)s (%(marks)s marks)", title=title, marks=number(section.weight, None))
    return offline.FormSection(title, [_line(line) for line in section.lines])


def _line(line: FormLine) -> offline.FormLine:
    return offline.FormLine(
        item=line.code,
        name=pick_name(line.name, line.name_en),
        standard=line.standard,
        unit_of_measure=line.unit_of_measure or ("%" if line.value_type == "percent" else ""),
        value_type=line.value_type,
        options=line.options,
        minimum=line.minimum,
        maximum=line.maximum,
        target=_typed(line.target, line.value_type),
        last_value=line.previous_shown if line.previous is None else _typed(line.previous, line.value_type),
        actual=line.value if line.error is not None else line.choice or _typed(line.actual, line.value_type),
        not_applicable=line.not_applicable,
        note=line.note,
    )


def _typed(stored: float | None, value_type: str) -> offline.Value:
    """A stored number as the cell shows it: days as days, yes/no as truth values."""
    if stored is None:
        return None
    if value_type == "date":
        return date.fromordinal(int(stored))
    return bool(stored) if value_type == "yes_no" else stored
