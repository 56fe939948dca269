"""What reading and checking a workbook came to, whatever kind it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from config.text import Text
from views.workbooks.problems import Problem


@dataclass(slots=True)
class Outcome:
    """`added`, `changed`, `same`, `refused`: how many rows; `problems`: every cell in error, `notes`: what stops nothing.

    `done`: whether it was written; `address`: the page of what was written, when there is one.
    """

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    done: bool = False
    address: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether it can be imported."""
        return not self.problems

    @property
    def changes_anything(self) -> bool:
        """Whether importing would write something."""
        return bool(self.added or self.changed)
