"""How a workbook looks: colours, formats, column widths and page set-up, the same in every workbook."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

BRAND, BRAND_SOFT = "#17507E", "#E8F0F7"
INK, INK_SOFT, LINE = "#1C2430", "#5A6676", "#D5DBE2"
OK, OK_SOFT = "#1D7A4C", "#E4F4EC"
WARN, WARN_SOFT = "#9A6200", "#FDF1DC"
BAD, BAD_SOFT = "#B3261E", "#FDECEB"
PLAIN_SOFT, BAR = "#F1F3F6", "#C9DDED"

NARROWEST, WIDEST = 7.0, 48.0
PAPER_A4 = 9
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]")


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """The format with these xlsxwriter properties, set in the house's font and ink."""
        wanted = {"font_name": "Calibri", "font_size": 10.5, "font_color": INK, "valign": "vcenter"} | properties
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self.workbook.add_format(wanted)
        return self._made[key]

    def title(self) -> Format:
        return self.get(bold=True, font_size=15, font_color=BRAND)

    def subtitle(self) -> Format:
        return self.get(font_color=INK_SOFT)

    def heading(self, *, right: bool = False) -> Format:
        return self.get(
            bold=True,
            font_color=BRAND,
            bg_color=BRAND_SOFT,
            bottom=1,
            bottom_color=BRAND,
            text_wrap=True,
            indent=1,
            align="right" if right else "left",
        )

    def band(self) -> Format:
        """The line that heads a section."""
        return self.get(bold=True, bg_color=PLAIN_SOFT, bottom=1, bottom_color=LINE)

    def cell(self, **properties: Any) -> Format:
        """A cell of a table, with a hairline below it."""
        return self.get(**({"bottom": 1, "bottom_color": LINE} | properties))


@contextmanager
def new_workbook(file: Any) -> Iterator[xlsxwriter.Workbook]:
    """A constant-memory workbook on a path or binary file; text is never taken for a formula, link or number.

    The file is written at the end of the block; an exception in it leaves nothing behind.
    """
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        yield workbook
    except BaseException:
        for sheet in workbook.worksheets():
            sheet.row_data_fh.close()
            os.unlink(sheet.row_data_filename)
        workbook.fileclosed = True
        raise
    workbook.close()


def display_width(value: str) -> float:
    """How wide a text shows, in characters: its longest line, Chinese characters counting about double."""
    return max((len(line) + 0.9 * len(_WIDE.findall(line)) for line in value.splitlines()), default=0.0)


def fitting(width: float, widest: float = WIDEST) -> float:
    """A column width that shows `width` characters, within sensible bounds."""
    return round(min(max(width + 3.4, NARROWEST), widest), 1)


def wrapped_height(widths_and_words: Iterable[tuple[float, str]]) -> float | None:
    """The height of a row whose texts break within their columns, None when each fits on one line."""
    lines = 1
    for width, words in widths_and_words:
        room = max(width - 3, 4)
        lines = max(lines, sum(max(1, -(-int(display_width(part)) // int(room))) for part in words.split("\n")))
    return None if lines == 1 else min(15.0 * lines + 4, 400.0)


def set_page(worksheet: Worksheet, *, landscape: bool, title: str, heading_row: int | None, page_words: str) -> None:
    """A4, fitted to one page's width, heading row (1-based) repeated, title and page numbers in the footer.

    `page_words`: the footer's page numbers, such as `Page &P of &N`.
    """
    worksheet.set_paper(PAPER_A4)
    if landscape:
        worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.5, right=0.5, top=0.55, bottom=0.7)
    worksheet.set_footer(f"&L&8 {title.replace('&', '&&')[:120]}&R&8 {page_words}")
    if heading_row is not None:
        worksheet.repeat_rows(heading_row - 1)


def stamp_footers(workbook: xlsxwriter.Workbook, code: str) -> None:
    """Set `code`, when there is one, into the middle of every sheet's footer, as it prints."""
    for sheet in workbook.worksheets() if code else ():
        left, _, right = sheet.footer.rpartition("&R")
        sheet.set_footer(f"{left}&C&8 {code}&R{right}")


def page_words(language: str) -> str:
    """Page numbers as a footer writes them."""
    return "第 &P 页，共 &N 页" if language.startswith("zh") else "Page &P of &N"


def grade_colours(count: int) -> list[tuple[str, str]]:
    """(ink, ground) for each of `count` grades, best first: good, plain, warning, bad."""
    if count <= 1:
        return [(OK, OK_SOFT)][:count]
    middle = [(BRAND, BRAND_SOFT), (WARN, WARN_SOFT)]
    if count == 2:
        return [(OK, OK_SOFT), (BAD, BAD_SOFT)]
    inner = [middle[min(index * len(middle) // max(count - 2, 1), 1)] for index in range(count - 2)]
    return [(OK, OK_SOFT), *inner, (BAD, BAD_SOFT)]
