"""Registers of any entity: one sheet named by the entity's code, one row a record, out and in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from config.text import text
from views.workbooks.book import Book
from views.workbooks.headings import find_headings
from views.workbooks.looks import Styles, new_workbook
from views.workbooks.outcolumns import OutColumn, csv_field, in_words
from views.workbooks.problems import WorkbookError
from views.workbooks.table import Column, Progress, Table, read_table
from views.workbooks.tablesheet import Heading, generated_line, headings, write_table

_CSV_BATCH = 1_000


def write_register(
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Any]],
    file: str | BinaryIO,
    *,
    sheet: str,
    title: str,
    generated_at: datetime,
    filter_words: str = "",
    language: str = "en",
    progress: Progress | None = None,
) -> int:
    """Write a register as a workbook to a path or binary file, streaming; returns the number of rows.

    `sheet`: the entity's code; `rows`: values in the order of `columns`; `filter_words`: what was filtered, for
    people; `progress` is told the rows written and may raise to cancel.
    """
    heading = Heading(title, (generated_line(generated_at, filter_words, language),))
    with new_workbook(file) as workbook:
        parts = write_table(
            workbook, Styles(workbook), sheet, columns, rows, heading=heading, language=language, progress=progress
        )
    return sum(part.last_row - part.heading_row for part in parts)


def write_csv(
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Any]],
    file: BinaryIO,
    *,
    language: str = "en",
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write a register as csv (UTF-8 with a byte order mark) to a binary file; returns the number of rows.

    Text that begins like a formula gets an apostrophe in front.
    """
    columns = [in_words(column, language) for column in columns]
    fields = [csv_field(column) for column in columns]
    out = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(out)
    writer.writerow([csv_field(OutColumn("heading"))(words) for words in headings(columns)])
    count = 0
    for values in rows:
        writer.writerow([write(value) for write, value in zip(fields, values, strict=True)])
        count += 1
        if progress is not None and count % _CSV_BATCH == 0:
            progress(count)
    out.flush()
    out.detach()
    return count


def read_register(
    book: Book,
    columns: Sequence[Column],
    key: str,
    *,
    sheet: str | None = None,
    unique: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Table:
    """The register in a workbook: the sheet named `sheet`, else the first visible one that holds the column `key`.

    `unique`: as in `read_table`.  Raises `WorkbookError` when no sheet holds the key column.
    """
    name = book.find(sheet) if sheet is not None else None
    if name is None:
        visible = [own for own in book.names if own not in book.hidden]
        holding = (own for own in visible if key in find_headings(book, own, columns, key)[0].columns)
        name = next(holding, None)
    if name is None:
        raise WorkbookError(
            text(
                "No sheet of the workbook holds the column “{key}”.",
                "工作簿中没有任何工作表包含“{key}”列。",
                key=key,
            )
        )
    return read_table(book, name, columns, key, unique=unique, progress=progress)
