"""The words on the screen in either language, from the catalogue and the metadata that the screen takes them from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from config.metadata import load_metadata
from tests.support.settings import PROJECT

LOCALES = {"en": "en-US", "zh_Hans": "zh-CN"}
CATALOGUE = Path(PROJECT) / "views/translations/zh_Hans_CN/LC_MESSAGES/messages.po"


@cache
def _catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def word(language: str, english: str) -> str:
    """A sentence of a page; KeyError when the catalogue does not hold it."""
    return english if language == "en" else _catalogue()[english]


def label(language: str, entity: str, field: str) -> str:
    """The label of an entity's field."""
    return load_metadata().entities[entity].fields[field].label.in_language(language)


def choice(language: str, entity: str, field: str, code: str) -> str:
    """The label of a choice."""
    choices = load_metadata().entities[entity].fields[field].choices or {}
    return choices[code].in_language(language)
