"""What can be wrong with a workbook: the whole file (`WorkbookError`) or one cell (`Problem`)."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from config.text import Text, text

LONGEST_SHOWN_VALUE = 60


class WorkbookError(Exception):
    """A file that is refused as a whole.

    `text`: the sentence for people, in both languages; `problems`: every cell that is to blame, where cells are.
    """

    def __init__(self, text: Text, problems: Sequence[Problem] = ()) -> None:
        super().__init__(str(text))
        self.text = text
        self.problems = tuple(problems)


class CellError(Exception):
    """A value that cannot be taken: `wrong` says what is the matter, `right` what would be right."""

    def __init__(self, wrong: Text, right: Text | None = None) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong
        self.right = right


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell in error.

    `row`, `column`: 1-based; `value`: what stands there; `wrong`, `right`: what is wrong and what would be right;
    `level`: `error`, or `note` for what is worth knowing and stops nothing.
    """

    sheet: str
    row: int
    column: int
    value: Any
    wrong: Text
    right: Text | None = None
    level: str = "error"

    @property
    def cell(self) -> str:
        """The address within the sheet, such as `F7`."""
        return cell_name(self.row, self.column)

    @property
    def message(self) -> Text:
        """What is wrong and what would be right, in one sentence."""
        if self.right is None:
            return self.wrong
        return text("{wrong}; {right}", "{wrong}；{right}", wrong=self.wrong, right=self.right)

    def line(self, language: str = "en") -> str:
        """`sheet!cell: message`, on one line."""
        return f"{self.sheet}!{self.cell}: {' '.join(self.message.in_language(language).split())}"

    def __str__(self) -> str:
        return self.line()


def column_letters(column: int) -> str:
    """The letters of a 1-based column: 1 → `A`, 28 → `AB`."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """The address of a cell from its 1-based row and column: (7, 6) → `F7`."""
    return f"{column_letters(column)}{row}"


def cell_position(name: str) -> tuple[int, int]:
    """The 1-based (row, column) of an address such as `F7`."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters) :]), column


def normalized(word: str) -> str:
    """A heading or code as compared: full-width forms folded; case, underscores and spaces ignored."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in folded if letter != "_" and not letter.isspace())


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that `word` most likely means, or None when nothing is near."""
    by_form: dict[str, str] = {}
    for option in known:
        by_form.setdefault(normalized(option), option)
    found = difflib.get_close_matches(normalized(word), by_form, n=1, cutoff=cutoff)
    return by_form[found[0]] if found else None


def suggestion(word: str, known: Iterable[str]) -> Text | None:
    """“The nearest known one is …”, or None when there is nothing known at all."""
    options = list(known)
    near = nearest(word, options, cutoff=0.4)
    if near is not None:
        return text("the nearest known one is “{near}”", "最接近的已知名称是“{near}”", near=near)
    if not options:
        return None
    shown = ", ".join(options[:12]) + (", …" if len(options) > 12 else "")
    return text("known are: {known}", "已知的有：{known}", known=shown)


def shown(value: Any) -> str:
    """A cell's value as quoted in a message: short, whole numbers without their `.0`."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    written = str(value)
    return written if len(written) <= LONGEST_SHOWN_VALUE else written[: LONGEST_SHOWN_VALUE - 1] + "…"
