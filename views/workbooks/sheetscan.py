"""Looks through the raw XML of a sheet before it is read: how far it extends, what was never computed.

A single cell at the far corner of a sheet makes readers allocate the whole rectangle, a formula without a cached
value reads as blank, and so does a cell that shows an error.  None of them may pass unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from config.text import Text, text
from views.workbooks.problems import WorkbookError, cell_position

LONGEST_ROW_BYTES = 32 * 1024 * 1024
NO_ADDRESS = "?"

_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_FAR_REFERENCE = re.compile(rb"""r="(?:[A-Z]{2}|[A-Z]\d{6})""")
_BAD_CELL = re.compile(rb"""<c r="(?![A-Z]{1,3}\d{1,7}")""")
_BAD_ROW = re.compile(rb"""<row r="(?!\d{1,7}")""")
_TAG = re.compile(rb"""<(?:\w+:)?(c|row)(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_ADDRESS = re.compile(rb"""\sr\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL_ADDRESS = re.compile(rb"[A-Z]{1,3}\d{1,7}")
_ROW_ADDRESS = re.compile(rb"\d{1,7}")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["'](\d{1,7})["']""")
_FORMULA = re.compile(rb"""<(?:\w+:)?f[\s/>]""")
_FORMULA_STARTS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b"<f\n")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_ERROR_STARTS = (b't="e"', b"t='e'", b"t =", b"t= ")
_NEAR_COLUMNS = 26
_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)""", re.DOTALL)
_VALUE = re.compile(rb"""<(?:\w+:)?v\b[^>/]*>([^<]+)</""")
_TEXT_RESULT = re.compile(rb"""\st\s*=\s*["'](?:str|e|b)["']""")
_ROW_END = b"row>"


@dataclass(slots=True)
class SheetFacts:
    """What a sheet's XML holds: its last row (1-based), formulas without a value, cells in error.

    `placed`: the last column that an address names (1-based; 26 when all lie within A–Z); `unplaced`: the most cells
    of one row that have no address and stand behind the one before.
    """

    last_row: int = 0
    placed: int = 0
    unplaced: int = 0
    uncached: list[str] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def last_column(self) -> int:
        """The last column that can hold a cell, 1-based."""
        return self.placed + self.unplaced


def scan_sheet(chunks: Iterable[bytes]) -> SheetFacts:
    """The facts of one sheet from the chunks of its XML.

    Raises `WorkbookError` for a row without end or an address that is none.
    """
    facts = SheetFacts()
    rows_seen = 0
    kept = b""
    for chunk in chunks:
        kept += chunk
        cut = kept.rfind(_ROW_END)
        if cut < 0:
            if len(kept) > LONGEST_ROW_BYTES:
                raise WorkbookError(
                    text("A row of the workbook is too long to be read.", "工作簿中有一行过长，无法读取。")
                )
            continue
        cut += len(_ROW_END)
        rows_seen += _scan_part(kept[:cut], facts)
        kept = kept[cut:]
    rows_seen += _scan_part(kept, facts)
    facts.last_row = max(facts.last_row, rows_seen)
    return facts


def _scan_part(part: bytes, facts: SheetFacts) -> int:
    """Note how far a part of the XML reaches; the usual case, all within A–Z and 99,999 rows, is told by few searches."""
    plain = _is_plain(part)
    if not plain:
        facts.unplaced = max(facts.unplaced, _most_unplaced(part))
    if not plain or _FAR_REFERENCE.search(part):
        references = set(_REFERENCE.findall(part))
        rows = {int(row) for _, row in references}
        columns = {letters for letters, _ in references}
        facts.last_row = max(facts.last_row, *rows, 0)
        facts.placed = max(facts.placed, *(cell_position(f"{c.decode()}1")[1] for c in columns), 0)
    elif b' r="' in part:
        facts.placed = max(facts.placed, _NEAR_COLUMNS)
    numbers = _ROW_NUMBER.findall(part)
    if numbers:
        facts.last_row = max(facts.last_row, max(map(int, numbers)))
    if any(start in part for start in _FORMULA_STARTS) or any(start in part for start in _ERROR_STARTS):
        _scan_cells(part, facts)
    return part.count(b"<row") + part.count(b":row ")


def _is_plain(part: bytes) -> bool:
    """Whether every cell and row begins with its address, well formed, and no tag can have a prefix."""
    return (
        part.count(b"<c") == part.count(b'<c r="')
        and part.count(b"<row") == part.count(b'<row r="')
        and b":c" not in part
        and b":row" not in part
        and not _BAD_CELL.search(part)
        and not _BAD_ROW.search(part)
    )


def _most_unplaced(part: bytes) -> int:
    """The most cells without an address in one row; raises `WorkbookError` for an address that is none."""
    most = count = 0
    for tag, attributes in _TAG.findall(part):
        address = _ADDRESS.search(attributes)
        if address is not None:
            form = _ROW_ADDRESS if tag == b"row" else _CELL_ADDRESS
            if not form.fullmatch(address.group(1) or address.group(2) or b""):
                raise WorkbookError(damaged())
        if tag == b"row":
            count = 0
        elif address is None:
            count += 1
            most = max(most, count)
    return most


def damaged() -> Text:
    """The refusal of a file that no reader could make sense of."""
    return text(
        "The workbook is damaged and cannot be read; open it and save it again as .xlsx.",
        "工作簿已损坏，无法读取；请打开后重新另存为 .xlsx。",
    )


def _scan_cells(part: bytes, facts: SheetFacts) -> None:
    for attributes, content in _CELL.findall(part):
        reference = _REFERENCE.search(attributes)
        name = (reference.group(1) + reference.group(2)).decode() if reference else NO_ADDRESS
        value = _VALUE.search(content)
        if _ERROR.search(attributes):
            if reference:
                facts.errors[cell_position(name)] = value.group(1).decode("utf-8", "replace") if value else "#"
        elif _FORMULA.search(content) and value is None and not _TEXT_RESULT.search(attributes):
            facts.uncached.append(name)
