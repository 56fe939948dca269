"""Scoring runs and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PersonOwned, Record, UtcDateTime, Versioned
from models.cycle import Participant, Track


class Run(Record, Versioned):
    """One computation of all scores of a track; `state` draft → proposed → published → superseded.

    `input_hash`, `plugin_versions`: same hash and versions → the same results to the last bit; `result_hash` seals
    what was stored; `item_codes`: the order of the packed arrays in `Score`; `notes`: rows of the `notes` sheet.
    `inputs`: everything the run read besides the scheme, packed, so that it explains itself after entries changed.
    """

    __tablename__ = "run"
    entity = "run"
    __table_args__ = (UniqueConstraint("track_id", "number"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    is_trial: Mapped[bool] = mapped_column(default=False, server_default="0")
    input_hash: Mapped[str] = mapped_column(String(64))
    result_hash: Mapped[str] = mapped_column(String(64), default="")
    plugin_versions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    item_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    inputs: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    started_by: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str | None] = mapped_column(String(64))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(String(64))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    reason: Mapped[str | None] = mapped_column(Text)

    track: Mapped[Track] = relationship()
    supersedes: Mapped[Run | None] = relationship(remote_side="Run.id")

    def __str__(self) -> str:
        return f"{self.track.name} #{self.number}"


class Total(Record, PersonOwned):
    """A participant's total, rank and grade in a run.  `is_published` follows the run; row scope hangs on it.

    `subject`: unit, region or person; `top`: top-level item code → points; `reason`: why unscored (en, zh_Hans).
    """

    __tablename__ = "total"
    entity = "total"
    __table_args__ = (UniqueConstraint("run_id", "participant_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    subject: Mapped[str] = mapped_column(String(10))
    is_published: Mapped[bool] = mapped_column(default=False, server_default="0")
    total: Mapped[float | None] = mapped_column(Float)
    before: Mapped[float | None] = mapped_column(Float)
    bonus: Mapped[float] = mapped_column(Float, default=0.0)
    deduction: Mapped[float] = mapped_column(Float, default=0.0)
    vetoes: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int | None]
    group_rank: Mapped[int | None]
    grade: Mapped[str] = mapped_column(String(40), default="")
    top: Mapped[dict[str, float | None]] = mapped_column(JSON, default=dict)
    reason: Mapped[dict[str, str] | None] = mapped_column(JSON)

    run: Mapped[Run] = relationship()
    participant: Mapped[Participant] = relationship()


class Score(Record, PersonOwned):
    """A participant's item scores in a run, packed: `packed` = float64 [3, items]: rates, weights, points.

    The rows follow `Run.item_codes`: the tree's items, then the adjustment items (their occurrences stand in the
    place of rates).  Kept apart from `Total` because a total is seen by many and its scores only by the participant's
    own line.
    `reasons`: item code → why it is missing (en, zh_Hans).
    """

    __tablename__ = "score"
    entity = "score"
    __table_args__ = (UniqueConstraint("run_id", "participant_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    reasons: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)

    run: Mapped[Run] = relationship()
    participant: Mapped[Participant] = relationship()
