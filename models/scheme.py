"""Schemes: versioned trees of items with their rater groups and grade bands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Record, UtcDateTime, Versioned


class Scheme(Record, Versioned):
    """What is evaluated by what: an identity whose content lives in its versions."""

    __tablename__ = "scheme"
    entity = "scheme"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    applies_to: Mapped[str] = mapped_column(String(10), default="unit", server_default="unit")
    description: Mapped[str | None] = mapped_column(Text)

    versions: Mapped[list[SchemeVersion]] = relationship(back_populates="scheme", order_by="SchemeVersion.number")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SchemeVersion(Record, Versioned):
    """One version of a scheme; `state` draft → published (frozen) → retired.  Settings as in the `scheme` sheet.

    `min_total` None = `none` (no lower bound); `max_total` None = no upper bound.
    """

    __tablename__ = "scheme_version"
    entity = "scheme_version"
    __table_args__ = (UniqueConstraint("scheme_id", "number"),)

    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    full_marks: Mapped[float] = mapped_column(Float, default=100.0)
    weighting: Mapped[str] = mapped_column(String(10), default="points")
    min_total: Mapped[float | None] = mapped_column(Float, default=0.0)
    max_total: Mapped[float | None] = mapped_column(Float)
    decimals: Mapped[int] = mapped_column(default=2)
    rank_method: Mapped[str] = mapped_column(String(12), default="competition")
    tie_breakers: Mapped[str] = mapped_column(String(400), default="")
    missing: Mapped[str] = mapped_column(String(10), default="zero")
    quota_group: Mapped[str] = mapped_column(String(10), default="group")
    quota_tie: Mapped[str] = mapped_column(String(10), default="exclude")
    cycle_end: Mapped[date | None] = mapped_column(Date)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text)

    scheme: Mapped[Scheme] = relationship(back_populates="versions")
    items: Mapped[list[Item]] = relationship(
        back_populates="scheme_version", order_by="Item.position", cascade="all, delete-orphan"
    )
    rater_groups: Mapped[list[RaterGroup]] = relationship(
        back_populates="scheme_version", order_by="RaterGroup.position", cascade="all, delete-orphan"
    )
    grade_bands: Mapped[list[GradeBand]] = relationship(
        back_populates="scheme_version", order_by="GradeBand.position", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return f"{self.scheme.code} v{self.number}"


class Item(Record, Versioned):
    """A node of the tree, columns as in the `items` sheet.  `parent` is the parent's code within the version.

    `params`: name → value as written; `table_rows`: list of [x, rate]; `floor`, `cap`: a number as text, `none`, None.
    """

    __tablename__ = "item"
    entity = "item"
    __table_args__ = (UniqueConstraint("scheme_version_id", "code"),)

    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(String(40))
    parent: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12), default="indicator")
    name: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str | None] = mapped_column(String(200))
    weight: Mapped[float | None] = mapped_column(Float)
    aggregate: Mapped[str | None] = mapped_column(String(40))
    method: Mapped[str | None] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    table_rows: Mapped[list[Any]] = mapped_column(JSON, default=list)
    value_type: Mapped[str | None] = mapped_column(String(10))
    unit_of_measure: Mapped[str | None] = mapped_column(String(40))
    direction: Mapped[str | None] = mapped_column(String(6))
    source: Mapped[str | None] = mapped_column(String(200))
    frequency: Mapped[str | None] = mapped_column(String(40))
    missing: Mapped[str | None] = mapped_column(String(10))
    floor: Mapped[str | None] = mapped_column(String(30))
    cap: Mapped[str | None] = mapped_column(String(30))
    decimals: Mapped[int | None]
    evidence: Mapped[str | None] = mapped_column(String(10))
    standard: Mapped[str | None] = mapped_column(Text)
    participant: Mapped[str | None] = mapped_column(String(40))
    min_value: Mapped[float | None] = mapped_column(Float)
    max_value: Mapped[float | None] = mapped_column(Float)

    scheme_version: Mapped[SchemeVersion] = relationship(back_populates="items")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RaterGroup(Record, Versioned):
    """A group of raters of a scheme version."""

    __tablename__ = "rater_group"
    entity = "rater_group"
    __table_args__ = (UniqueConstraint("scheme_version_id", "code"),)

    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120), default="")
    weight: Mapped[float | None] = mapped_column(Float)
    min_raters: Mapped[int | None]
    ballot_rule: Mapped[str | None] = mapped_column(String(400))

    scheme_version: Mapped[SchemeVersion] = relationship(back_populates="rater_groups")


class GradeBand(Record, Versioned):
    """One grade of a scheme version, best first by `position`."""

    __tablename__ = "grade_band"
    entity = "grade_band"
    __table_args__ = (UniqueConstraint("scheme_version_id", "code"),)

    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str | None] = mapped_column(String(120))
    min_score: Mapped[float | None] = mapped_column(Float)
    quota: Mapped[float | None] = mapped_column(Float)
    rounding: Mapped[str] = mapped_column(String(10), default="down")
    requires: Mapped[str | None] = mapped_column(Text)
    quota_if_parent: Mapped[str | None] = mapped_column(String(400))

    scheme_version: Mapped[SchemeVersion] = relationship(back_populates="grade_bands")
