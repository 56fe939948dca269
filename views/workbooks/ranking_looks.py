"""What makes a ranking readable: grades in colour, bars at the totals, a chart of the best."""

from __future__ import annotations

from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from views.workbooks.looks import BAR, BRAND, BRAND_SOFT, INK_SOFT, LINE, grade_colours
from views.workbooks.outcolumns import OutColumn
from views.workbooks.tablesheet import Written

_CHART_WIDTH = 620
_GAP = 3
_CHART_BASE, _CHART_A_BAR = 110, 22


def colour_grades(workbook: xlsxwriter.Workbook, written: Written, code: str, grades: Sequence[str]) -> None:
    """Colour the cells of the grade column by conditional formats; `grades`: the words in it, best first."""
    position = written.columns.get(code)
    if position is None or written.last_row < written.first_row:
        return
    for word, (ink, ground) in zip(grades, grade_colours(len(grades)), strict=True):
        written.worksheet.conditional_format(
            written.first_row - 1,
            position - 1,
            written.last_row - 1,
            position - 1,
            {
                "type": "cell",
                "criteria": "==",
                "value": '"' + word.replace('"', '""') + '"',
                "format": workbook.add_format({"font_color": ink, "bg_color": ground}),
            },
        )


def mark_totals(written: Written, code: str) -> None:
    """Solid data bars behind the numbers of a column, from 0."""
    position = written.columns.get(code)
    if position is None or written.last_row < written.first_row:
        return
    written.worksheet.conditional_format(
        written.first_row - 1,
        position - 1,
        written.last_row - 1,
        position - 1,
        {
            "type": "data_bar",
            "bar_color": BAR,
            "bar_solid": True,
            "bar_border_color": BAR,
            "min_type": "num",
            "min_value": 0,
        },
    )


def add_total_chart(
    workbook: xlsxwriter.Workbook,
    written: Written,
    columns: Sequence[OutColumn],
    names: str,
    totals: str,
    title: str,
    most: int,
    on: Worksheet | None = None,
) -> None:
    """A native bar chart of the first `most` rows, best on top, right of the table, or on a sheet of its own."""
    shown = min(written.last_row - written.heading_row, most)
    if shown < 1:
        return
    first, last = written.first_row - 1, written.heading_row - 1 + shown
    sheet, name, total = written.sheet, written.columns[names] - 1, written.columns[totals] - 1
    chart = workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": [sheet, written.heading_row - 1, total],
            "categories": [sheet, first, name, last, name],
            "values": [sheet, first, total, last, total],
            "fill": {"color": BRAND},
            "gap": 45,
            "data_labels": {"value": True, "font": {"size": 8, "color": INK_SOFT}},
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 12, "color": BRAND, "bold": True}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 8}, "line": {"color": LINE}, "interval_unit": 1})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_chartarea({"border": {"color": BRAND_SOFT}})
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_BASE + _CHART_A_BAR * shown})
    if on is not None:
        on.insert_chart(0, 0, chart, {"x_offset": 8, "y_offset": 8})
        return
    column = len(columns) + 1
    written.worksheet.insert_chart(written.heading_row - 1, column, chart, {"object_position": 3})
    written.worksheet.set_column(column - 1, column - 1, _GAP)
    written.worksheet.print_area(0, 0, written.last_row - 1, len(columns) - 1)
