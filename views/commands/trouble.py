"""How commands say what is wrong: one line a finding on standard error, exit status 1."""

from __future__ import annotations

import locale
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import click

from config.text import Text


def language() -> str:
    """The language of the terminal."""
    return "zh_Hans" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def sentence(value: Any) -> str:
    """`value` as a line in the terminal's language."""
    return value.in_language(language()) if isinstance(value, Text) else str(value)


def refuse(findings: Iterable[Any]) -> NoReturn:
    """Print every finding to standard error and end with status 1."""
    for finding in findings:
        click.echo(sentence(finding), err=True)
    sys.exit(1)
