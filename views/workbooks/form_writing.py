"""Writes a form as a workbook to fill in offline: drop-downs, range checks, hints, and locked cells all around."""

from __future__ import annotations

from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from config.text import text
from views.workbooks.form_hints import hint_of, validation_of
from views.workbooks.form_sheet import (
    FORM_KIND,
    FORM_SHEET,
    IDENTITY_SHEET,
    LISTS_SHEET,
    FormLine,
    FormSheet,
)
from views.workbooks.looks import BRAND, Styles, new_workbook, page_words, set_page, wrapped_height
from views.workbooks.outcolumns import DATE_FORMAT
from views.workbooks.problems import column_letters
from views.workbooks.sheetxml import RowWriter, blank_cell, date_cell, number_cell, text_cell

COLUMNS = (
    ("item", text("Item", "指标代码"), 11.0),
    ("name", text("Indicator", "指标名称"), 26.0),
    ("standard", text("Standard", "评分标准"), 50.0),
    ("unit", text("Unit of measure", "计量单位"), 10.0),
    ("target", text("Target", "目标值"), 12.0),
    ("last_value", text("Last value", "上期值"), 12.0),
    ("actual", text("Actual", "实际值"), 16.0),
    ("not_applicable", text("Not applicable", "不适用"), 11.0),
    ("note", text("Note", "备注"), 28.0),
)
INPUTS = ("actual", "not_applicable", "note")
WORDY = ("name", "standard", "note")
_INPUT_GROUND = "#FFFBEA"
_TITLE = text("Fill in the yellow cells, save and upload the workbook.", "请填写黄色单元格，保存后上传。")
_DUE = text("Due {due}", "截止 {due}")
_CODE = text("Form {form_id} · version {version}", "填报表 {form_id} · 版本 {version}")
YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}


def write_form(form: FormSheet, file: str | BinaryIO, *, language: str = "en") -> None:
    """Write the form's workbook to a path or binary file.

    It carries the form's id and version on a hidden sheet and, for people, below the title.
    """
    with new_workbook(file) as workbook:
        _FormWriter(workbook, form, language).write()


class _FormWriter:
    def __init__(self, workbook: xlsxwriter.Workbook, form: FormSheet, language: str) -> None:
        self.workbook, self.form, self.language = workbook, form, language
        self.styles = Styles(workbook)
        self.sheet = workbook.add_worksheet(FORM_SHEET)
        self.writer = RowWriter(self.sheet)
        self.positions = {code: position for position, (code, _, _) in enumerate(COLUMNS, 1)}
        self.words = YES_NO["zh" if language.startswith("zh") else "en"]
        self.choices: list[tuple[int, FormLine]] = []

    def write(self) -> None:
        """The form's sheet, then the two hidden ones."""
        heading_row = self._write_head()
        for section in self.form.sections:
            self._write_band(section.title)
            for line in section.lines:
                self._write_line(line)
        self.writer.finish(len(COLUMNS))
        self._write_lists()
        self._write_identity()
        self._finish(heading_row)

    def _say(self, row: int, words: str, style: Format, height: float | None = None) -> None:
        self.writer.write(row, [text_cell(1, style)(row, words)], height=height)

    def _write_head(self) -> int:
        form = self.form
        self._say(1, form.title, self.styles.title(), 26)
        who = [f"{form.participant_name} ({form.participant})", form.cycle]
        if form.due is not None:
            due = form.due.strftime("%Y-%m-%d %H:%M")
            who.append(text(_DUE.en, _DUE.zh_Hans, due=due).in_language(self.language))
        self._say(2, " · ".join(part for part in who if part), self.styles.get())
        code = text(_CODE.en, _CODE.zh_Hans, form_id=form.form_id, version=form.version)
        self._say(3, code.in_language(self.language), self.styles.subtitle())
        self._say(4, _TITLE.in_language(self.language), self.styles.get(bold=True, font_color=BRAND))
        row = 6
        cells = [
            text_cell(position, self.styles.heading(right=code in {"target", "last_value", "actual"}))(
                row, label.in_language(self.language)
            )
            for position, (code, label, _) in enumerate(COLUMNS, 1)
        ]
        self.writer.write(row, cells, height=31)
        return row

    def _write_band(self, title: str) -> None:
        if not title:
            return
        row = self.writer.row + 1
        band = self.styles.band()
        cells = [text_cell(1, band)(row, title)]
        cells += [blank_cell(position, row, band) for position in range(2, len(COLUMNS) + 1)]
        self.writer.write(row, cells, height=20)

    def _write_line(self, line: FormLine) -> None:
        row = self.writer.row + 1
        shown = {
            "item": line.item,
            "name": line.name,
            "standard": line.standard,
            "unit": line.unit_of_measure,
            "target": line.target,
            "last_value": line.last_value,
            "actual": line.actual,
            "not_applicable": self.words[0] if line.not_applicable else None,
            "note": line.note,
        }
        cells = [self._cell(row, code, shown[code], line) for code, _, _ in COLUMNS]
        broken = [(width, str(shown[code] or "")) for code, _, width in COLUMNS if code in WORDY]
        self.writer.write(row, cells, height=max(22.0, (wrapped_height(broken) or 0.0) + 6))
        if not line.locked:
            self._validate(row, line)

    def _cell(self, row: int, code: str, value: Any, line: FormLine) -> str:
        look: dict[str, Any] = {"text_wrap": True, "valign": "vcenter", "indent": 1, "align": "left"}
        if code in INPUTS and not line.locked:
            look |= {"bg_color": _INPUT_GROUND, "locked": False, "border": 1, "border_color": "#E0D9B8"}
        position = self.positions[code]
        right = code in {"target", "last_value", "actual"} and line.value_type != "text"
        look |= {"align": "right"} if right else {}
        if right and line.value_type == "date":
            look["num_format"] = DATE_FORMAT
        style = self.styles.cell(**look)
        if value is None or value == "":
            return blank_cell(position, row, style)
        if isinstance(value, bool):
            return text_cell(position, style)(row, self.words[0] if value else self.words[1])
        if isinstance(value, str):
            return text_cell(position, style, self.styles.cell(**look, quote_prefix=True))(row, value)
        if isinstance(value, int | float):
            return number_cell(position, style)(row, value)
        return date_cell(position, style, style)(row, value)

    def _validate(self, row: int, line: FormLine) -> None:
        if line.value_type == "choice" and line.options:
            self.choices.append((row, line))
        else:
            self._validation(row, "actual", validation_of(line, self.words) | hint_of(line, self.language))
        self._validation(row, "not_applicable", {"validate": "list", "source": [self.words[0]]})

    def _validation(self, row: int, code: str, options: dict[str, Any]) -> None:
        position = self.positions[code] - 1
        self.sheet.data_validation(row - 1, position, row - 1, position, options)

    def _write_lists(self) -> None:
        """The options of choices, a column each, on a sheet that is out of sight: lists in a cell hold little."""
        if not self.choices:
            return
        lists = self.workbook.add_worksheet(LISTS_SHEET)
        depth = max(len(line.options) for _, line in self.choices)
        writer = RowWriter(lists)
        for number in range(depth):
            cells = [
                text_cell(column, None)(number + 1, line.options[number])
                for column, (_, line) in enumerate(self.choices, 1)
                if number < len(line.options)
            ]
            writer.write(number + 1, cells)
        writer.finish(len(self.choices))
        lists.very_hidden()
        for column, (row, line) in enumerate(self.choices, 1):
            letters = column_letters(column)
            source = f"='{LISTS_SHEET}'!${letters}$1:${letters}${len(line.options)}"
            self._validation(row, "actual", {"validate": "list", "source": source} | hint_of(line, self.language))

    def _write_identity(self) -> None:
        identity = self.workbook.add_worksheet(IDENTITY_SHEET)
        writer = RowWriter(identity)
        facts = {
            "key": "value",
            "kind": FORM_KIND,
            "form_id": self.form.form_id,
            "version": str(self.form.version),
            "participant": self.form.participant,
        }
        for row, pair in enumerate(facts.items(), 1):
            writer.write(row, [text_cell(column, None)(row, words) for column, words in enumerate(pair, 1) if words])
        writer.finish(2)
        identity.protect()
        identity.very_hidden()

    def _finish(self, heading_row: int) -> None:
        sheet: Worksheet = self.sheet
        for index, (_, _, width) in enumerate(COLUMNS):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(heading_row, 2)
        sheet.hide_gridlines(2)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        code = text(_CODE.en, _CODE.zh_Hans, form_id=self.form.form_id, version=self.form.version)
        title = f"{self.form.title} · {code.in_language(self.language)}"
        set_page(sheet, landscape=True, title=title, heading_row=heading_row, page_words=page_words(self.language))
        sheet.activate()
