"""The application on a small department, and browsers without a browser: one a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from models.clock import FixedClock
from tests.pages.browsing import Visitor
from tests.pages.organization import NOW, PASSWORD, fill
from tests.support.databases import Databases
from tests.support.settings import settings_for
from views import wiring
from views.context import EXTENSION

Visit = Callable[..., Visitor]


def make_app(url: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, in which it is NOW."""
    monkeypatch.setattr(wiring, "Clock", lambda zone: FixedClock(NOW, zone))
    app = wiring.create_app(settings_for(url, root))
    app.config["RATELIMIT_ENABLED"] = False
    return app


@pytest.fixture
def app(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application on a department of this test's own."""
    with databases.copy("sqlite", "pages_department", fill) as url:
        made = make_app(url, tmp_path, monkeypatch)
        yield made
        made.extensions[EXTENSION].database.dispose()


@pytest.fixture(scope="module")
def shared_app(databases: Databases, database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a department that the tests of one module only read, on each kind of database."""
    with databases.copy(database_kind, "pages_department", fill) as url, pytest.MonkeyPatch.context() as patch:
        made = make_app(url, tmp_path_factory.mktemp("installation"), patch)
        yield made
        made.extensions[EXTENSION].database.dispose()


@pytest.fixture
def visit(app: Flask) -> Visit:
    """`visit("liaison")`: a visitor signed in by that name; `visit(None)`: a stranger; `language`: en or zh_Hans."""
    return _visits(app)


@pytest.fixture(scope="module")
def look(shared_app: Flask) -> Visit:
    """The same on the shared department; whoever signed in once stays so."""
    visit, known = _visits(shared_app), dict[tuple[str, str], Visitor]()

    def looking(name: str | None, language: str = "en") -> Visitor:
        if name is None:
            return visit(None, language)
        if (name, language) not in known:
            known[name, language] = visit(name, language)
        return known[name, language]

    return looking


def _visits(app: Flask) -> Visit:
    def visitor(name: str | None, language: str = "en") -> Visitor:
        made = Visitor(app, language)
        if name is not None:
            made.sign_in(name, PASSWORD)
        return made

    return visitor
