"""A form filled in offline, taken over: checked line by line, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from config.text import text
from models.cycle import Form
from models.guard import verb
from models.operations.form_values import FieldInput, Reading, read_line, read_stored
from models.operations.forms import LINES, lines_of, load_form, require_fillable, require_fresh, save_form
from models.operations.import_report import ImportReport, RowProblem
from models.operations.unit_of_work import unit_of_work

UNKNOWN = text("This form has no such item.", "此填报表没有该指标。")
BLANK = Reading()


def import_form(
    session: Session, form_id: int, version: int | None, entries: Mapping[str, FieldInput], *, commit: bool
) -> ImportReport:
    """Take over the lines of a form workbook: item code → what was typed.  Lines that are not named stay.

    `version`: of the form when the workbook was made.  A line in error is a problem (its `field` is the item code) and
    then nothing is written.  Raises Stale, WrongState, NotAllowed as saving on screen does.
    """
    if commit:
        return _import_committed(session, form_id, version, entries)
    form = load_form(session, form_id)
    with verb(session, "form.fill", form):
        require_fillable(session, form)
        require_fresh(form, version, entries)
        return _report(form, entries)


@unit_of_work
def _import_committed(
    session: Session, form_id: int, version: int | None, entries: Mapping[str, FieldInput]
) -> ImportReport:
    form = load_form(session, form_id)
    with verb(session, "form.fill", form, writes=LINES):
        require_fillable(session, form)
        require_fresh(form, version, entries)
        report = _report(form, entries)
        if report.is_clean:
            if report.added or report.changed:
                save_form(session, form_id, version, entries)
            report.committed = True
        return report


def _report(form: Form, entries: Mapping[str, FieldInput]) -> ImportReport:
    report = ImportReport()
    items = {item.code: item for item in lines_of(form)}
    stored = {entry.item_id: read_stored(entry.item, entry) for entry in form.entries}
    for index, (code, given) in enumerate(entries.items()):
        if code not in items:
            report.refuse([RowProblem(index, code, code, UNKNOWN)])
            continue
        reading, before = read_line(items[code], given), stored.get(items[code].id, BLANK)
        if reading.error is not None:
            report.refuse([RowProblem(index, code, reading.raw, reading.error)])
        elif reading == before:
            report.same += 1
        elif before == BLANK:
            report.added += 1
        else:
            report.changed += 1
    return report
