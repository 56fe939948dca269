"""The catalogues of sentences: what the code asks for, what each language answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.support.settings import PROJECT

FOLDER = PROJECT / "views" / "translations"


def catalogues() -> dict[str, Path]:
    """Locale → its .po file."""
    return {path.parts[-3]: path for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))}


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def extracted(folder: Path) -> Catalog:
    """Every sentence that views and templates ask for, as `make messages` finds them."""
    target = folder / "messages.pot"
    program = Path(sys.executable).with_name("pybabel")
    command = [f"{program}", "--quiet", "extract", "-F", "pyproject.toml", "-o", f"{target}", "."]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return read(target)


def pytest_sessionstart() -> None:
    """Compile what a test run without make would otherwise show untranslated."""
    for path in catalogues().values():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            draft = compiled.with_suffix(f".{os.getpid()}.mo")
            with draft.open("wb") as file:
                write_mo(file, read(path))
            draft.replace(compiled)
