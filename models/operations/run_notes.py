"""The notes of a run as each person may read them: raters stay anonymous to all but those who run the scoring."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from config.text import text
from models.access import covers
from models.cycle import Track
from models.operations.context import actor_of, metadata_of
from models.operations.run_results import note_of
from models.result import Run
from plugins.engine.data import Note
from plugins.engine.scheme import Place

NAMING_RATERS = "void_ballot"
"""The kind of note whose sentence names a rater."""


def may_name_raters(session: Session, track: Track) -> bool:
    """Whether the actor may run the scoring of `track`, and so know who gave which rating."""
    return covers(session, actor_of(session), metadata_of(session), track, "score")


def notes_for(session: Session, run: Run) -> tuple[Note, ...]:
    """The notes of `run` in the words that the actor may read."""
    notes = tuple(note_of(note) for note in run.notes)
    return notes if may_name_raters(session, run.track) else without_raters(notes)


def without_raters(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The same notes, void ballots summed up in one sentence that names nobody."""
    kept = [note for note in notes if note.kind != NAMING_RATERS]
    void = sum(note.kind == NAMING_RATERS for note in notes)
    if not void:
        return tuple(kept)
    said = text(
        "{count} ballots broke a rule and do not count; raters are named only to those who run the scoring",
        "{count} 张评价票违反规则，不予计入；评价人仅向负责计算的人员显示",
        count=void,
    )
    return (Note(NAMING_RATERS, Place("ratings"), said), *kept)
