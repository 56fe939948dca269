"""A ranking as a workbook to print and to hand round: title, grades in colour, totals with bars, a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

import xlsxwriter

from views.workbooks.looks import Styles, new_workbook, page_words, set_page, stamp_footers
from views.workbooks.outcolumns import OutColumn
from views.workbooks.ranking_looks import add_total_chart, colour_grades, mark_totals
from views.workbooks.results_format import about_columns, about_rows
from views.workbooks.tablesheet import Heading, generated_line, write_table

CHARTED = 40


@dataclass(frozen=True, slots=True)
class RankingSheet:
    """A ranking to write, best first; every word is the caller's, in the language or languages of the file.

    `columns` and `rows`: as in a register; `names`, `totals`, `grade`: the codes of the columns that the chart, the
    bars and the colours are about (`grade` None: no grades); `grades`: the words in the grade column, best first;
    `lines`: what stands below the title besides the time and the filter.  `about`: facts by the keys of
    `results_format.ABOUT` for a sheet of their own; its `code` stands in the footers too.
    """

    title: str
    columns: Sequence[OutColumn]
    rows: Iterable[Sequence[Any]]
    generated_at: datetime
    grades: Sequence[str] = ()
    names: str = "name"
    totals: str = "total"
    grade: str | None = "grade"
    lines: tuple[str, ...] = ()
    filter_words: str = ""
    chart_title: str = ""
    sheet: str = "ranking"
    chart_sheet: str = "chart"
    language: str = "en"
    about: Mapping[str, Any] = field(default_factory=dict)


def write_ranking(ranking: RankingSheet, file: str | BinaryIO) -> None:
    """Write the ranking to a path or binary file: the table on one sheet, the chart of the best on the next."""
    lines = (*ranking.lines, generated_line(ranking.generated_at, ranking.filter_words, ranking.language))
    with new_workbook(file) as workbook:
        written = write_table(
            workbook,
            Styles(workbook),
            ranking.sheet,
            ranking.columns,
            ranking.rows,
            heading=Heading(ranking.title, lines),
            language=ranking.language,
        )[0]
        if ranking.grade is not None:
            colour_grades(workbook, written, ranking.grade, ranking.grades)
        mark_totals(written, ranking.totals)
        if written.last_row > written.heading_row:
            chart = workbook.add_worksheet(ranking.chart_sheet)
            chart.hide_gridlines(2)
            title = ranking.chart_title or ranking.title
            set_page(chart, landscape=False, title=title, heading_row=None, page_words=page_words(ranking.language))
            add_total_chart(workbook, written, ranking.columns, ranking.names, ranking.totals, title, CHARTED, on=chart)
        if ranking.about:
            _write_about(workbook, ranking, lines)


def _write_about(workbook: xlsxwriter.Workbook, ranking: RankingSheet, lines: tuple[str, ...]) -> None:
    """The facts by which the platform knows the workbook again."""
    write_table(
        workbook,
        Styles(workbook),
        "about",
        about_columns(ranking.language),
        about_rows(ranking.about, ranking.language),
        heading=Heading(ranking.title, lines),
        language=ranking.language,
    )
    stamp_footers(workbook, str(ranking.about.get("code", "")))
