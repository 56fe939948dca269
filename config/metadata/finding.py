"""What the checks of the metadata have to say, each finding with its id, its place and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from config.text import Text, text


@dataclass(frozen=True, slots=True)
class MetadataFinding:
    """Something wrong in a metadata file.

    `id`: as listed in config/README.md; `file`: relative to the metadata folder; `line`: 1-based, 0 = the whole file;
    `text`: what is wrong; `hint`: what would be right.
    """

    id: str
    file: str
    line: int
    text: Text
    hint: Text

    def sentence(self) -> Text:
        """The finding in one line: id, place, what is wrong and the remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return text(
            "{id} {place}: {text} {hint}",
            "{id} {place}：{text}{hint}",
            id=self.id,
            place=place,
            text=self.text,
            hint=self.hint,
        )

    def __str__(self) -> str:
        return str(self.sentence())


class MetadataError(Exception):
    """The metadata cannot be used; `findings` says every reason."""

    def __init__(self, findings: list[MetadataFinding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


def nearest(name: str, known: Iterable[str]) -> Text:
    """The hint for a name that is not known: the one it looks like, else all there are."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return text("Did you mean {near}?", "是否应为 {near}？", near=near[0])
    if not names:
        return text("Remove it.", "请删除。")
    return text("Known are: {names}.", "可用的有：{names}。", names=", ".join(names))
