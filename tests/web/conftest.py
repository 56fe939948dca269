"""A small world for the web: one department, two divisions, two regions, people, and a sign-in for every role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.databases import Databases
from tests.support.settings import settings_for

PASSWORD = "Plumb-line-2024"
ROLES = {
    "admin": ("all", None),
    "comprehensive": ("all", None),
    "indicator": ("all", None),
    "regional": ("regions", None),
    "personnel": ("all", None),
    "liaison": ("unit", "BUDGET"),
    "leader": ("subtree", "BUDGET"),
    "staff": ("self", None),
    "rater": ("self", None),
    "leadership": ("all", None),
    "supervision": ("all", None),
}


def fill_world(url: str) -> None:
    """Make the world through the operations, as the system."""
    from models import migrate
    from tests.web.world import make_world

    migrate.upgrade(url)
    make_world(url)


class Browser:
    """A test client that is signed in; `csrf` goes with every form."""

    def __init__(self, app: Flask, username: str | None, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept-Language": language}
        self.username = username
        if username is not None:
            answer = self.sign_in(username)
            assert answer.status_code == 302, answer.text
        self.csrf = self.token_of("/login/" if username is None else "/password/form")

    def token_of(self, path: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found is not None, path
        return found[1]

    def sign_in(self, username: str, password: str = PASSWORD, target: str | None = None) -> TestResponse:
        path = "/login/" if target is None else f"/login/?next={target}"
        data = {"csrf_token": self.token_of("/login/"), "username": username, "password": password}
        return self.client.post(path, data=data, headers=self.headers)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers=self.headers | more.pop("headers", {}), **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post a form, with its token."""
        return self.client.post(
            path, data={"csrf_token": self.csrf, **(data or {})}, headers=self.headers | more.pop("headers", {}), **more
        )

    def json(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Call the API with the cookie and the token that its pages hold."""
        return self.client.open(
            path, method=method, json=body, headers=self.headers | {"X-CSRFToken": self.csrf} | headers
        )


class Api:
    """A program with a token."""

    def __init__(self, app: Flask, username: str) -> None:
        self.client = app.test_client()
        answer = self.client.post("/api/v1/security/login", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.headers = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.client.open(path, method=method, json=body, headers=self.headers | headers)


@dataclass
class World:
    """The application on the world's database, with sign-ins by role."""

    app: Flask

    def browser(self, role: str | None, language: str = "en") -> Browser:
        return Browser(self.app, role, language)

    def api(self, role: str) -> Api:
        return Api(self.app, role)

    @property
    def platform(self) -> Any:
        from views.context import EXTENSION

        return self.app.extensions[EXTENSION]

    def session(self) -> Session:
        """A session of the system, for looking at what happened."""
        from models.actor import SYSTEM

        session: Session = self.platform.database.session(SYSTEM)
        return session

    def id_of(self, entity: str, **values: Any) -> int:
        """The id of the one record with these values."""
        from sqlalchemy import select

        from models.specs import model_of

        with self.session() as session:
            return int(session.scalars(select(model_of(entity).id).filter_by(**values)).one())

    def record(self, entity: str, record_id: int) -> dict[str, Any]:
        """The columns of a record as they stand."""
        from sqlalchemy import inspect

        from models.specs import model_of

        with self.session() as session:
            row = session.get(model_of(entity), record_id)
            if row is None:
                return {}
            return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def make_world_app(databases: Databases) -> Callable[..., Any]:
    from contextlib import contextmanager

    @contextmanager
    def start(kind: str, root: Path, **settings: str) -> Iterator[World]:
        from app import create_app

        with databases.copy(kind, "web-world", fill_world) as url:
            world = World(create_app(settings_for(url, root, **settings)))
            yield world
            world.platform.database.dispose()

    return start


@pytest.fixture
def world(make_world_app: Callable[..., Any], database_kind: str, tmp_path: Path) -> Iterator[World]:
    """A world of this test's own, on each kind of database."""
    with make_world_app(database_kind, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_world(
    make_world_app: Callable[..., Any], database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world that the tests of one module share; they must not rely on what others leave."""
    with make_world_app(database_kind, tmp_path_factory.mktemp("world")) as made:
        yield made
