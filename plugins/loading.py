"""Finds plugin modules: installed packages and files in a folder.  One that fails to load is reported, never raised."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from config.text import Text, text

GROUP = "plumbline.plugins"
_log = logging.getLogger(__name__)


def load_installed() -> Iterator[tuple[str, ModuleType | Text]]:
    """(name, module or why not) of every package with an entry point, by name."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        yield point.name, _installed(point)


def load_folder(folder: Path) -> Iterator[tuple[str, ModuleType | Text]]:
    """(file name, module or why not) of every plugin file, by name; not those that begin with `_` or `.`."""
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith(("_", ".")):
            yield path.name, _file(path)


def refused(name: str, error: BaseException) -> Text:
    """The sentence for people; the details go to the log."""
    _log.warning("plugin %s failed", name, exc_info=error)
    return text(
        "it failed with {kind}; the log has the details", "运行失败（{kind}），详见日志", kind=type(error).__name__
    )


def _installed(point: EntryPoint) -> ModuleType | Text:
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:
        return refused(point.name, error)
    if isinstance(loaded, ModuleType):
        return loaded
    return text("its entry point is no module", "入口点不是模块")


def _file(path: Path) -> ModuleType | Text:
    name = f"plumbline_plugin_{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        return text("it cannot be read as a Python file", "无法作为 Python 文件读取")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pydantic look a class's module up by name
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        return refused(path.name, error)
    return module
