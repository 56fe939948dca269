"""What people answered to the warnings before a run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Record, UtcDateTime
from models.cycle import Track


class WarningAnswer(Record):
    """An answer to a warning about a track's inputs; the newest one counts, none is ever changed.

    `key`: a digest of what the warning rests on, so that it is asked again when the numbers change; it names nobody.
    """

    __tablename__ = "warning_answer"
    entity = "warning_answer"
    __table_args__ = (Index("ix_warning_answer_track_id_key", "track_id", "key"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    key: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    track: Mapped[Track] = relationship()

    def __str__(self) -> str:
        return self.answer
