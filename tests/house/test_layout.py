"""The shape of the tree: the agreed top level, a README a floor, files and functions that fit in one's head."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.sources import FLOORS, below, code, content, expect_none, files

FOLDERS = (*FLOORS, "tests")
TOP = {*FOLDERS, "app.py", "README.md"}
SUPPORT = re.compile(
    r"(Makefile|LICENSE|NOTICE|(CHANGELOG|CONTRIBUTING|SECURITY)\.md|pyproject\.toml|requirements[-\w]*\.(txt|in)|\.[\w.-]+)$"
)
FILE_LINES = 400
FACTORY_LINES = 150
FUNCTION_LINES = 60
MACHINE = re.compile(r"(?<![\w.*}<>])/(work|farm|root|tmp|home)/[\w.-]+")
REGISTRY = re.compile(r"https?://[\w.-]*(pypi|pythonhosted|npmjs|debian)\.(org|com)")
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".in", ".html", ".css", ".js", ".cfg", ".sh", ".po", ""}


def too_long(path: Path, source: str) -> list[str]:
    limit = FACTORY_LINES if path == Path("app.py") else FILE_LINES
    count = len(source.splitlines())
    found = [f"{path}: {count} lines, more than {limit}"] if count > limit else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES}")
    return found


def of_one_machine(path: Path, source: str) -> list[str]:
    """Registry hosts anywhere; absolute paths of a machine outside of tests, which invent some."""
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        if REGISTRY.search(line):
            found.append(f"{path}:{number}: names a package registry")
        if path.parts[0] != "tests" and (match := MACHINE.search(line)):
            found.append(f"{path}:{number}: a path of one machine: {match[0]}")
    return found


def test_the_top_level_is_as_agreed() -> None:
    expect_none(name for name in sorted({path.parts[0] for path in files()} - TOP) if not SUPPORT.match(name))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_floor_says_what_lives_there(folder: str) -> None:
    readme = Path(folder, "README.md")
    assert readme in files()
    assert len(content(readme)) > 200


def test_files_and_functions_are_short() -> None:
    expect_none(line for path in code() for line in too_long(path, content(path)))


def test_nothing_is_of_one_machine() -> None:
    readable = [path for path in files() if path.suffix in TEXT]
    expect_none(line for path in readable for line in of_one_machine(path, content(path)))


def test_locks_pin_everything_and_name_no_place() -> None:
    for lock in below(".", suffix=".txt"):
        for line in content(lock).splitlines():
            assert re.fullmatch(r"#.*|-r requirements\.txt|[\w.-]+==[\w.]+", line), f"{lock}: {line}"


def test_the_rules_can_fail() -> None:
    assert too_long(Path("models/x.py"), "x = 1\n" * (FILE_LINES + 1))
    assert not too_long(Path("models/x.py"), "x = 1\n" * FILE_LINES)
    assert too_long(Path("app.py"), "x = 1\n" * (FACTORY_LINES + 1))
    assert too_long(Path("models/x.py"), "def f():\n" + "    x = 1\n" * FUNCTION_LINES)
    assert not too_long(Path("models/x.py"), "def f():\n" + "    x = 1\n" * (FUNCTION_LINES - 1))
    assert of_one_machine(Path("Makefile"), "cd " + "/" + "home/me/project")
    assert not of_one_machine(Path("Makefile"), "../shared/home/cases")
    assert of_one_machine(Path("tests/x.py"), "https://files." + "pythonhosted" + ".org/x")
    assert not SUPPORT.match("scripts")
