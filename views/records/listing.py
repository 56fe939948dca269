"""Finds the rows of a list: two statements, whatever the table's size and however many references are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from models.access import criteria
from models.actor import Actor
from models.specs import MergedField, MergedSpec, model_of
from views.context import platform
from views.records.query import FROM, UNTIL, ListQuery, is_range, readable

_ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list and how many rows there are in all."""

    rows: list[Any]
    count: int

    def pages(self, size: int) -> int:
        """How many pages of `size` rows."""
        return max(1, -(-self.count // size))


def find(session: Session, spec: MergedSpec, query: ListQuery, *, action: str = "list") -> Found:
    """The rows that `query` asks for, among those that the actor may `action`."""
    model = model_of(spec.entity)
    wanted = narrowed(session, spec, query, action=action)
    count = session.scalar(
        select(func.count()).select_from(wanted.with_only_columns(model.id).order_by(None).subquery())
    )
    shown = [spec.field(name) for name in (*spec.spec.list, spec.spec.title)]
    options = [joinedload(getattr(model, merged.name)) for merged in shown if merged.references]
    page = ordered(wanted, spec, query).options(*options).limit(query.size).offset(query.page * query.size)
    return Found(list(session.scalars(page).unique()), count or 0)


def narrowed(session: Session, spec: MergedSpec, query: ListQuery, *, action: str | None = "list") -> Select[Any]:
    """The statement for all rows of `query`, in no order; `action` None: whatever the actor can read."""
    model = model_of(spec.entity)
    statement = select(model)
    actor: Actor | None = session.info.get("actor")
    reach = criteria(actor, platform().metadata, model, action) if action else None
    if reach is not None:
        statement = statement.where(reach)
    return statement.where(*terms(spec, query))


def terms(spec: MergedSpec, query: ListQuery) -> list[ColumnElement[bool]]:
    """What the filters and words of `query` ask of a row."""
    words = [or_(false(), *_word_terms(spec, spec.model, word)) for word in query.words.split()[:8]]
    return [*_filter_terms(spec, spec.model, query), *words]


def ordered(statement: Select[Any], spec: MergedSpec, query: ListQuery) -> Select[Any]:
    """`statement` in the order asked for; equal ones by id, so that pages never overlap."""
    model = model_of(spec.entity)
    merged = spec.field(query.order)
    column: Any = getattr(model, query.order)
    if merged.references:
        related = aliased(model_of(merged.references))
        name = platform().specs[merged.references].field(platform().metadata.entities[merged.references].natural_key[0])
        column = getattr(related, name.attribute)
        statement = statement.outerjoin(related, related.id == getattr(model, merged.attribute))
    return statement.order_by(column.desc() if query.descending else column.asc(), model.id)


def _word_terms(spec: MergedSpec, model: Any, word: str) -> Iterator[ColumnElement[bool]]:
    """Where a word may stand: in the searched fields, and in the key of what the natural key refers to."""
    pattern = f"%{_escaped(word)}%"
    for name in dict.fromkeys((*spec.spec.search, *spec.spec.natural_key)):
        merged = spec.field(name)
        if merged.references:
            related = platform().specs[merged.references]
            terms = [
                cast(getattr(related.model, other), String).ilike(pattern, escape=_ESCAPE)
                for other in (*related.spec.search, *related.spec.natural_key)
                if not related.field(other).references
            ]
            yield getattr(model, merged.attribute).in_(select(related.model.id).where(or_(false(), *terms)))
        else:
            yield cast(getattr(model, name), String).ilike(pattern, escape=_ESCAPE)


def _escaped(word: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return word


def _filter_terms(spec: MergedSpec, model: Any, query: ListQuery) -> Iterator[ColumnElement[bool]]:
    for name in spec.spec.filters:
        merged = spec.field(name)
        column = getattr(model, merged.attribute)
        if is_range(merged):
            yield from _range_terms(merged, column, query)
        elif name in query.filters:
            value = readable(merged, query.filters[name])
            if merged.spec.choices or merged.references or merged.format == "yes_no":
                yield column == value
            else:
                yield cast(column, String).ilike(f"%{_escaped(value)}%", escape=_ESCAPE)


def _range_terms(merged: MergedField, column: Any, query: ListQuery) -> Iterator[ColumnElement[bool]]:
    low, high = (
        readable(merged, query.filters[merged.name + end]) if merged.name + end in query.filters else None
        for end in (FROM, UNTIL)
    )
    if merged.format == "datetime":  # days in the installation's time zone; the last one counts to its end
        zone = platform().clock.zone
        low = datetime.combine(low, time(), zone) if low else None
        high = datetime.combine(high + timedelta(days=1), time(), zone) if high else None
        if high is not None:
            yield column < high
            high = None
    if low is not None:
        yield column >= low
    if high is not None:
        yield column <= high
