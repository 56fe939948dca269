"""Findings that several checks share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from config.text import Text, text
from plugins.engine.scheme import Finding, Place


def error(sheet: str, key: str | None, column: str | None, why: Text, index: int | None = None) -> Finding:
    """An error at a place."""
    return Finding(Place(sheet, key, column, index), why)


def note(sheet: str, key: str | None, column: str | None, why: Text, index: int | None = None) -> Finding:
    """Something worth knowing at a place."""
    return Finding(Place(sheet, key, column, index), why, "note")


def unknown(value: object, known: Iterable[str], en: str, zh_Hans: str) -> Text:
    """That there is no such thing (named by `en`, `zh_Hans`), with the nearest known one."""
    shown = str(value)[:60]
    near = get_close_matches(shown, [name for name in known if name], 1)
    if near:
        return text(
            f"there is no {en} “{{value}}”; did you mean “{{near}}”?",
            f"没有{zh_Hans}“{{value}}”，是否应为“{{near}}”？",
            value=shown,
            near=near[0],
        )
    return text(f"there is no {en} “{{value}}”", f"没有{zh_Hans}“{{value}}”", value=shown)


def one_of(value: object, allowed: Sequence[str]) -> Text | None:
    """None for a value among `allowed`, else the sentence that lists them."""
    if value in allowed:
        return None
    return text(
        "“{value}” is none of {allowed}",
        "“{value}”不在允许的取值 {allowed} 之中",
        value=str(value)[:60],
        allowed=", ".join(allowed),
    )


def is_number(value: Any) -> bool:
    """A finite number, no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: Any, least: int, most: int) -> bool:
    """A whole number from `least` to `most`."""
    return is_number(value) and value == int(value) and least <= value <= most


def bad_decimals(value: Any) -> Text | None:
    """None for a sensible number of decimals, or None itself."""
    if value is None or is_whole(value, 0, 10):
        return None
    return text(
        "decimals must be a whole number from 0 to 10, not “{value}”",
        "小数位应为 0 到 10 的整数，而不是“{value}”",
        value=str(value)[:60],
    )


def repeated(sheet: str, column: str, codes: Sequence[str]) -> Iterator[Finding]:
    """An error for each code that is blank or stands there a second time."""
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if not isinstance(code, str) or not code.strip():
            yield error(sheet, None, column, text("a code is missing", "缺少代码"), index)
        elif code in seen:
            yield error(
                sheet, code, column, text("the code “{code}” stands twice", "代码“{code}”重复", code=code), index
            )
        seen.add(code)
