"""Imports a register's workbook: the columns come from the merged spec, the checking from the operations."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.operations.import_report import ImportReport, RowProblem
from models.operations.imports import import_rows
from models.specs import MergedSpec
from views.imports.outcome import Outcome
from views.workbooks.book import Book
from views.workbooks.problems import Problem
from views.workbooks.registers import read_register
from views.workbooks.table import Column, Table

VERSION = Column("version", "raw", ("版本",))


def register_columns(spec: MergedSpec) -> list[Column]:
    """The columns that a register's workbook may have: every field by its code or label, and the version."""
    columns = [
        Column(name, "raw", (field.label.en, field.label.zh_Hans))
        for name, field in spec.fields.items()
        if field.stored.kind != "binary"
    ]
    return [*columns, VERSION] if spec.versioned else columns


def import_register(session: Session, spec: MergedSpec, book: Book, *, commit: bool) -> Outcome:
    """Check or import the sheet of an entity."""
    table = read_register(book, register_columns(spec), spec.spec.natural_key[0], sheet=spec.entity, unique=())
    rows = [{name: value for name, value in row.values.items() if name in table.columns} for row in table.rows]
    report = import_rows(session, spec.entity, rows, commit=commit and not table.problems)
    return _outcome(table, report)


def _outcome(table: Table, report: ImportReport) -> Outcome:
    return Outcome(
        added=report.added,
        changed=report.changed,
        same=report.same,
        refused=report.refused,
        problems=[*table.problems, *(_problem(table, problem) for problem in report.problems)],
        done=report.committed,
    )


def _problem(table: Table, found: RowProblem) -> Problem:
    number = table.rows[found.index].number if found.index < len(table.rows) else table.heading_row
    return Problem(table.sheet, number, table.column_of(found.field), found.value, found.text)
