"""Sentences that the lower floors say to people, in every language at once.

The floors below `views` know neither Flask nor a request's language.  A `Text` therefore carries one
template a language and the parameters; whoever shows it chooses.  A missing translation is a missing argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LANGUAGES = ("en", "zh_Hans")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in English and Simplified Chinese.

    `en`, `zh_Hans`: templates for `str.format`; `params`: (name, value) pairs.  A value may itself be a Text.
    """

    en: str
    zh_Hans: str
    params: tuple[tuple[str, Any], ...] = ()

    def in_language(self, language: str) -> str:
        """The sentence in `language` (`en`, `zh_Hans` or a longer locale such as `zh_Hans_CN`)."""
        template = self.zh_Hans if language.startswith("zh") else self.en
        values = {k: v.in_language(language) if isinstance(v, Text) else v for k, v in self.params}
        return template.format(**values) if values else template

    def __str__(self) -> str:
        return self.in_language("en")


def text(en: str, zh_Hans: str, **params: Any) -> Text:
    """A `Text` from its two templates and named parameters."""
    return Text(en, zh_Hans, tuple(params.items()))
