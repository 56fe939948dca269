"""A roster for signature: people or units in sections, such as the proposed grades, with a line to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import xlsxwriter

from views.workbooks.looks import (
    WIDEST,
    Styles,
    display_width,
    fitting,
    new_workbook,
    page_words,
    set_page,
    wrapped_height,
)
from views.workbooks.outcolumns import OutColumn, in_words
from views.workbooks.sheetxml import RowWriter, blank_cell, row_of, text_cell
from views.workbooks.tablesheet import generated_line, headings

_ROW_HEIGHT = 21.0
_SIGNATURE_GAP = 2


@dataclass(frozen=True, slots=True)
class RosterSection:
    """The rows under one heading, such as “Excellent (8)”; a blank title has no line of its own."""

    title: str
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """A roster to write; every word is the caller's.

    `columns`: as in a register, the same for all sections; `lines`: below the title; `signatures`: who signs, such
    as “Prepared by”, each with room to write.
    """

    title: str
    columns: Sequence[OutColumn]
    sections: Sequence[RosterSection]
    generated_at: datetime
    lines: tuple[str, ...] = ()
    filter_words: str = ""
    signatures: tuple[str, ...] = ()
    sheet: str = "roster"
    language: str = "en"


def write_roster(roster: RosterSheet, file: str | BinaryIO) -> None:
    """Write the roster to a path or binary file."""
    with new_workbook(file) as workbook:
        _Roster(workbook, roster).write()


class _Roster:
    def __init__(self, workbook: xlsxwriter.Workbook, roster: RosterSheet) -> None:
        self.styles = Styles(workbook)
        self.roster = roster
        self.columns = [in_words(column, roster.language) for column in roster.columns]
        self.sheet = workbook.add_worksheet(roster.sheet)
        self.writer = RowWriter(self.sheet)

    def write(self) -> None:
        """The whole sheet."""
        heading_row = self._write_head()
        for section in self.roster.sections:
            self._write_section(section)
        body_end = self.writer.row
        self._write_signatures()
        self.writer.finish(len(self.columns))
        widths = self._widths()
        for index, width in enumerate(widths):
            self.sheet.set_column(index, index, width)
        self.sheet.freeze_panes(heading_row, 0)
        if len(self.roster.sections) == 1 and not self.roster.sections[0].title:
            self.sheet.autofilter(heading_row - 1, 0, max(body_end, heading_row + 1) - 1, len(self.columns) - 1)
        self.sheet.hide_gridlines(2)
        set_page(
            self.sheet,
            landscape=sum(widths) > 95,
            title=self.roster.title,
            heading_row=heading_row,
            page_words=page_words(self.roster.language),
        )

    def _write_head(self) -> int:
        roster, row = self.roster, 1
        self.writer.write(row, [text_cell(1, self.styles.title())(row, roster.title)], height=26)
        for line in (*roster.lines, generated_line(roster.generated_at, roster.filter_words, roster.language)):
            row += 1
            self.writer.write(row, [text_cell(1, self.styles.subtitle())(row, line)])
        row += 2
        words = headings(self.columns)
        self.writer.write(
            row,
            [
                text_cell(position, self.styles.heading(right=column.right))(row, word)
                for position, (column, word) in enumerate(zip(self.columns, words, strict=True), 1)
            ],
            height=_ROW_HEIGHT,
        )
        return row

    def _write_section(self, section: RosterSection) -> None:
        row = self.writer.row
        if section.title:
            row += 1
            band = [text_cell(1, self.styles.band())(row, section.title)]
            band += [blank_cell(position, row, self.styles.band()) for position in range(2, len(self.columns) + 1)]
            self.writer.write(row, band, height=_ROW_HEIGHT)
        cells = [column.cell(position, self.styles) for position, column in enumerate(self.columns, 1)]
        wrapped = [(index, column.width or WIDEST) for index, column in enumerate(self.columns) if column.wrap]
        for values in section.rows:
            row += 1
            height = wrapped_height((width, str(values[index] or "")) for index, width in wrapped)
            self.writer.write(row, row_of(cells, values, row), height=height or _ROW_HEIGHT)

    def _write_signatures(self) -> None:
        row = self.writer.row + _SIGNATURE_GAP
        for signature in self.roster.signatures:
            words = f"{signature}{'：' if self.roster.language.startswith('zh') else ':'} " + "_" * 28
            self.writer.write(row, [text_cell(1, self.styles.get())(row, words)], height=_ROW_HEIGHT + 6)
            row += 1

    def _widths(self) -> list[float]:
        widths = []
        for index, column in enumerate(self.columns):
            shown = [
                display_width(column.shown(row[index]))
                for section in self.roster.sections
                for row in section.rows
                if row[index] not in (None, "")
            ]
            widest = max([display_width(column.heading) + 1.5, *shown])
            widths.append(column.width or (WIDEST if column.wrap else fitting(widest)))
        return widths
