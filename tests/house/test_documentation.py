"""What a person can type is in the README: every command, every setting, every make target."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click

from config.settings import KNOWN
from tests.support.settings import PROJECT
from tests.support.sources import content, expect_none

README = Path("README.md")


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """The full name of every command below `group`: `init`, `user add` …"""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{name} is listed and does not exist"
        assert command.get_short_help_str(200), f"{name} does not say what it does"
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name


def command_line() -> click.Group:
    """The group that `python app.py` runs."""
    groups = [value for value in vars(importlib.import_module("app")).values() if isinstance(value, click.Group)]
    assert groups, "app.py has no command line"
    return groups[0]


def test_every_command_is_documented() -> None:
    readme = content(README)
    names = sorted(commands(command_line()))
    assert len(names) > 5
    expect_none(name for name in names if not re.search(rf"(app\.py |`){re.escape(name)}\b", readme))


def test_every_setting_is_documented() -> None:
    readme = content(README)
    expect_none(name for name in sorted(KNOWN) if name.removeprefix("PLUMBLINE_") not in readme)


def test_every_make_target_is_documented() -> None:
    readme = content(README)
    targets = re.findall(r"^\.PHONY: (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)[0].split()
    internal = {"packages", "clean"}
    assert [target for target in targets if target not in internal and f"make {target}" not in readme] == []
