"""Imports the three workbooks that are no registers: a scheme, a track's data, a form."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.cycle import Track
from models.operations.context import find
from models.operations.data import import_data
from models.operations.form_sheet import FormLine, form_sheet
from models.operations.form_values import FieldInput
from models.operations.forms import save_form
from models.operations.import_report import ImportReport, RowProblem
from models.operations.schemes import engine_scheme, import_scheme
from models.scheme import SchemeVersion
from plugins.registry import Registry
from views.imports.outcome import Outcome
from views.pages.form_workbook import offline_form
from views.workbooks.book import Book
from views.workbooks.data_reading import DataReading, read_data
from views.workbooks.findings import all_problems
from views.workbooks.form_reading import check_form, read_form
from views.workbooks.form_sheet import FormEntry
from views.workbooks.problems import Problem, cell_position
from views.workbooks.scheme_reading import read_scheme


def import_scheme_book(session: Session, registry: Registry, book: Book, commit: bool) -> Outcome:
    """Check or import a scheme workbook; weights that do not add up are notes, a draft may hold them."""
    reading = read_scheme(book)
    errors = [problem for problem in reading.problems if problem.level == "error"]
    if reading.scheme is None:
        return Outcome(problems=errors)
    report = import_scheme(session, reading.scheme, registry, commit=commit and not errors)
    problems, notes = all_problems(reading, None, report.findings)
    version = find_version(session, report.version_id)
    return Outcome(
        added=report.added,
        changed=report.changed + report.removed,
        same=report.same,
        refused=len(problems),
        problems=problems,
        notes=[finding.text for finding in notes],
        done=commit and not problems,
        address=f"/console/scheme/{version[0]}?version={version[1]}" if version else None,
    )


def find_version(session: Session, version_id: int | None) -> tuple[int, int] | None:
    """(scheme id, number) of a version; None when there is none yet."""
    if version_id is None:
        return None
    version = find(session, SchemeVersion, version_id)
    return version.scheme_id, version.number


def import_data_book(session: Session, registry: Registry, track_id: int, book: Book, commit: bool) -> Outcome:
    """Check or import a data workbook into a track."""
    scheme = engine_scheme(session, find(session, Track, track_id).scheme_version_id)
    reading = read_data(book, scheme)
    errors = list(reading.errors)
    report = import_data(session, track_id, reading.data, commit=commit and not errors, registry=registry)
    taken = {(problem.sheet, problem.cell) for problem in errors}
    located = [_at_cell(reading, problem) for problem in report.problems]
    problems = [*errors, *(problem for problem in located if (problem.sheet, problem.cell) not in taken)]
    return _from_report(report, problems)


def import_form_book(session: Session, form_id: int, book: Book, commit: bool) -> Outcome:
    """Check a filled form workbook, or save it as a draft of the form."""
    sheet = form_sheet(session, form_id)
    clock = session.info["clock"]
    file = read_form(book)
    checked = check_form(file, offline_form(sheet, "", clock.now(), clock.zone))
    lines = {line.code: line for line in sheet.lines()}
    entries = [entry for entry in checked.entries if entry.item in lines]
    changed = [entry for entry in entries if _differs(lines[entry.item], entry)]
    outcome = Outcome(
        added=sum(not _is_filled(lines[entry.item]) for entry in changed),
        changed=sum(_is_filled(lines[entry.item]) for entry in changed),
        same=len(entries) - len(changed),
        refused=len({problem.row for problem in checked.problems}),
        problems=list(checked.problems),
        address=f"/forms/{form_id}",
    )
    if commit and outcome.is_clean:
        save_form(session, form_id, file.version, {e.item: _typed(lines[e.item], e) for e in changed})
        outcome.done = True
    return outcome


def _typed(line: FormLine, entry: FormEntry) -> FieldInput:
    value = entry.value
    if line.value_type in {"choice", "text"}:
        choice = str(value) if value is not None else None
        return FieldInput(choice=choice, not_applicable=entry.not_applicable, note=entry.note)
    return FieldInput(actual=value, not_applicable=entry.not_applicable, note=entry.note)  # type: ignore[arg-type]


def _is_filled(line: FormLine) -> bool:
    return bool(line.value or line.not_applicable)


def _differs(line: FormLine, entry: FormEntry) -> bool:
    if (entry.not_applicable, entry.note) != (line.not_applicable, line.note):
        return True
    if line.value_type in {"choice", "text"}:
        return (entry.value or "") != (line.choice or "")
    if line.error is not None:
        return entry.value is not None
    stored = line.actual
    if line.value_type == "date" and entry.value is not None:
        return stored != entry.value.toordinal()  # type: ignore[attr-defined]
    return stored != (None if entry.value is None else float(entry.value))  # type: ignore[arg-type]


def _at_cell(reading: DataReading, found: RowProblem) -> Problem:
    if found.place is None:
        return Problem("participants", 1, 1, found.value, found.text)
    sheet, cell = reading.locate(found.place)
    return Problem(sheet, *cell_position(cell), None, found.text)


def _from_report(report: ImportReport, problems: list[Problem]) -> Outcome:
    return Outcome(
        added=report.added,
        changed=report.changed,
        same=report.same,
        refused=report.refused or len({(problem.sheet, problem.row) for problem in problems}),
        problems=problems,
        done=report.committed,
    )
