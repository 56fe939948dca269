"""What a session knows of its surroundings, typed: who acts, the metadata, the clock and the plugins."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.metadata.spec import Metadata
from config.text import text
from models.actor import Actor
from models.clock import Clock
from models.errors import Invalid, NotFound, Stale
from models.specs import MergedSpec, merge, model_of
from plugins.registry import Registry, build_registry

T = TypeVar("T")

RUNNING = "unit_of_work"
"""Key of `session.info`, set while a verb is under way."""

_specs: dict[str, dict[str, MergedSpec]] = {}
"""Merged specs by the fingerprint of the metadata they were merged from: pure, so every session shares them."""


def actor_of(session: Session) -> Actor:
    """Who acts in this session; KeyError when it was opened without one."""
    actor: Actor = session.info["actor"]
    return actor


def metadata_of(session: Session) -> Metadata:
    """The metadata that this session goes by."""
    metadata: Metadata = session.info["metadata"]
    return metadata


def spec_of(session: Session, entity: str) -> MergedSpec:
    """The merged spec of `entity`; NotFound when there is no such entity."""
    metadata = metadata_of(session)
    if metadata.fingerprint not in _specs:
        _specs[metadata.fingerprint] = merge(metadata)
    spec = _specs[metadata.fingerprint].get(entity)
    if spec is None:
        raise NotFound(text("There is no register called “{entity}”.", "没有名为“{entity}”的登记册。", entity=entity))
    return spec


def clock_of(session: Session) -> Clock:
    """The session's clock, the only one that is asked for now."""
    clock: Clock = session.info["clock"]
    return clock


def now_of(session: Session) -> datetime:
    """This moment, aware."""
    return clock_of(session).now()


def today_of(session: Session) -> date:
    """Today in the clock's zone."""
    return clock_of(session).today()


@lru_cache(maxsize=1)
def _built_in_registry() -> Registry:
    return build_registry()


def registry_of(session: Session, registry: Registry | None = None) -> Registry:
    """The plugins to go by: those given, else the session's, else the built-in ones."""
    given = registry or session.info.get("registry")
    return given if given is not None else _built_in_registry()


def find(session: Session, model: type[T], record_id: int | None) -> T:
    """The row within the actor's reach; NotFound otherwise, whether it does not exist or is hidden.

    Within a verb the row is kept from others' changes until the verb ends, so that the version read is the newest.
    """
    query = select(model).where(model.id == record_id)  # type: ignore[attr-defined]
    found: T | None = session.scalars(held(session, query, model)).one_or_none()
    if found is None:
        raise NotFound(text("There is no such record within your reach.", "在您的权限范围内没有此记录。"))
    return found


def held(session: Session, query: Any, model: type[Any]) -> Any:
    """The query with its rows of `model` locked when a verb is under way (PostgreSQL; SQLite has one writer)."""
    return query.with_for_update(of=model, key_share=True) if session.info.get(RUNNING) else query


def find_record(session: Session, entity: str, record_id: int) -> Any:
    """The row of `entity` by its id, within the actor's reach."""
    return find(session, model_of(entity), record_id)


def require_version(record: Any, version: int | None) -> None:
    """Refuse a step on a record that was saved since it was read: Stale, or Invalid when no version is said."""
    if version is None:
        raise Invalid(text("Say which version of the record you read.", "请说明所读取记录的版本。"))
    if version != record.version:
        raise Stale(record.version, {}, {})
