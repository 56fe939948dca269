"""Evaluation cycles: tracks, participants, their forms and what is entered in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PersonOwned, Record, UtcDateTime, Versioned
from models.organization import Person, Unit
from models.scheme import Item, SchemeVersion


class Cycle(Record, Versioned):
    """One evaluation period; `state` draft → open → closed.  Forms are entered from `opens_at` until `due_at`.

    `structure_on`: the day whose organization the cycle pins; `previous`: where last period's values come from;
    `is_trial`: never reaches published results or outcomes.
    """

    __tablename__ = "cycle"
    entity = "cycle"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    start_on: Mapped[date] = mapped_column(Date)
    end_on: Mapped[date] = mapped_column(Date)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    structure_on: Mapped[date | None] = mapped_column(Date)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"))
    is_trial: Mapped[bool] = mapped_column(default=False, server_default="0")

    previous: Mapped[Cycle | None] = relationship(remote_side="Cycle.id")
    tracks: Mapped[list[Track]] = relationship(back_populates="cycle", order_by="Track.id")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Track(Record, Versioned):
    """A scheme version with its participants within a cycle; runs, ranks and rankings are per track."""

    __tablename__ = "track"
    entity = "track"
    __table_args__ = (UniqueConstraint("cycle_id", "scheme_version_id"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))

    cycle: Mapped[Cycle] = relationship(back_populates="tracks")
    scheme_version: Mapped[SchemeVersion] = relationship()

    def __str__(self) -> str:
        return self.name


class Participant(Record, Versioned, PersonOwned):
    """What is evaluated in a track: a unit (or city or county), or a person counted in `unit`.

    `code`, `name`, `group` (ranking group) and `parent_code` are as they were on the cycle's `structure_on`.
    """

    __tablename__ = "participant"
    entity = "participant"
    __table_args__ = (UniqueConstraint("track_id", "code"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))
    group: Mapped[str] = mapped_column(String(200), default="", server_default="")
    parent_code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    parent_grade: Mapped[str] = mapped_column(String(40), default="", server_default="")

    track: Mapped[Track] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys="Participant.unit_id")
    person: Mapped[Person | None] = relationship(foreign_keys="Participant.person_id")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Form(Record, Versioned, PersonOwned):
    """A participant's form; `state` draft → submitted → returned → submitted → approved."""

    __tablename__ = "form"
    entity = "form"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), unique=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    returned_times: Mapped[int] = mapped_column(default=0, server_default="0")

    participant: Mapped[Participant] = relationship()
    track: Mapped[Track] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys="Form.unit_id")
    entries: Mapped[list[Entry]] = relationship(back_populates="form")

    def __str__(self) -> str:
        return f"{self.participant.code} {self.participant.name}"


class Entry(Record, Versioned, PersonOwned):
    """What a form says of one indicator.

    `actual`, `target`, `baseline`: numbers (dates as proleptic ordinals, yes/no as 1 and 0); `choice`: the option
    chosen; `is_not_applicable`: a claim, which counts once approved; only approved entries count in a run.
    `raw`: what was typed when it is no valid value, kept so that nothing is lost; blank once the value is valid.
    `entered_by`/`approved_by`: sign-in names, kept for the explanation of a score.
    """

    __tablename__ = "entry"
    entity = "entry"
    __table_args__ = (UniqueConstraint("form_id", "item_id"), Index("ix_entry_item_id", "item_id"))

    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    actual: Mapped[float | None] = mapped_column(Float)
    target: Mapped[float | None] = mapped_column(Float)
    baseline: Mapped[float | None] = mapped_column(Float)
    choice: Mapped[str | None] = mapped_column(String(120))
    is_not_applicable: Mapped[bool] = mapped_column(default=False, server_default="0")
    note: Mapped[str | None] = mapped_column(Text)
    raw: Mapped[str | None] = mapped_column(Text)
    entered_by: Mapped[str | None] = mapped_column(String(64))
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    form: Mapped[Form] = relationship(back_populates="entries")
    item: Mapped[Item] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys="Entry.unit_id")


class Remark(Record, PersonOwned):
    """What was said when a form was returned: on one field (`item`) or on the form as a whole; `round` counts."""

    __tablename__ = "remark"
    entity = "remark"

    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    round: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    form: Mapped[Form] = relationship()
    item: Mapped[Item | None] = relationship()


class Adjustment(Record, Versioned, PersonOwned):
    """A bonus, deduction or veto: `points`, else `occurrences` × the item's `each`; counts once approved."""

    __tablename__ = "adjustment"
    entity = "adjustment"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    occurrences: Mapped[float | None] = mapped_column(Float)
    points: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    participant: Mapped[Participant] = relationship()
    item: Mapped[Item] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys="Adjustment.unit_id")


class Rating(Record, Versioned, PersonOwned):
    """One rater's score of a participant and item; `rater` is never shown to participants or units."""

    __tablename__ = "rating"
    entity = "rating"
    __table_args__ = (UniqueConstraint("participant_id", "item_id", "rater", "group"),)

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    rater: Mapped[str] = mapped_column(String(64))
    group: Mapped[str] = mapped_column(String(40), default="", server_default="")
    score: Mapped[float] = mapped_column(Float)

    participant: Mapped[Participant] = relationship()
    item: Mapped[Item] = relationship()


class LinkedRate(Record, PersonOwned):
    """A published rate that a `linked` item takes in, by the source's name."""

    __tablename__ = "linked_rate"
    entity = "linked_rate"
    __table_args__ = (UniqueConstraint("participant_id", "source"),)

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    source: Mapped[str] = mapped_column(String(80))
    rate: Mapped[float] = mapped_column(Float)

    participant: Mapped[Participant] = relationship()
