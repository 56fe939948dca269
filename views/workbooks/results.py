"""Writes the results workbook of a run: ranking, scores, unscored, notes, about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import xlsxwriter

from config.text import Text, text
from plugins.engine.data import Note
from plugins.engine.results import Results
from plugins.engine.scheme import Place
from views.workbooks.looks import Styles, new_workbook, stamp_footers
from views.workbooks.outcolumns import OutColumn
from views.workbooks.ranking_looks import add_total_chart, colour_grades, mark_totals
from views.workbooks.results_format import (
    NOTE_KINDS,
    SHEET_TITLES,
    About,
    about_columns,
    about_rows,
    plain_columns,
    ranking_columns,
    score_columns,
    top_items,
)
from views.workbooks.results_scores import Explain, score_rows
from views.workbooks.tablesheet import Heading, Progress, generated_line, write_table

Locate = Callable[[Place], tuple[str, str]]

_CHARTED = 30


def write_results(
    results: Results,
    explanations: Explain,
    about: About,
    file: str | BinaryIO,
    language: str | None = None,
    *,
    locate: Locate | None = None,
    notes: Sequence[Note] = (),
    progress: Progress | None = None,
    changes: Changes | None = None,
) -> None:
    """Write the results workbook to a path or binary file.

    `explanations(item code, participant's position)` tells one score in a sentence.  `language` None is headless:
    codes as headings, headings in the first row; with a language there is a title block and labels.  `locate` maps a
    note's place to its (sheet, cell); `notes` are further notes, such as those of the scheme's checks.  `changes`: of a
    run that takes the place of another, what is different.
    """
    with new_workbook(file) as workbook:
        sheets = _Sheets(workbook, results, about, language, progress)
        sheets.ranking()
        sheets.table("scores", score_columns(language), score_rows(results, explanations, language))
        sheets.table(
            "unscored", plain_columns(("participant", "name", "reason"), language), _unscored_rows(results, language)
        )
        sheets.table(
            "notes",
            plain_columns(("kind", "sheet", "cell", "message"), language),
            _note_rows([*results.notes, *notes], locate, language),
        )
        if changes is not None:
            sheets.table("changes", changes.columns, iter(changes.rows))
        sheets.table("about", about_columns(language), _about_rows(results, about, language))
        stamp_footers(workbook, about.code)


@dataclass(frozen=True, slots=True)
class Changes:
    """The sheet `changes`: what differs from the run before, in the words of the file."""

    columns: Sequence[OutColumn]
    rows: Sequence[Sequence[Any]]


class _Sheets:
    """The sheets of one results workbook, which share their looks."""

    def __init__(
        self,
        workbook: xlsxwriter.Workbook,
        results: Results,
        about: About,
        language: str | None,
        progress: Progress | None,
    ) -> None:
        self.workbook, self.styles = workbook, Styles(workbook)
        self.results, self.about, self.language, self.progress = results, about, language, progress

    def table(self, name: str, columns: Sequence[OutColumn], rows: Iterator[Sequence[Any]]) -> Any:
        """One table; its first part."""
        return write_table(
            self.workbook,
            self.styles,
            name,
            columns,
            rows,
            heading=self._heading(name),
            language=self.language or "en",
            progress=self.progress,
        )[0]

    def ranking(self) -> None:
        """The ranking, with grades in colour, bars at the totals and a chart of the best."""
        columns = ranking_columns(self.results, self.language)
        written = self.table("ranking", columns, _ranking_rows(self.results))
        words = [band.name or band.code if self.language else band.code for band in self.results.scheme.grades]
        colour_grades(self.workbook, written, "grade", words)
        mark_totals(written, "total")
        title = SHEET_TITLES["ranking"].in_language(self.language or "en")
        add_total_chart(self.workbook, written, columns, "name", "total", title, _CHARTED)

    def _heading(self, name: str) -> Heading | None:
        if self.language is None:
            return None
        scheme = self.results.scheme
        title = f"{SHEET_TITLES[name].in_language(self.language)} · {scheme.name or scheme.code}"
        parts = [part for part in (self.about.cycle, self.about.run, self.about.state) if part]
        generated = generated_line(self.about.generated_at, "", self.language)
        return Heading(title, (" · ".join(parts), generated) if parts else (generated,))


def _ranking_rows(results: Results) -> Iterator[Sequence[Any]]:
    people = results.data.participants
    row_of = {code: row for row, code in enumerate(results.item_codes)}
    tops = [row_of.get(item.code) for item in top_items(results)]
    order = sorted(np.flatnonzero(results.scored).tolist(), key=lambda p: (results.rank[p], people.codes[p]))
    for position in order:
        yield [
            int(results.rank[position]) or None,
            people.groups[position],
            int(results.group_rank[position]) or None,
            people.codes[position],
            people.names[position],
            results.total[position],
            results.grade[position],
            *(None if row is None else results.points[row, position] for row in tops),
            results.bonus[position],
            results.deduction[position],
            int(results.vetoes[position]),
        ]


def _unscored_rows(results: Results, language: str | None) -> Iterator[Sequence[Any]]:
    people = results.data.participants
    unknown = text("not scored", "未计分")
    for position in np.flatnonzero(~results.scored).tolist():
        reason = results.reasons.get(("", position), unknown)
        yield [people.codes[position], people.names[position], reason.in_language(language or "en")]


def _note_rows(notes: Sequence[Note], locate: Locate | None, language: str | None) -> Iterator[Sequence[Any]]:
    for note in notes:
        sheet, cell = "", ""
        if isinstance(note.place, Place):
            sheet, cell = locate(note.place) if locate else (note.place.sheet, "")
        elif note.place is not None:
            sheet, cell = note.place
        message = note.text.in_language(language or "en") if isinstance(note.text, Text) else str(note.text)
        kind = NOTE_KINDS[note.kind].in_language(language) if language and note.kind in NOTE_KINDS else note.kind
        yield [kind, sheet, cell, message]


def _about_rows(results: Results, about: About, language: str | None) -> Iterator[Sequence[Any]]:
    scheme = results.scheme
    facts: dict[str, Any] = {
        "scheme": scheme.code,
        "scheme_name": scheme.name,
        "version": scheme.version or "",
        "cycle": about.cycle,
        "run": about.run,
        "state": about.state,
        "input_hash": about.input_hash,
        "result_hash": about.result_hash,
        "code": about.code,
        "participants": len(results.data.participants),
        "scored": int(results.scored.sum()),
        "time": about.generated_at,
    }
    yield from about_rows(facts, language)
    for code, version in sorted(results.plugin_versions.items()):
        label = text("Plugin {code}", "插件 {code}", code=code).in_language(language) if language else f"plugin:{code}"
        yield [label, version]
