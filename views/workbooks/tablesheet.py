"""Writes one table into a workbook: title block, frozen headings with a filter, typed cells, widths, page set-up.

Rows are streamed, so a table may be longer than memory; past a sheet's last row it goes on in `name 2`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from views.workbooks.looks import WIDEST, Styles, display_width, fitting, page_words, set_page, wrapped_height
from views.workbooks.outcolumns import OutColumn, in_words
from views.workbooks.problems import normalized
from views.workbooks.sheetxml import MAX_ROWS, RowWriter, row_of, text_cell

Progress = Callable[[int], None]
PROGRESS_EVERY = 1_000
_MEASURED_ROWS = 400
_WRAPPED_HEADING = 14.0


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a table: its title, then lines such as the time of generation and the filter in words."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Written:
    """Where a table was written: the sheet, its heading row and last row (1-based), its columns' positions."""

    worksheet: Worksheet
    sheet: str
    heading_row: int
    last_row: int
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def first_row(self) -> int:
        """The 1-based row of the first record."""
        return self.heading_row + 1


def generated_line(generated_at: datetime, filter_words: str, language: str) -> str:
    """“Generated …, filter …” in the file's language."""
    moment = generated_at.strftime("%Y-%m-%d %H:%M")
    if language.startswith("zh"):
        return f"生成时间：{moment}" + (f"　筛选条件：{filter_words}" if filter_words else "")
    return f"Generated {moment}" + (f"   Filter: {filter_words}" if filter_words else "")


def write_table(
    workbook: xlsxwriter.Workbook,
    styles: Styles,
    name: str,
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Any]],
    *,
    heading: Heading | None = None,
    language: str = "en",
    landscape: bool | None = None,
    progress: Progress | None = None,
    last_row: int = MAX_ROWS,
) -> list[Written]:
    """Write a table on the sheet `name`, and what does not fit on `name 2`, `name 3` …

    `rows`: values in the order of `columns`; None and empty text stay blank.  `progress` is told the number of rows
    written and may raise to cancel.  Returns where the parts stand.
    """
    columns = [in_words(column, language) for column in columns]
    iterator = iter(rows)
    written: list[Written] = []
    pending: Sequence[Any] | None = None
    while not written or pending is not None:
        sheet = name if not written else f"{name} {len(written) + 1}"
        part = _Part(workbook, styles, sheet, columns, heading, language)
        pending = part.fill(iterator, pending, last_row, progress)
        written.append(part.finish(landscape))
    return written


class _Part:
    """One sheet of a table."""

    def __init__(
        self,
        workbook: xlsxwriter.Workbook,
        styles: Styles,
        sheet: str,
        columns: Sequence[OutColumn],
        heading: Heading | None,
        language: str,
    ) -> None:
        self.worksheet = workbook.add_worksheet(sheet)
        self.styles, self.sheet, self.columns, self.language = styles, sheet, columns, language
        self.title = heading.title if heading else sheet
        self.writer = RowWriter(self.worksheet)
        self.widths = [_heading_width(column) for column in columns]
        self.wrapped = [(index, column.width or WIDEST) for index, column in enumerate(columns) if column.wrap]
        self.heading_row = self._write_headings(heading)

    def _write_headings(self, heading: Heading | None) -> int:
        row = 1
        if heading is not None:
            self.writer.write(row, [text_cell(1, self.styles.title())(row, heading.title)], height=24)
            for line in heading.lines:
                row += 1
                self.writer.write(row, [text_cell(1, self.styles.subtitle())(row, line)] if line else [])
            row += 2
        self.writer.write(
            row,
            [
                text_cell(position, self.styles.heading(right=column.right))(row, words)
                for position, (column, words) in enumerate(zip(self.columns, headings(self.columns), strict=True), 1)
            ],
            height=_heading_height(self.columns),
        )
        return row

    def fill(
        self, rows: Iterator[Sequence[Any]], pending: Sequence[Any] | None, last_row: int, progress: Progress | None
    ) -> Sequence[Any] | None:
        """Write rows until they or the sheet end; the row that did not fit any more, if any."""
        cells = [column.cell(position, self.styles) for position, column in enumerate(self.columns, 1)]
        row = self.heading_row
        if pending is not None:
            row += 1
            self.writer.write(row, row_of(cells, pending, row), height=self._height(pending))
        for values in rows:
            if row >= last_row:
                return values
            row += 1
            if row - self.heading_row <= _MEASURED_ROWS:
                self._measure(values)
            self.writer.write(row, row_of(cells, values, row), height=self._height(values))
            if progress is not None and row % PROGRESS_EVERY == 0:
                progress(row)
        return None

    def _height(self, values: Sequence[Any]) -> float | None:
        if not self.wrapped:
            return None
        return wrapped_height((width, str(values[index] or "")) for index, width in self.wrapped)

    def _measure(self, values: Sequence[Any]) -> None:
        for index, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            if value is not None and value != "":
                width = display_width(column.shown(value))
                if width > self.widths[index]:
                    self.widths[index] = width

    def finish(self, landscape: bool | None) -> Written:
        """Set what does not stand in the rows: widths, frozen panes, filter, page."""
        sheet, count = self.worksheet, len(self.columns)
        self.writer.finish(count)
        widths = [
            column.width or (WIDEST if column.wrap else fitting(width))
            for column, width in zip(self.columns, self.widths, strict=True)
        ]
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        frozen = 1 if count > 3 and widths[0] <= 24 else 0
        sheet.freeze_panes(self.heading_row, frozen)
        if count:
            sheet.autofilter(self.heading_row - 1, 0, max(self.writer.row, self.heading_row + 1) - 1, count - 1)
        sheet.hide_gridlines(2)
        wide = sum(widths) > 95 if landscape is None else landscape
        set_page(
            sheet, landscape=wide, title=self.title, heading_row=self.heading_row, page_words=page_words(self.language)
        )
        positions = {column.code: position for position, column in enumerate(self.columns, 1)}
        return Written(sheet, self.sheet, self.heading_row, self.writer.row, positions)


def headings(columns: Sequence[OutColumn]) -> list[str]:
    """The headings of columns; those whose labels are alike carry their codes, so that a reader can tell them apart."""
    forms = [normalized(column.heading) for column in columns]
    codes = {normalized(column.code) for column in columns}
    return [
        column.code if forms.count(form) > 1 or (form in codes and form != normalized(column.code)) else column.heading
        for column, form in zip(columns, forms, strict=True)
    ]


def _heading_width(column: OutColumn) -> float:
    """A heading asks for its own width up to a point; beyond it, it is broken over two lines."""
    width = display_width(column.heading) + 2.5
    return width if width <= _WRAPPED_HEADING else max(_WRAPPED_HEADING, width / 2 + 1)


def _heading_height(columns: Sequence[OutColumn]) -> float:
    return 31.0 if any(display_width(column.heading) + 2.5 > _WRAPPED_HEADING for column in columns) else 19.0
