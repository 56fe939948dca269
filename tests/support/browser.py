"""Chromium for tests.  Whatever a page complains of fails the test, and nothing may leave this machine."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.support.run import lacking

LOCAL = {"127.0.0.1", "localhost"}
# Chromium calls home in the background; the last one keeps even a forgotten address from being looked up.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
NewPage = Callable[..., Page]


class Watch:
    """What the pages of one test complained of.

    Console errors (violations of the content security policy are among them), uncaught exceptions, requests to
    other machines.
    """

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """Complaints that match the regular expression `pattern` belong to what the test does."""
        self._expected.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page that `context` has or will open."""
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("request", self._on_request)

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(pattern.search(line) for pattern in self._expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOCAL:
            self.complaints.append(f"left this machine: {request.url}")


def chromium() -> str | None:
    """Where the browser is: the variable CHROMIUM, else Debian's program or another of its names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the worker."""
    program = chromium()
    if program is None:
        lacking("Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The complaints of this test's pages; any that the test did not expect fail it."""
    seen = Watch()
    yield seen
    assert not seen.unexpected(), "the browser complained:\n" + "\n".join(seen.unexpected())


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """`new_page(locale="en-US", width=1280, height=900, **more)`: a page with cookies of its own.

    `more` goes to Playwright's `new_context`, such as `color_scheme="dark"`.
    """
    with ExitStack() as contexts:

        def open_page(locale: str = "en-US", width: int = 1280, height: int = 900, **more: object) -> Page:
            context = browser.new_context(
                locale=locale,
                timezone_id="Asia/Shanghai",
                viewport={"width": width, "height": height},
                **more,  # type: ignore[arg-type]
            )
            contexts.callback(context.close)
            context.set_default_timeout(15_000)
            watch.follow(context)
            return context.new_page()

        yield open_page


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page in English, 1280 by 900."""
    return new_page()


@pytest.fixture
def shot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], Path]:
    """`shot(page, "ranking")`: a full-page screenshot, kept when the run was given `--shots FOLDER`."""
    folder = Path(request.config.getoption("--shots") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
        return path

    return take
