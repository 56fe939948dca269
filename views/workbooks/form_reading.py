"""Reads a filled form workbook, refuses a foreign or stale one with the reason, and checks every entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from config.text import Text, text
from views.workbooks.book import Book
from views.workbooks.form_hints import expected
from views.workbooks.form_sheet import (
    FORM_KIND,
    FORM_SHEET,
    IDENTITY_SHEET,
    FormEntry,
    FormFile,
    FormLine,
    FormSheet,
)
from views.workbooks.form_writing import COLUMNS
from views.workbooks.problems import CellError, Problem, WorkbookError, shown, suggestion
from views.workbooks.table import Column, Row, Table, read_table
from views.workbooks.values import (
    choice_taker,
    is_not_applicable,
    take_date,
    take_integer,
    take_number,
    take_text,
    take_yes_no,
)

_KINDS = {"item": "code", "actual": "raw", "not_applicable": "raw", "note": "text"}
_COLUMNS = tuple(Column(code, _KINDS.get(code, "raw"), (label.en, label.zh_Hans)) for code, label, _ in COLUMNS)
_IDENTITY = (Column("key", "code"), Column("value", "code"))


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """A form's entries with typed values (None: left blank or in error) and every cell in error."""

    entries: tuple[FormEntry, ...]
    problems: tuple[Problem, ...]


def read_form(book: Book) -> FormFile:
    """The form that a workbook carries; raises `WorkbookError` when it is none that the platform issued."""
    identity = _identity(book)
    table = read_table(book, FORM_SHEET, _COLUMNS, "item")
    entries = tuple(_entry(table, row) for row in table.rows if row["item"] and _is_line(row))
    problems = tuple(problem for problem in table.problems)
    return FormFile(identity["form_id"], int(identity["version"]), entries, problems)


def check_form(file: FormFile, form: FormSheet) -> CheckedForm:
    """Check a filled form against the form as it is now.

    Raises `WorkbookError` when the file belongs to another form or to an earlier version of this one.
    """
    refuse_foreign(file, form.form_id, form.version)
    lines = {line.item: line for line in form.lines()}
    problems = list(file.problems)
    entries = []
    for entry in file.entries:
        line = lines.get(entry.item)
        if line is None:
            wrong = text("the form has no line “{item}”", "填报表中没有“{item}”", item=shown(entry.item))
            problems.append(_problem(entry, "item", entry.item, CellError(wrong, suggestion(entry.item, lines))))
            continue
        entries.append(_checked(entry, line, problems))
    present = {entry.item for entry in file.entries}
    for line in lines.values():
        if line.item not in present:
            wrong = text("the line “{item}” is missing", "缺少“{item}”一行", item=line.item)
            right = text("download the form again and fill it in", "请重新下载填报表后填写")
            problems.append(Problem(FORM_SHEET, 1, 1, None, wrong, right))
    return CheckedForm(tuple(entries), tuple(problems))


def refuse_foreign(file: FormFile, form_id: str, version: int) -> None:
    """Raise `WorkbookError` with the reason when a file is not the given version of the given form."""
    if file.form_id != form_id:
        raise WorkbookError(
            text(
                "This workbook belongs to form {other}, not to form {form_id}.",
                "该工作簿属于填报表 {other}，不是填报表 {form_id}。",
                other=file.form_id,
                form_id=form_id,
            )
        )
    if file.version != version:
        raise WorkbookError(
            text(
                "This workbook was made from version {old} of the form, which has changed since (version {new}). "
                "Download the form again and enter your values there.",
                "该工作簿由填报表版本 {old} 生成，此后填报表已有变化（版本 {new}）。请重新下载填报表再填写。",
                old=file.version,
                new=version,
            )
        )


def _identity(book: Book) -> dict[str, str]:
    facts: dict[str, str] = {}
    if IDENTITY_SHEET in book.names and FORM_SHEET in book.names:
        table = read_table(book, IDENTITY_SHEET, _IDENTITY, "key", unique=())
        facts = {row["key"]: row["value"] for row in table.rows if row["key"] and row["value"]}
    if facts.get("kind") != FORM_KIND or not facts.get("form_id") or not facts.get("version", "").isdigit():
        raise WorkbookError(
            text(
                "This workbook is no form that the platform issued; download the form and fill that in.",
                "该工作簿不是平台生成的填报表，请下载填报表后填写。",
            )
        )
    return facts


def _is_line(row: Row) -> bool:
    """A section's band has words in the first column only."""
    return any(take_text(row[code]).strip() for code in ("name", "standard", "actual", "unit") if row[code] is not None)


def _entry(table: Table, row: Row) -> FormEntry:
    claim = row["not_applicable"]
    return FormEntry(
        item=row["item"],
        value=row["actual"],
        not_applicable=_claims(table, row, claim) or is_not_applicable(row["actual"]),
        note=row["note"] or "",
        sheet=table.sheet,
        row=row.number,
        columns=table.columns,
    )


def _claims(table: Table, row: Row, claim: Any) -> bool:
    if claim is None or is_not_applicable(claim):
        return claim is not None
    try:
        return take_yes_no(claim)
    except CellError as error:
        table.problem(row, "not_applicable", claim, error)
        return False


def _checked(entry: FormEntry, line: FormLine, problems: list[Problem]) -> FormEntry:
    """The entry with its typed value; what is wrong is added to `problems`."""
    value = None if is_not_applicable(entry.value) else entry.value
    if entry.not_applicable and value is not None:
        wrong = text("a value stands beside “not applicable”", "填写了数值，同时又选择了“不适用”")
        right = text("clear one of the two", "请清除其中一项")
        problems.append(_problem(entry, "actual", value, CellError(wrong, right)))
        return replace(entry, value=None)
    if value is None:
        return replace(entry, value=None)
    try:
        return replace(entry, value=_taken(value, line))
    except CellError as error:
        problems.append(_problem(entry, "actual", value, error))
        return replace(entry, value=None)


def _taken(value: Any, line: FormLine) -> float | str | bool | date:
    take: dict[str, Callable[[Any], Any]] = {"date": take_date, "yes_no": take_yes_no, "text": take_text}
    if line.value_type == "choice":
        chosen: str = choice_taker(dict.fromkeys(line.options, ()))(value)
        return chosen
    if line.value_type in take:
        taken: str | bool | date = take[line.value_type](value)
        return taken
    number = float(take_integer(value)) if line.value_type == "count" else take_number(value)
    low, high = line.minimum, line.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise CellError(_outside(number), expected(line))
    return number


def _outside(number: float) -> Text:
    return text("{value} is outside what is allowed", "{value} 超出允许范围", value=shown(number))


def _problem(entry: FormEntry, column: str, value: Any, error: CellError) -> Problem:
    return Problem(entry.sheet, entry.row, entry.columns.get(column, 1), value, error.wrong, error.right)
