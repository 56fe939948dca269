"""What a request works with: the platform behind it, its database session and the person who acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, g, has_request_context
from flask.globals import app_ctx
from sqlalchemy.orm import Session, scoped_session

from config.metadata import Metadata
from config.metadata.spec import EntitySpec
from config.settings import Settings
from models.access import may
from models.actor import Actor
from models.clock import Clock
from models.db import Database
from models.specs import MergedSpec

EXTENSION = "plumbline"


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything that is made once, when the application starts."""

    settings: Settings
    metadata: Metadata
    specs: dict[str, MergedSpec]
    database: Database
    registry: Any
    clock: Clock
    sessions: scoped_session[Session]


def scope_of_context() -> int:
    """The key of this request's (or command's) session: one a Flask application context."""
    return id(app_ctx._get_current_object())  # type: ignore[attr-defined]  # a proxy


def platform() -> Platform:
    """The platform that the current application serves."""
    return cast(Platform, current_app.extensions[EXTENSION])


def session() -> Session:
    """The database session of this request; it reads and writes as `actor()`."""
    return platform().sessions()


def actor() -> Actor | None:
    """Who is signed in, by cookie or by token; None for a stranger."""
    return cast("Actor | None", g.get("actor")) if has_request_context() else None


def spec_of(entity: str) -> EntitySpec:
    """What the metadata says of `entity`."""
    return platform().metadata.entities[entity]


def allowed(entity: str, action: str) -> bool:
    """Whether some grant of the actor gives `action` on some row of `entity`; asked once a request and kept."""
    known: dict[tuple[str, str], bool] = g.setdefault("allowed", {})
    key = (entity, action)
    if key not in known:
        known[key] = _ask(entity, action)
    return known[key]


def _ask(entity: str, action: str) -> bool:
    who = actor()
    return who is not None and may(who, platform().metadata, entity, action)


def say_with(language: str) -> Callable[[Any], str]:
    """A function that renders a `Text` (or anything else) in `language`."""
    return lambda value: value.in_language(language) if hasattr(value, "in_language") else str(value)
