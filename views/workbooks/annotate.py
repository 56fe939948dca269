"""Gives a workbook back with its bad cells coloured and commented, and a summary sheet in front."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from config.text import Text, text
from views.workbooks.archive import Limits, inspect_archive
from views.workbooks.looks import BAD_SOFT, BRAND, BRAND_SOFT, INK_SOFT, LINE, WARN_SOFT, display_width
from views.workbooks.problems import Problem, WorkbookError, column_letters, shown

AUTHOR = "Plumbline"
SUMMARY_NAMES: Mapping[str, str] = {"en": "problems", "zh": "问题"}

_HEADINGS = (
    text("Sheet", "工作表"),
    text("Cell", "单元格"),
    text("Value", "内容"),
    text("What is wrong", "问题"),
    text("What would be right", "应如何填写"),
)
_WIDTHS = (16, 10, 24, 52, 52)
_COMMENT_WIDTH, _COMMENT_HEIGHT = 320, 110


def annotate(
    original: bytes,
    problems: Sequence[Problem],
    file: str | BinaryIO,
    *,
    language: str = "en",
    limits: Limits | None = None,
) -> None:
    """Write the workbook `original` to a path or binary file, marked with its problems.

    What an earlier annotation left (its comments, colours and summary) is taken away first.  Raises `WorkbookError`
    when the original is no workbook that may be opened.
    """
    inspect_archive(original, limits or Limits())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions that are dropped, such as other programs' data bars
            workbook = openpyxl.load_workbook(io.BytesIO(original), keep_links=False)
    except Exception as error:  # the reader throws whatever a damaged part makes it stumble over
        raise WorkbookError(
            text("The workbook is damaged and cannot be marked.", "工作簿已损坏，无法标注。")
        ) from error
    _clean(workbook)
    for (sheet, row, column), found in _by_cell(problems).items():
        if sheet in workbook.sheetnames and isinstance(workbook[sheet], Worksheet):
            _mark(workbook[sheet].cell(row, column), found, language)
    _add_summary(workbook, problems, language)
    workbook.save(file)


def _by_cell(problems: Sequence[Problem]) -> dict[tuple[str, int, int], list[Problem]]:
    cells: dict[tuple[str, int, int], list[Problem]] = {}
    for problem in problems:
        cells.setdefault((problem.sheet, problem.row, problem.column), []).append(problem)
    return cells


def _clean(workbook: Workbook) -> None:
    for name in SUMMARY_NAMES.values():
        if name in workbook.sheetnames and workbook[name].sheet_properties.codeName == AUTHOR:
            del workbook[name]
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()


def _mark(cell: Cell | MergedCell, problems: Sequence[Problem], language: str) -> None:
    worst = any(problem.level == "error" for problem in problems)
    cell.fill = _fill(BAD_SOFT if worst else WARN_SOFT)
    if isinstance(cell, MergedCell):
        return
    said = "\n".join(problem.message.in_language(language) for problem in problems)
    kept = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
    cell.comment = Comment(kept + said, AUTHOR, height=_COMMENT_HEIGHT, width=_COMMENT_WIDTH)


def _add_summary(workbook: Workbook, problems: Sequence[Problem], language: str) -> None:
    name = SUMMARY_NAMES["zh" if language.startswith("zh") else "en"]
    sheet = workbook.create_sheet(_free_name(workbook, name), 0)
    sheet.sheet_properties.codeName = AUTHOR
    title = text("{count} cells need correction", "共有 {count} 处需要更正", count=len(problems))
    _put(sheet, 1, 1, title.in_language(language), _font(bold=True, size=14, color=_argb(BRAND)))
    hint = text("Correct the coloured cells and import the workbook again.", "请更正着色的单元格后重新导入。")
    _put(sheet, 2, 1, hint.in_language(language), _font(color=_argb(INK_SOFT)))
    for column, heading in enumerate(_HEADINGS, 1):
        cell = _put(sheet, 4, column, heading.in_language(language), _font(bold=True, color=_argb(BRAND)))
        cell.fill = _fill(BRAND_SOFT)
        sheet.column_dimensions[column_letters(column)].width = _WIDTHS[column - 1]
    for row, problem in enumerate(problems, 5):
        _summary_row(sheet, row, problem, language)
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:E{max(4 + len(problems), 5)}"
    sheet.sheet_view.showGridLines = False
    _set_page(sheet)
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = False
    workbook.active = 0


def _summary_row(sheet: Worksheet, row: int, problem: Problem, language: str) -> None:
    right: Text | None = problem.right
    values = (
        problem.sheet,
        problem.cell,
        "" if problem.value is None else shown(problem.value),
        problem.wrong.in_language(language),
        right.in_language(language) if right is not None else "",
    )
    for column, value in enumerate(values, 1):
        cell = _put(sheet, row, column, value, _font())
        cell.border = Border(bottom=Side("thin", _argb(LINE)))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    target = sheet.cell(row, 2)
    place = f"'{problem.sheet.replace(chr(39), chr(39) * 2)}'!{problem.cell}"
    target.hyperlink = Hyperlink(ref=target.coordinate, location=place)
    target.font = _font(color=_argb(BRAND), underline="single")
    lines = max(-(-int(display_width(value)) // (width - 2)) for value, width in zip(values, _WIDTHS, strict=True))
    sheet.row_dimensions[row].height = 15 * max(lines, 1) + 3


def _put(sheet: Worksheet, row: int, column: int, value: str, font: Font) -> Any:
    """Text as text: what begins with = must not become a formula."""
    cell = sheet.cell(row, column)
    cell.value = value
    if value:
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@"
    cell.font = font
    return cell


def _set_page(sheet: Worksheet) -> None:
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "4:4"
    if sheet.oddFooter is not None:
        sheet.oddFooter.right.text = "&P / &N"


def _free_name(workbook: Workbook, name: str) -> str:
    taken = {own.casefold() for own in workbook.sheetnames}
    return next(
        candidate
        for candidate in (name, *(f"{name} {number}" for number in range(2, 100)))
        if candidate.casefold() not in taken
    )


def _font(**properties: Any) -> Font:
    return Font(name="Calibri", **properties)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=_argb(colour))


def _argb(colour: str) -> str:
    return "FF" + colour.lstrip("#")
