"""The platform served over HTTP, in this process, by the server that `app.py serve` uses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from waitress import create_server, wasyncore  # type: ignore[import-untyped]

from config.settings import Settings
from tests.support.databases import Databases
from tests.support.settings import DEMO_PASSWORD, settings_for


@dataclass(frozen=True)
class LiveServer:
    """A running server: `url` without a slash at the end; every demo sign-in has `password`."""

    url: str
    app: Flask
    settings: Settings
    password: str = DEMO_PASSWORD


Serve = Callable[..., LiveServer]


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[str]:
    """Serve a WSGI application on a free port of 127.0.0.1; its address."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    stop = threading.Event()

    def loop() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)

    thread = threading.Thread(target=loop, name="live server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        stop.set()
        thread.join(10)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets, ignore_all=True)


@pytest.fixture(scope="module")
def serve(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`serve(kind, template="demo", **settings)`: one more server on a database copy of its own, until the module ends.

    `settings`: by name without the prefix, such as `SESSION_HOURS="1"`.
    """
    from app import create_app
    from views.context import EXTENSION

    with ExitStack() as open_servers:

        def start(kind: str, template: str = "demo", **more: str) -> LiveServer:
            url = open_servers.enter_context(databases.copy(kind, template))
            settings = settings_for(url, tmp_path_factory.mktemp("installation"), **more)
            app = create_app(settings)
            open_servers.callback(app.extensions[EXTENSION].database.dispose)
            return LiveServer(open_servers.enter_context(served(app)), app, settings)

        yield start


@pytest.fixture(scope="module")
def live_server(serve: Serve, database_kind: str) -> LiveServer:
    """The demo organization, served to the tests of one module, on each kind of database."""
    return serve(database_kind)
