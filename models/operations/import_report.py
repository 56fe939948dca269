"""What an import would do or did, and every cell that keeps it from being done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from config.text import Text, text
from models.errors import Refused
from plugins.engine.scheme import Place


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A cell that is refused: the row's position among those handed in, its field, the value and what is wrong.

    `field` '' = the row as a whole.  `place`: for data workbooks, where the cell is by sheet, key and column.
    """

    index: int
    field: str
    value: Any
    text: Text
    place: Place | None = None


@dataclass(slots=True)
class ImportReport:
    """How many rows are added, changed, left as they are and refused; a commit with refusals writes nothing."""

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    committed: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether everything can be imported."""
        return not self.problems

    def refuse(self, problems: Iterable[RowProblem]) -> None:
        """Note refused cells, and how many rows they are in."""
        self.problems.extend(problems)
        self.refused = len({(p.place.sheet if p.place else "", p.index) for p in self.problems})

    def error(self) -> Refused:
        """The refusal of the whole, for whoever wants an exception."""
        return Refused(
            text(
                "Nothing was imported: {count} rows have errors.",
                "未导入任何内容：{count} 行有错误。",
                count=self.refused,
            ),
            list(self.problems),
        )
