"""What an exported workbook of a run says of itself, read back from its sheet `about`, however it was edited since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from config.text import Text, text
from views.workbooks.book import Book
from views.workbooks.problems import WorkbookError
from views.workbooks.results_format import ABOUT

LANGUAGES = ("en", "zh_Hans")
STATES: Mapping[str, Text] = {
    "draft": text("draft", "草稿"),
    "proposed": text("proposed", "已提请"),
    "published": text("published", "已发布"),
    "superseded": text("superseded", "已被取代"),
}
"""A run's states in the order it goes through them, as `about` words them."""
TRIAL = text("trial", "试算")


@dataclass(frozen=True, slots=True)
class Claim:
    """`kind`: results or ranking; `state`: a key of STATES, '' when it says something else; `part`: see `About`."""

    code: str
    kind: str
    language: str
    state: str
    generated_at: datetime
    part: str


def read_claim(book: Book) -> Claim:
    """What `book` claims; WorkbookError when it carries no code."""
    rows = _about(book)
    for language in LANGUAGES:
        code = rows.get(ABOUT["code"].in_language(language))
        if isinstance(code, str) and code.strip():
            state = str(rows.get(ABOUT["state"].in_language(language), "")).partition(" · ")[0]
            return Claim(
                code=code.strip(),
                kind="results" if book.find("scores") else "ranking",
                language=language,
                state=next((key for key, said in STATES.items() if said.in_language(language) == state), ""),
                generated_at=_moment(rows.get(ABOUT["time"].in_language(language))),
                part=str(rows.get(ABOUT["part"].in_language(language), "")),
            )
    raise WorkbookError(
        text(
            "This workbook carries no verification code: it is no results or ranking workbook of this platform.",
            "该工作簿没有验证码，不是本平台导出的结果或排名工作簿。",
        )
    )


def _about(book: Book) -> dict[str, Any]:
    """First cell → second cell of the sheet `about`."""
    name = book.find("about")
    found: dict[str, Any] = {}
    for _number, _column, values in book.rows(name) if name else ():
        if len(values) > 1 and isinstance(values[0], str) and values[1] != "":
            found.setdefault(values[0].strip(), values[1])
    return found


def _moment(value: Any) -> datetime:
    """The time of writing; the beginning of time when the cell holds none."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value if isinstance(value, date) else date(1900, 3, 1), time())
