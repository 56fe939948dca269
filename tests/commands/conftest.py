"""The command line, run in this process against a copy of the demo organization."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from tests.support.databases import Databases
from tests.support.settings import environment_for
from views.commands import cli

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def demo(databases: Databases) -> Iterator[str]:
    """A copy of the demo organization that the tests of a module share."""
    with databases.copy("sqlite", "demo") as url:
        yield url


@pytest.fixture
def run(demo: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("score", "2026Q4", "--as", "indicator")`: what the command answered."""
    for name, value in environment_for(demo).items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        seeds = lambda: importlib.import_module("seeds")  # noqa: E731
        return CliRunner().invoke(cli, [*arguments], obj=seeds, input=stdin)

    return invoke
