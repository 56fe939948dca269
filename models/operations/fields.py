"""One field of a record: what was typed becomes the stored type, is checked, and is shown again.

References are resolved in `keys`; everything else of a field's conversion is here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from config.text import Text, text
from models.operations.values import (
    Unreadable,
    is_blank,
    read_date,
    read_datetime,
    read_integer,
    read_number,
    read_yes_no,
    shown_number,
    tidy,
    written_parameter,
)
from models.specs import MergedField

TEXTS = frozenset({"text", "long_text"})


def read_value(field: MergedField, value: Any, zone: tzinfo) -> Any:
    """The typed value of a field that is no reference; None when nothing was given.  Raises Unreadable."""
    if is_blank(value):
        return _blank(field)
    if field.spec.choices is not None:
        return _read_choice(field, value)
    kind = field.stored.kind
    if kind in TEXTS:
        return _read_text(field, value)
    if kind == "json":
        return _read_json(field.name, value)
    if kind == "datetime":
        return read_datetime(value, zone)
    simple: dict[str, Callable[[Any], Any]] = {"date": read_date, "integer": read_integer, "yes_no": read_yes_no}
    if kind in simple:
        typed = simple[kind](value)
    elif kind == "number":
        share = field.spec.max is not None and field.spec.max <= 1
        typed = read_number(value, percent=field.format == "percent", share=share)
    else:
        raise Unreadable(text("This cannot be set here.", "此项不能在此设置。"))
    _check_range(field, typed)
    return typed


def _blank(field: MergedField) -> Any:
    """What stands for nothing: an empty text where the column takes no null, else None."""
    if field.stored.kind in TEXTS and not field.stored.nullable and field.stored.has_default:
        return field.spec.default if field.spec.default is not None else ""
    if field.stored.kind == "json":
        return [] if field.name == "table_rows" else {}
    return None


def _read_choice(field: MergedField, value: Any) -> Any:
    choices = field.spec.choices or {}
    written = tidy(_as_text(value)).lower()
    for code, label in choices.items():
        if written in (code.lower(), tidy(label.en).lower(), tidy(label.zh_Hans).lower()):
            return code
    names_en = ", ".join(f"{code} ({label.en})" for code, label in choices.items())
    names_zh = "、".join(f"{code}（{label.zh_Hans}）" for code, label in choices.items())
    raise Unreadable(Text("Choose one of: {en}.", "请选择：{zh}。", (("en", names_en), ("zh", names_zh))))


def _as_text(value: Any) -> str:
    """A cell as the text that it shows: whole numbers without a point, days in ISO form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return shown_number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_text(field: MergedField, value: Any) -> str:
    written = _as_text(value)
    written = written.strip("\r\n") if field.stored.kind == "long_text" else written.strip()
    if "\x00" in written:
        raise Unreadable(text("A character here cannot be stored.", "此处含有无法保存的字符。"))
    length = field.stored.length
    if length is not None and len(written) > length:
        raise Unreadable(
            text(
                "At most {length} characters fit here; these are {count}.",
                "此处最多 {length} 个字符，现有 {count} 个。",
                length=length,
                count=len(written),
            )
        )
    if field.spec.pattern is not None and not re.fullmatch(field.spec.pattern, written):
        raise Unreadable(_pattern_text(field))
    return written


def _pattern_text(field: MergedField) -> Text:
    if field.spec.help is not None:
        return text(
            "“{label}” is not written like this. {help}",
            "“{label}”的格式不正确。{help}",
            label=field.label,
            help=field.spec.help,
        )
    return text("“{label}” is not written like this.", "“{label}”的格式不正确。", label=field.label)


def _check_range(field: MergedField, value: Any) -> None:
    low, high = field.spec.min, field.spec.max
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return
    if low is not None and value < low:
        raise Unreadable(text("This must be at least {low}.", "不能小于 {low}。", low=shown_number(low)))
    if high is not None and value > high:
        raise Unreadable(text("This must be at most {high}.", "不能大于 {high}。", high=shown_number(high)))
    if field.stored.kind == "integer" and abs(value) > 2**31 - 1:
        raise Unreadable(text("This number is too large.", "数值过大。"))


def _read_json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return _checked_table(value) if name == "table_rows" else _checked_params(value)
    written = value.strip()
    if written[:1] in "[{":
        try:
            loaded = json.loads(written)
        except ValueError as error:
            raise Unreadable(text("This is not well-formed.", "格式不正确。")) from error
        return _read_json(name, loaded)
    pairs = [_pair(part) for part in re.split(r"[;；\n]", written) if part.strip()]
    return _checked_table([list(pair) for pair in pairs]) if name == "table_rows" else dict(pairs)


def _pair(part: str) -> tuple[str, str]:
    name, found, value = part.replace("＝", "=").partition("=")
    if not found or not name.strip():
        raise Unreadable(text("Write name=value; name=value.", "请写成 名称=值; 名称=值 的形式。"))
    return name.strip(), value.strip()


def _checked_params(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping) and all(isinstance(v, (str, int, float, bool)) for v in value.values()):
        return {str(name): written_parameter(given) for name, given in value.items()}
    raise Unreadable(text("Write name=value; name=value.", "请写成 名称=值; 名称=值 的形式。"))


def _checked_table(value: Any) -> list[list[Any]]:
    """Rows of x and rate; an x that reads as a number is one, an option stays a text."""
    if not isinstance(value, (list, tuple)):
        raise Unreadable(text("Write x=rate; x=rate.", "请写成 x=得分率; x=得分率 的形式。"))
    rows = []
    for row in value:
        if not isinstance(row, (list, tuple)) or len(row) != 2:
            raise Unreadable(text("Each row has two parts: x and its rate.", "每行应包含两项：x 和得分率。"))
        x, rate = row
        rows.append([_number_or_text(x), read_number(rate)])
    return rows


def _number_or_text(x: Any) -> float | str:
    try:
        return read_number(x)
    except Unreadable:
        return str(x).strip()


def shown(field: MergedField, value: Any) -> Any:
    """A stored value as a person writes it, such that reading it gives the same value again."""
    if value is None:
        return ""
    if field.stored.kind == "json":
        return _shown_json(value)
    return value


def _shown_json(value: Any) -> str:
    pairs = value.items() if isinstance(value, Mapping) else value
    if any(isinstance(part, str) and re.search(r"[;；=\n]|^[\[{]", part) for pair in pairs for part in pair):
        return json.dumps(value, ensure_ascii=False)
    return "; ".join(f"{_as_text(name)}={_as_text(rest)}" for name, rest in pairs)
