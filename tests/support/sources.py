"""The project's own files, as the house tests read them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.support.settings import PROJECT

FLOORS = ("config", "plugins", "models", "views", "seeds")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or will be under version control, relative to the project."""
    listed = subprocess.run(
        # a continuous-integration user is often not the owner of the clone
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (Path(name) for name in sorted(set(listed.stdout.split("\0"))) if name)
    return tuple(path for path in paths if (PROJECT / path).is_file())


def below(*folders: str, suffix: str) -> list[Path]:
    """The files with `suffix` below the given folders (paths relative to the project); migrations left out."""
    wanted = [Path(folder).parts for folder in folders]
    return [
        path
        for path in files()
        if path.suffix == suffix
        and "versions" not in path.parts
        and any(path.parts[: len(parts)] == parts for parts in wanted)
    ]


def code() -> list[Path]:
    """Our Python modules, tests and migrations left out."""
    return [*below(*FLOORS, suffix=".py"), *below("app.py", suffix=".py")]


def content(path: Path) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def expect_none(findings: Iterable[str]) -> None:
    """Fail with every finding on a line of its own, unless there is none."""
    found = list(findings)
    assert not found, "\n" + "\n".join(found)
