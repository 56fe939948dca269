"""The application on a small department, and browsers without a browser: one a role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@dataclass
class Stage:
    """An application whose database can be put back to what it was, and who has signed in to it."""

    app: Flask
    path: Path
    pristine: Path
    visit: Visit

    def reset(self) -> None:
        """Everything as it was, at NOW; who signed in stays so."""
        platform = self.app.extensions[EXTENSION]
        platform.database.dispose()
        for left in self.path.parent.glob(f"{self.path.name}-*"):
            left.unlink()
        shutil.copyfile(self.pristine, self.path)
        platform.clock.moment = NOW


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One application for the tests of a module that write, each from the same start."""
    root = tmp_path_factory.mktemp("installation")
    with databases.copy("sqlite", "pages_department", fill) as url, pytest.MonkeyPatch.context() as patch:
        path, pristine = Path(url.removeprefix("sqlite:///")), root / "pristine.db"
        shutil.copyfile(path, pristine)
        made = make_app(url, root, patch)
        yield Stage(made, path, pristine, _remembered(made))
        made.extensions[EXTENSION].database.dispose()


@pytest.fixture
def app(stage: Stage) -> Flask:
    """The application on a department as it was made."""
    stage.reset()
    return stage.app


@pytest.fixture(scope="module")
def shared_app(databases: Databases, database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a department that the tests of one module only read, on each kind of database."""
    with databases.copy(database_kind, "pages_department", fill) as url, pytest.MonkeyPatch.context() as patch:
        made = make_app(url, tmp_path_factory.mktemp("installation"), patch)
        yield made
        made.extensions[EXTENSION].database.dispose()


@pytest.fixture
def visit(stage: Stage, app: Flask) -> Visit:
    """`visit("liaison")`: a visitor signed in by that name; `visit(None)`: a stranger; `language`: en or zh_Hans."""
    return stage.visit


@pytest.fixture(scope="module")
def look(shared_app: Flask) -> Visit:
    """The same on the shared department."""
    return _remembered(shared_app)


def _remembered(app: Flask) -> Visit:
    """Visitors of `app`; whoever signed in once stays so, for signing in is slow on purpose."""
    known: dict[tuple[str, str], Visitor] = {}

    def visitor(name: str | None, language: str = "en") -> Visitor:
        if name is None:
            return Visitor(app, language)
        if (name, language) not in known:
            known[name, language] = Visitor(app, language)
            known[name, language].sign_in(name, PASSWORD)
        return known[name, language]

    return visitor
