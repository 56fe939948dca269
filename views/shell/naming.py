"""What records are called on screen: the English name where the page is English and there is one."""

from __future__ import annotations

import re
from typing import Any

from views.shell.i18n import language

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def pick_name(name: str, name_en: str | None) -> str:
    """The one of two names that fits the page's language."""
    return name_en if name_en and language() == "en" else name


def name_of(record: Any) -> str:
    """The display name of a record that has `name` (and may have `name_en`, `code`); '' for None."""
    if record is None:
        return ""
    name = pick_name(getattr(record, "name", "") or "", getattr(record, "name_en", None))
    return name or str(getattr(record, "code", None) or record)


def code_and_name(record: Any) -> str:
    """`B1 Budget execution rate`."""
    return f"{record.code} {name_of(record)}" if name_of(record) != record.code else str(record.code)


def person_name(first: str, last: str) -> str:
    """A sign-in's name: family name first and unspaced in Chinese, last in Western writing."""
    joined = f"{last}{first}".strip()
    return joined if _CHINESE.search(joined) else f"{first} {last}".strip()


def initials(name: str) -> str:
    """At most two signs that stand for a person."""
    if _CHINESE.search(name):
        return name[:1]
    return "".join(word[0] for word in name.split()[:2]).upper() or "?"
