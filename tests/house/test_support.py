"""The test support itself: copies are whole and apart, the browser's watch does complain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from tests.support.browser import Watch
from tests.support.databases import Databases
from tests.support.server import served

PAGE = b"""<!doctype html><title>t</title><link rel=icon href=data:,>
<button onclick="document.title='clicked'">x</button><script nonce=n>%s</script>"""


def fill(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE thing (name VARCHAR(20))"))
        connection.execute(sa.text("INSERT INTO thing VALUES ('章')"))
    engine.dispose()


def names(url: str, more: str | None = None) -> list[str]:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if more:
            connection.execute(sa.text("INSERT INTO thing VALUES (:name)"), {"name": more})
        found = list(connection.scalars(sa.text("SELECT name FROM thing ORDER BY name")))
    engine.dispose()
    return found


def test_each_copy_starts_from_the_template(databases: Databases, database_kind: str) -> None:
    with databases.copy(database_kind, "thing", fill) as first, databases.copy(database_kind, "thing", fill) as second:
        assert first != second
        assert names(first, "later") == ["later", "章"]
        assert names(second) == ["章"]


def test_a_copy_is_gone_afterwards(databases: Databases, database_kind: str) -> None:
    with databases.copy(database_kind, "thing", fill) as url:
        names(url)
    with pytest.raises(sa.exc.OperationalError):
        names(url)


def page_with(script: bytes) -> Callable[..., list[bytes]]:
    def application(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        policy = "default-src 'self' data:; script-src 'nonce-n'; connect-src *"
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Security-Policy", policy)])
        return [PAGE % script]

    return application


@pytest.fixture
def complaints_of(page: Page, watch: Watch) -> Iterator[Callable[[bytes], list[str]]]:
    def visit(script: bytes) -> list[str]:
        with served(page_with(script)) as url:
            page.goto(url)
            page.click("button")
            page.wait_for_timeout(300)
            page.goto("about:blank")
        return list(watch.complaints)

    yield visit
    watch.expect("")


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        (b"throw new Error('broken')", "uncaught: .*broken"),
        (b"console.error('broken')", "console: broken"),
        (b"fetch('http://example.org/x').catch(() => 0)", "left this machine: http://example.org/x"),
        (b"", "console: .*Content Security Policy"),
    ],
)
def test_the_browser_is_watched(
    complaints_of: Callable[[bytes], list[str]], script: bytes, complaint: str
) -> None:
    found = complaints_of(script)
    assert any(re.search(complaint, line, re.DOTALL) for line in found), found
