"""What every command that touches the database needs: the installation, and a session in someone's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.metadata import MetadataError
from config.settings import SettingsError, load_settings
from config.text import text
from models import migrate
from models.access import load_actor
from models.actor import SYSTEM, Actor
from models.cycle import Cycle, Track
from models.errors import NotFound, PlumblineError, Refused
from models.scheme import Scheme, SchemeVersion
from views.commands.trouble import language, refuse
from views.context import Platform
from views.wiring import make_app, make_platform
from views.workbooks.problems import WorkbookError


@contextmanager
def installation() -> Iterator[Platform]:
    """This installation, its database up to date.

    Whatever is refused within ends the command with every reason on standard error and status 1.
    """
    try:
        platform = make_platform(load_settings())
    except (SettingsError, MetadataError) as error:
        refuse(error.findings)
    if migrate.current(platform.settings.database_url) != migrate.head():
        refuse([text("The database is not up to date; run `init` first.", "数据库尚未升级，请先运行 init。")])
    try:
        yield platform
    except Refused as error:
        refuse([error.text, *(getattr(finding, "text", finding) for finding in error.findings)])
    except WorkbookError as error:
        refuse([problem.line(language()) for problem in error.problems] or [error.text])
    except PlumblineError as error:
        refuse([error.text, *(said for said in error.fields.values() if said != error.text)])
    finally:
        platform.database.dispose()


@contextmanager
def session_as(platform: Platform, username: str) -> Iterator[Session]:
    """A session in which the sign-in `username` acts from the command line; NotFound when there is none."""
    with platform.database.session(actor_called(platform, username), registry=platform.registry) as session:
        yield session


@contextmanager
def request_as(platform: Platform, username: str | None) -> Iterator[Session]:
    """The same within a request of nobody's browser, so that pages' own workbooks can be written from here.

    None: as the system, for what is only read and compared.
    """
    app = make_app(platform)
    with app.test_request_context(headers={"Accept-Language": language().replace("_", "-")}):
        g.actor = SYSTEM if username is None else actor_called(platform, username)
        session = platform.sessions()
        session.info.update(actor=g.actor, registry=platform.registry)
        yield session


def actor_called(platform: Platform, username: str) -> Actor:
    """The actor behind a sign-in, with the grants of today."""
    with platform.database.session(SYSTEM) as session:
        return load_actor(session, username, source="command", on=platform.clock.today(), language=language())


def tracks_of(session: Session, name: str) -> list[Track]:
    """The tracks meant by `CYCLE` or `CYCLE/SCHEME`, by their codes; NotFound when there are none."""
    cycle, _, scheme = name.partition("/")
    query = (
        select(Track)
        .join(Cycle, Track.cycle_id == Cycle.id)
        .join(SchemeVersion, Track.scheme_version_id == SchemeVersion.id)
        .join(Scheme, SchemeVersion.scheme_id == Scheme.id)
        .where(Cycle.code == cycle)
        .order_by(Track.id)
    )
    if scheme:
        query = query.where(Scheme.code == scheme)
    found = list(session.scalars(query))
    if not found:
        raise NotFound(text("There is no track “{name}”.", "没有考核组别“{name}”。", name=name))
    return found
