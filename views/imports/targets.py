"""What can be imported, by the last part of its address: an entity's code, `scheme`, `track-<id>`, `form-<id>`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.metadata.spec import Metadata
from config.text import Text, text
from models.access import require
from models.cycle import Form, Track
from models.errors import NotFound
from models.operations.context import find
from models.specs import MergedSpec
from plugins.registry import Registry
from views.imports.books import import_data_book, import_form_book, import_scheme_book
from views.imports.outcome import Outcome
from views.imports.registers import import_register
from views.workbooks.book import Book

Run = Callable[[Book, bool], Outcome]
_NUMBERED = re.compile(r"(track|form)-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Target:
    """`title`: what is imported; `run`: checks (False) or imports (True) an opened workbook; `back`: the page before."""

    title: Text
    run: Run
    back: str


def find_target(session: Session, specs: dict[str, MergedSpec], registry: Registry, what: str) -> Target:
    """The target called `what`, for those who may import it.  Raises NotFound, NotAllowed."""
    if numbered := _NUMBERED.fullmatch(what):
        kind, number = numbered[1], int(numbered[2])
        return _track(session, registry, number) if kind == "track" else _form(session, number)
    metadata: Metadata = session.info["metadata"]
    if what not in specs or not _importable(metadata, what):
        raise NotFound(text("There is nothing to import here.", "此处没有可导入的内容。"))
    require(session, what, "import")
    if what == "scheme":
        title = text("Scheme workbook", "考核方案工作簿")
        return Target(
            title, lambda book, commit: import_scheme_book(session, registry, book, commit), "/console/scheme/"
        )
    spec = specs[what]
    back = f"/console/{what}/" if spec.spec.tool == "console" else f"/{what}/list/"
    return Target(spec.spec.plural, lambda book, commit: import_register(session, spec, book, commit=commit), back)


def _importable(metadata: Metadata, entity: str) -> bool:
    """Whether any role may import the entity: the others have no such address."""
    granted = metadata.entities[entity].permissions.values()
    return any("import" in permission.actions for permissions in granted for permission in permissions)


def _track(session: Session, registry: Registry, track_id: int) -> Target:
    track = find(session, Track, track_id)
    require(session, "track", "import", track)
    title = text("Data of {track}", "“{track}”的数据", track=track.name)
    run: Run = lambda book, commit: import_data_book(session, registry, track_id, book, commit)  # noqa: E731
    return Target(title, run, f"/tracks/{track_id}")


def _form(session: Session, form_id: int) -> Target:
    form = find(session, Form, form_id)
    require(session, "form", "fill", form)
    title = text("Form of {participant}", "“{participant}”的填报表", participant=form.participant.name)
    return Target(title, lambda book, commit: import_form_book(session, form_id, book, commit), f"/forms/{form_id}")
