"""Makes workbooks for tests: small ones from lists, and broken ones by changing the parts of good ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from views.workbooks.book import Book, open_workbook

Rows = Sequence[Sequence[Any]]


class Formula(str):
    """A cell's formula; its cached value is 0 unless given."""

    cached: Any = 0


def made(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook with these sheets; strings stay strings, `Formula` becomes one."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    _write(sheet, r, c, value, day)
    return file.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value, None, value.cached)
    elif isinstance(value, date | datetime):
        sheet.write_datetime(row, column, value, day)
    elif value is not None:
        sheet.write(row, column, value)


def opened(sheets: Mapping[str, Rows]) -> Book:
    """The same, opened."""
    return open_workbook(made(sheets))


def repacked(
    content: bytes,
    change: Callable[[str, bytes], bytes] = lambda _, part: part,
    add: Mapping[str, bytes] | None = None,
    drop: Collection[str] = (),
) -> bytes:
    """The workbook with every part passed through `change`, further parts added and those named in `drop` left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename in drop:
                continue
            new.writestr(part.filename, change(part.filename, old.read(part.filename)))
        for name, part_content in (add or {}).items():
            new.writestr(name, part_content)
    return file.getvalue()
