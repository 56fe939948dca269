"""Imports go down only: file by file here, and through every chain by the contracts in pyproject.toml."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.settings import PROJECT
from tests.support.sources import FLOORS, code, content, expect_none

HEIGHT = {"config": 1, "plugins": 2, "models": 3, "models.operations": 4, "views": 5, "seeds": 5, "app": 6}
WEB = {"flask", "flask_admin", "flask_login", "flask_sqlalchemy", "werkzeug", "wtforms"}
NEVER = {
    "config": {*WEB, "flask_appbuilder", "sqlalchemy"},
    "plugins": {*WEB, "flask_appbuilder", "sqlalchemy"},
    "models": WEB,
    "models.operations": WEB,
}


def floor_of(module: str) -> str | None:
    """The floor that a dotted name belongs to, None for what is not ours."""
    names = module.split(".")
    two = ".".join(names[:2])
    return two if two in HEIGHT else names[0] if names[0] in HEIGHT else None


def imported(path: Path, source: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a module imports, relative imports resolved."""
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def upward(path: Path, source: str) -> list[str]:
    """What is wrong with the imports of one module."""
    here = floor_of(".".join(path.with_suffix("").parts))
    if here is None:
        return []
    found = []
    for line, target in imported(path, source):
        there = floor_of(target)
        if there and there != here and HEIGHT[there] >= HEIGHT[here]:
            found.append(f"{path}:{line}: {here} imports {target}")
        if target.split(".")[0] in NEVER.get(here, ()):
            found.append(f"{path}:{line}: {here} must not know {target}")
    return found


def test_imports_go_down_only() -> None:
    expect_none(line for path in code() for line in upward(path, content(path)))


@pytest.mark.parametrize(
    ("path", "source", "wrong"),
    [
        ("config/x.py", "import models", True),
        ("config/x.py", "from flask import g", True),
        ("plugins/x.py", "def f():\n    from sqlalchemy import select", True),
        ("plugins/engine/x.py", "from ..x import y", False),
        ("models/x.py", "from models.operations import cycles", True),
        ("models/x.py", "from .operations.cycles import open_cycle", True),
        ("models/x.py", "import wtforms", True),
        ("models/operations/x.py", "from models.cycle import Cycle", False),
        ("models/operations/x.py", "import werkzeug.security", True),
        ("views/x.py", "import seeds", True),
        ("views/x.py", "from models.operations import cycles", False),
        ("seeds/x.py", "from views import shell", True),
        ("views/x.py", "from app import create_app", True),
        ("app.py", "import views, seeds", False),
    ],
)
def test_the_rule_tells_up_from_down(path: str, source: str, wrong: bool) -> None:
    assert bool(upward(Path(path), source)) is wrong


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_see_a_chain(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for floor in FLOORS:
        (tmp_path / floor).mkdir()
        (tmp_path / floor / "__init__.py").touch()
    assert contracts(tmp_path).returncode == 0

    (tmp_path / "config" / "helper.py").write_text("import flask\n")
    (tmp_path / "plugins" / "method.py").write_text("import config.helper\n")
    (tmp_path / "models" / "unit.py").write_text("import views\n")
    broken = contracts(tmp_path)
    assert broken.returncode == 1
    assert "2 broken" in broken.stdout
