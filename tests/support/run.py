"""One test run: its options, which tests it leaves out and why, and the folder its worker processes share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

OPT_IN = {"soak": "an exhaustive proof: make soak", "bench": "a timing: make bench"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("plumbline")
    for name, reason in OPT_IN.items():
        group.addoption(f"--{name}", action="store_true", help=f"run the tests marked {name} ({reason})")
    group.addoption("--shots", metavar="FOLDER", help="leave the screenshots that browser tests take in FOLDER")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        for name, reason in OPT_IN.items():
            if item.get_closest_marker(name) and not config.getoption(name):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every worker process of this run shares."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def leader_pid() -> int:
    """The process that outlives every worker of this run."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file `path`: one process of the run at a time."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def lacking(what: str) -> None:
    """Leave the test out for want of `what`; where the whole machine is ours (CI), that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing", pytrace=False)
    pytest.skip(f"{what} is missing: make test installs it where that is permitted")
