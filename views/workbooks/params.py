"""The cell syntax of parameters: `key=value; key=value`, split at the first `=` so that values may hold more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.text import text
from views.workbooks.problems import CellError, WorkbookError, shown
from views.workbooks.values import take_text

_SEPARATORS = ";；"
_EQUALS = "=＝"


def parse_params(value: Any) -> dict[str, str]:
    """The parameters written in a cell, values as text; raises `CellError` naming the part that is no `key=value`."""
    found: dict[str, str] = {}
    for part in take_text(value).replace("；", ";").split(";"):
        written = part.strip()
        if not written:
            continue
        key, equals, own = written.partition("=" if "=" in written else "＝")
        key, own = key.strip(), own.strip()
        if not equals or not key or not own:
            raise CellError(
                text("“{part}” is no parameter", "“{part}”不是参数", part=shown(written)),
                text("write key=value; key=value", "请按 key=value; key=value 的格式填写"),
            )
        if key in found:
            raise CellError(
                text("the parameter “{key}” stands twice", "参数“{key}”重复出现", key=key),
                text("give each parameter once", "每个参数只填写一次"),
            )
        found[key] = own
    return found


def write_params(params: Mapping[str, Any]) -> str:
    """The parameters as a cell holds them; raises `WorkbookError` for a name or value that the syntax cannot carry."""
    parts = []
    for key, value in params.items():
        if value is None:
            continue
        written = written_value(value)
        if not written or any(mark in f"{key}{written}" for mark in _SEPARATORS) or any(m in key for m in _EQUALS):
            raise WorkbookError(
                text(
                    "The parameter {key}={value} cannot be written in a workbook.",
                    "参数 {key}={value} 无法写入工作簿。",
                    key=key,
                    value=written,
                )
            )
        parts.append(f"{key}={written}")
    return "; ".join(parts)


def written_value(value: Any) -> str:
    """A parameter's value as text: true and false, whole numbers without `.0`, lists with commas."""
    if isinstance(value, list | tuple):
        return ", ".join(written_value(part) for part in value)
    return take_text(value).strip()
