"""No floor above the guard speaks to the database past it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.sources import code, content

ABOVE = ("views", "seeds", "app.py")
STATEMENTS = {"text", "insert", "update", "delete", "table", "literal_column", "create_engine", "TextClause", "DDL"}
SESSIONS = {"sessionmaker", "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings"}
CALLS = {"exec_driver_sql", "read_sql", "read_sql_query", "read_sql_table", "to_sql"} | SESSIONS
ATTRIBUTES = {"__table__", "local_table", "persist_selectable"}


def above(path: Path) -> bool:
    return path.parts[0] in ABOVE


def operation(path: Path) -> bool:
    return path.parts[:2] == ("models", "operations")


def wrong(node: ast.AST, path: Path) -> str | None:
    """Why a piece of code is a way round the guard; None when it is none."""
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
        return next((f"imports {alias.name}" for alias in node.names if alias.name in STATEMENTS | SESSIONS), None)
    if isinstance(node, ast.Attribute):
        if node.attr in CALLS or (node.attr in ATTRIBUTES and above(path)):
            return node.attr
        if node.attr == "execute" and isinstance(node.value, ast.Call):
            return next((f"{name}().execute" for name in ("connection", "connect") if called(node.value) == name), None)
        if node.attr in {"connection", "engine"} and above(path) and isinstance(node.ctx, ast.Load):
            return node.attr
    if above(path) and isinstance(node, ast.keyword) and node.arg == "skip_scope":
        return "skip_scope"
    if above(path) and isinstance(node, ast.Constant) and node.value == "skip_scope":
        return "skip_scope"
    return None


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def findings(path: Path, source: str) -> list[str]:
    if not (above(path) or operation(path)):
        return []
    tree = ast.parse(source)
    return [f"{path}:{getattr(n, 'lineno', 0)}: {reason}" for n in ast.walk(tree) if (reason := wrong(n, path))]


def test_nothing_goes_round_the_guard() -> None:
    assert [found for path in code() for found in findings(path, content(path))] == []


@pytest.mark.parametrize("place", ["views/x.py", "seeds/x.py", "models/operations/x.py"])
@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import text",
        "from sqlalchemy import select, update",
        "from sqlalchemy.sql import literal_column",
        "from sqlalchemy.orm import sessionmaker",
        "session.bulk_save_objects(rows)",
        "pandas.read_sql(query, engine)",
        "session.connection().execute(statement)",
        "frame.to_sql('post', connection)",
    ],
)
def test_the_rule_can_fail(place: str, source: str) -> None:
    assert findings(Path(place), source)


@pytest.mark.parametrize(
    "source",
    [
        "select(Post.__table__)",
        "session.execute(select(Post).execution_options(skip_scope=True))",
        "session.execute(query, execution_options={'skip_scope': True})",
        "database.engine.connect()",
        "session.connection()",
    ],
)
def test_above_the_models_more_is_refused(source: str) -> None:
    assert findings(Path("views/x.py"), source)


@pytest.mark.parametrize(
    "source",
    ["from sqlalchemy import select", "session.scalars(select(Post))", "from config.text import text", "x.execute(y)"],
)
def test_the_rule_can_pass(source: str) -> None:
    assert findings(Path("views/x.py"), source) == []
    assert findings(Path("models/guard.py"), "from sqlalchemy import update") == []
