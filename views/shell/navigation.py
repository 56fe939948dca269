"""The navigation by role: the lines of the metadata's menu that the actor may follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for

from config.metadata.spec import MenuItem, Metadata
from models.access import may
from models.actor import Actor
from views.shell.i18n import say
from views.shell.links import list_url


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the navigation; `count` is how much waits there for the actor."""

    label: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of lines."""

    label: str
    links: tuple[Link, ...]


def menu(actor: Actor, metadata: Metadata, counts: Mapping[str, int] | None = None) -> list[Section]:
    """The sections of the navigation with at least one line that `actor` may follow.

    `counts`: endpoint → how much waits there.
    """
    sections = []
    for section in metadata.menu:
        links = tuple(_link(item, metadata, counts or {}) for item in section.items if _open_to(item, actor, metadata))
        if links:
            sections.append(Section(say(section.label), links))
    return sections


def _open_to(item: MenuItem, actor: Actor, metadata: Metadata) -> bool:
    """Whether the actor may follow a line: by the entity's permission, by role, or both."""
    if item.roles is not None and not actor.roles.intersection(item.roles):
        return False
    return item.entity is None or may(actor, metadata, item.entity, item.action)


def _link(item: MenuItem, metadata: Metadata, counts: Mapping[str, int]) -> Link:
    if item.endpoint is not None:
        url = url_for(item.endpoint)
        label = say(item.label) if item.label else say(metadata.entities[str(item.entity)].plural)
    else:
        spec = metadata.entities[str(item.entity)]
        url, label = list_url(spec), say(item.label or spec.plural)
    return Link(label, url, _is_here(url), counts.get(item.endpoint or "", 0))


def _is_here(url: str) -> bool:
    """Whether the request is on this line's page or on one below it."""
    here = request.script_root + request.path
    if url == f"{request.script_root}/":
        return here == url
    base = url.removesuffix("list/")
    return here.startswith(base)
