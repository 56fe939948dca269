"""The search box: units, posts, people, schemes and cycles by code or name, among those the person may list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.access import criteria
from models.cycle import Cycle
from models.organization import Person, Post, Unit
from models.scheme import Scheme
from views.context import actor, allowed, platform, session
from views.pages.access import guarded
from views.shell.i18n import say
from views.shell.links import record_url
from views.shell.naming import name_of

blueprint = guarded("search")
PER_KIND = 10
SEARCHED: tuple[type[Any], ...] = (Unit, Post, Person, Scheme, Cycle)
COLUMNS = ("code", "name", "name_en", "name_sort")


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found."""

    code: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more`: there is more than is shown."""

    label: str
    hits: list[Hit]
    more: bool


@blueprint.get("/search")
def results() -> ResponseReturnValue:
    """What fits the words in `q`, one query a kind."""
    words = request.args.get("q", "").strip()[:80]
    groups = [group for model in SEARCHED if (group := _group(session(), model, words))] if words else []
    return render_template("pages/search.html", words=words, groups=groups)


def _group(session: Session, model: type[Any], words: str) -> Group | None:
    if not allowed(model.entity, "list"):
        return None
    found = list(session.scalars(_query(model, words).limit(PER_KIND + 1)))
    if not found:
        return None
    spec = platform().metadata.entities[model.entity]
    hits = [Hit(row.code, name_of(row), record_url(spec, row.id)) for row in found[:PER_KIND]]
    return Group(say(spec.plural), hits, len(found) > PER_KIND)


def _query(model: type[Any], words: str) -> Select[Any]:
    """The rows that may be listed and hold every word somewhere."""
    columns = [getattr(model, name) for name in COLUMNS if hasattr(model, name)]
    query = select(model).order_by(model.code)
    reach = criteria(actor(), platform().metadata, model, "list")
    if reach is not None:
        query = query.where(reach)
    for word in words.split()[:6]:
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return query
