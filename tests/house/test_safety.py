"""Ways in that our code does not leave open: evaluated text, unsafe loading, a shell, a clock of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.sources import code, content, expect_none

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "jsonpickle"}
UNSAFE_METHODS = {"read_pickle", "to_pickle", "eval", "unsafe_load", "full_load", "system", "popen"}
SAFE_LOADERS = {"SafeLoader", "CSafeLoader"}
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def called(node: ast.Call) -> tuple[str, str]:
    """The last two names of what is called: `yaml.load(…)` is ("yaml", "load"), `f(…)` is ("", "f")."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return getattr(owner, "attr", getattr(owner, "id", "")), node.func.attr
    return "", getattr(node.func, "id", "")


def unsafe_call(node: ast.Call) -> str | None:
    owner, name = called(node)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if (not owner and isinstance(node.func, ast.Name) and name in RUNS_TEXT) or (owner and name in UNSAFE_METHODS):
        return f"calls {name}"
    if (owner, name) == ("yaml", "load"):
        loader = keywords.get("Loader") or (node.args[1] if len(node.args) > 1 else None)
        if getattr(loader, "attr", getattr(loader, "id", "")) not in SAFE_LOADERS:
            return "yaml.load without a safe loader"
    shell = keywords.get("shell")
    if shell is not None and not (isinstance(shell, ast.Constant) and shell.value is False):
        return "starts a shell"
    return None


def findings(path: Path, source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        wrong: str | None = None
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            names = {module.split(".")[0], *(alias.name.split(".")[0] for alias in node.names)}
            wrong = f"imports {', '.join(names & UNSAFE_MODULES)}" if names & UNSAFE_MODULES else None
        elif isinstance(node, ast.Call):
            wrong = unsafe_call(node)
            if called(node) in CLOCK and path.name != "clock.py":
                wrong = "asks for the time past the injected clock"
        if wrong:
            found.append(f"{path}:{node.lineno}: {wrong}")  # type: ignore[attr-defined]
    return found


def test_our_code_leaves_these_ways_shut() -> None:
    expect_none(line for path in code() for line in findings(path, content(path)))


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "exec(text, {})",
        "compile(text, '', 'eval')",
        "import pickle",
        "from marshal import loads",
        "pd.read_pickle(path)",
        "frame.eval('a + b')",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.UnsafeFullThing)",
        "subprocess.run(command, shell=True)",
        "os.system(command)",
        "datetime.now(UTC)",
        "datetime.date.today()",
    ],
)
def test_the_rule_can_fail(source: str) -> None:
    assert findings(Path("models/x.py"), source)


@pytest.mark.parametrize(
    "source",
    [
        "re.compile(pattern)",
        "yaml.load(text, Loader=yaml.CSafeLoader)",
        "yaml.load(text, yaml.SafeLoader)",
        "spec.loader.exec_module(module)",
        "clock.now()",
        "subprocess.run(command, shell=False)",
    ],
)
def test_the_rule_can_pass(source: str) -> None:
    assert findings(Path("models/x.py"), source) == []
