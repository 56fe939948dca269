"""Maps the engine's `Place` (sheet, key, column, position) to the cell of the workbook that was read."""

from __future__ import annotations

from dataclasses import dataclass, field

from plugins.engine.scheme import Place
from views.workbooks.problems import cell_name
from views.workbooks.table import Table

_FIRST_CELL = "A1"


@dataclass(slots=True)
class SheetMap:
    """Where the rows of one sheet stand: by key, and by position among those that were taken."""

    table: Table
    key: str
    positions: list[int] | None = None
    _by_key: dict[str, list[int]] | None = None

    def rows_of(self, key: str) -> list[int]:
        """The 1-based rows that hold a key."""
        if self._by_key is None:
            self._by_key = {}
            for row in self.table.rows:
                if row[self.key] is not None:
                    self._by_key.setdefault(row[self.key], []).append(row.number)
        return self._by_key.get(key, [])

    def row_at(self, index: int) -> int | None:
        """The 1-based row at a 0-based position among the rows taken from the sheet."""
        if self.positions is not None:
            return self.positions[index] if 0 <= index < len(self.positions) else None
        return self.table.rows[index].number if 0 <= index < len(self.table.rows) else None


@dataclass(slots=True)
class Locator:
    """The cells of a workbook by `Place`; `settings`: setting → its row on the sheet `scheme`."""

    sheets: dict[str, SheetMap] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)

    def knows(self, sheet: str) -> bool:
        """Whether the sheet is one of this workbook's."""
        return sheet in self.sheets

    def locate(self, place: Place) -> tuple[str, str]:
        """(sheet, cell) of a place: the row's cell in that column, else the row's key, else the sheet's first cell."""
        known = self.sheets.get(place.sheet)
        if known is None:
            return place.sheet, _FIRST_CELL
        name = known.table.sheet
        if place.sheet == "scheme":
            row = self.settings.get(place.column or place.key or "")
            return name, known.table.address(row, "value") if row else _FIRST_CELL
        row = self._row(known, place)
        if row is None:
            return name, self._heading(known, place)
        column = place.column if place.column in known.table.columns else known.key
        return name, known.table.address(row, column)

    @staticmethod
    def _row(known: SheetMap, place: Place) -> int | None:
        """A key's own rows when it stands alone or (in tables) often; a position counts over the whole sheet."""
        if place.key is not None and (place.index is None or place.sheet == "tables"):
            rows = known.rows_of(place.key)
            wanted = place.index or 0
            if rows:
                return rows[wanted] if wanted < len(rows) else rows[-1]
        if place.index is not None:
            return known.row_at(place.index)
        return None

    @staticmethod
    def _heading(known: SheetMap, place: Place) -> str:
        if place.column in known.table.columns and known.table.heading_row:
            return cell_name(known.table.heading_row, known.table.columns[place.column])
        return _FIRST_CELL
