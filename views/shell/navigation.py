"""The navigation by role: the lines of the metadata's menu that the actor may follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import request

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

    `counts`: the path of a page of our own → how much waits there.
    """
    sections = []
    for section in metadata.menu:
        links = tuple(_link(item, metadata, counts or {}) for item in section.items if _open_to(item, actor, metadata))
        if links:
            sections.append(Section(say(section.label), _mark_here(links)))
    return sections


def _open_to(item: MenuItem, actor: Actor, metadata: Metadata) -> bool:
    """Whether the actor may follow a line: by the entity's permission, by role, or both."""
    if item.roles is not None and not actor.roles.intersection(item.roles):
        return False
    return item.entity is None or may(actor, metadata, item.entity, item.action)


def _link(item: MenuItem, metadata: Metadata, counts: Mapping[str, int]) -> Link:
    spec = metadata.entities.get(item.entity or "")
    label = item.label or (spec.plural if spec else None)
    url = request.script_root + item.url if item.url else list_url(spec) if spec else ""
    return Link(say(label), url, False, counts.get(item.url or "", 0))


def _mark_here(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The same lines, the one marked whose page this is or lies below."""
    here = request.script_root + request.path
    inside = [link.url for link in links if here == link.url or (_base(link.url) and here.startswith(_base(link.url)))]
    nearest = max(inside, key=len, default=None)
    return tuple(replace(link, current=True) if link.url == nearest else link for link in links)


def _base(url: str) -> str:
    """The address that everything of a line lies below; '' for the home page, which lies above everything."""
    return "" if url == f"{request.script_root}/" else url.removesuffix("list/")
