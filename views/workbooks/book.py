"""An opened workbook: its sheets as rows of raw values, after every check that needs the file as a whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine

from config.text import text
from views.workbooks.archive import ArchiveFacts, Limits, inspect_archive
from views.workbooks.problems import Problem, WorkbookError, cell_position, normalized
from views.workbooks.sheetscan import NO_ADDRESS, damaged

Raw = str | float | int | bool | date | datetime | time | timedelta

_DEFAULT_LIMITS = Limits()
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_UNCACHED_SHOWN = 5


@dataclass(slots=True)
class Book:
    """A workbook that passed the checks.

    `names`: its sheets in order; `hidden`: those of them that are hidden; `errors`: sheet → {(row, column): what the
    cell shows, such as `#DIV/0!`}, 1-based.
    """

    names: tuple[str, ...]
    hidden: frozenset[str]
    errors: dict[str, dict[tuple[int, int], str]]
    _reader: python_calamine.CalamineWorkbook = field(repr=False)

    def find(self, name: str) -> str | None:
        """The sheet of this name as it is written in the book (case, underscores and spaces ignored), or None."""
        if name in self.names:
            return name
        form = normalized(name)
        return next((own for own in self.names if normalized(own) == form), None)

    def rows(self, sheet: str) -> Iterator[tuple[int, int, list[Raw]]]:
        """Every row of a sheet: its 1-based number, the 1-based column of its first value, and its values.

        A blank cell is `''`; whole numbers come as floats and midnight datetimes as dates, as the reader gives them.
        """
        with _Guard():
            opened = self._reader.get_sheet_by_name(sheet)
            first_column = (opened.start or (0, 0))[1] + 1
            iterator = opened.iter_rows()
        for number, values in enumerate(iterator, start=1):
            yield number, first_column, values


def open_workbook(source: str | Path | bytes, limits: Limits = _DEFAULT_LIMITS) -> Book:
    """Open a workbook from a path or from its bytes.

    Raises `WorkbookError` for what is no .xlsx workbook, is encrypted or damaged, is over a limit, carries macros or
    external links, or holds formulas that were never computed.
    """
    content = source if isinstance(source, bytes) else _read_file(Path(source), limits)
    facts = inspect_archive(content, limits)
    parts = _sheet_parts(facts)
    _refuse_uncached(facts, parts)
    with _Guard():
        reader = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        worksheets = [sheet for sheet in reader.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
    visible = python_calamine.SheetVisibleEnum.Visible
    return Book(
        names=tuple(sheet.name for sheet in worksheets),
        hidden=frozenset(sheet.name for sheet in worksheets if sheet.visible != visible),
        errors={name: facts.sheets[part].errors for name, part in parts.items() if facts.sheets[part].errors},
        _reader=reader,
    )


def _read_file(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.file_bytes + 1)
    except OSError as error:
        raise WorkbookError(text("The file {name} cannot be read.", "无法读取文件 {name}。", name=path.name)) from error


class _Guard:
    """Turns whatever the reader throws, its panics included, into the one refusal that people see."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: Any) -> None:
        if kind is None or issubclass(kind, WorkbookError | KeyboardInterrupt | SystemExit | GeneratorExit):
            return
        if issubclass(kind, python_calamine.PasswordError):
            raise WorkbookError(
                text("The workbook is encrypted; save it without a password.", "工作簿已加密，请取消密码后重新保存。")
            ) from error
        raise WorkbookError(damaged()) from error


def _sheet_parts(facts: ArchiveFacts) -> dict[str, str]:
    """Sheet name → name of its part in the container."""
    try:
        relations = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ElementTree.fromstring(facts.relations_xml or b"<none/>")  # noqa: S314 - no DOCTYPE passes
        }
        sheets = [
            element
            for element in ElementTree.fromstring(facts.workbook_xml).iter()  # noqa: S314 - no DOCTYPE passes
            if element.tag.rpartition("}")[2] == "sheet"
        ]
    except ElementTree.ParseError as error:
        raise WorkbookError(damaged()) from error
    parts = {}
    for sheet in sheets:
        target = relations.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION)) or ""
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part.casefold() in facts.sheets:
            parts[sheet.get("name", "")] = part.casefold()
    return parts


def _refuse_uncached(facts: ArchiveFacts, parts: dict[str, str]) -> None:
    cells = [(name, cell) for name, part in parts.items() for cell in facts.sheets[part].uncached]
    if not cells:
        return
    listed = ", ".join(f"{name}!{cell}" for name, cell in cells[:_UNCACHED_SHOWN])
    wrong = text("the formula in this cell was never computed", "该单元格中的公式尚未计算")
    right = text(
        "open the workbook in a spreadsheet program and save it, or enter the value itself",
        "请用电子表格软件打开并保存，或直接填写数值",
    )
    raise WorkbookError(
        text(
            "The workbook holds formulas that were never computed ({cells}); open it in a spreadsheet program and save "
            "it, or enter the values themselves.",
            "工作簿中有尚未计算的公式（{cells}）；请用电子表格软件打开并保存，或直接填写数值。",
            cells=listed + (", …" if len(cells) > _UNCACHED_SHOWN else ""),
        ),
        [Problem(name, *cell_position(cell), None, wrong, right) for name, cell in cells if cell != NO_ADDRESS],
    )
