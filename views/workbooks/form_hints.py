"""What a form's cell says and accepts while it is being filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

from config.text import Text, text
from views.workbooks.form_sheet import FormLine

_TITLE_LIMIT, _MESSAGE_LIMIT = 32, 255
_LOWEST, _HIGHEST = -1e15, 1e15
_FIRST_DAY, _LAST_DAY = date(1900, 3, 1), date(9999, 12, 31)


def validation_of(line: FormLine, words: tuple[str, str]) -> dict[str, Any]:
    """The spreadsheet's own check of a line's value; `words`: yes and no in the file's language."""
    if line.value_type == "date":
        return {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
    if line.value_type == "yes_no":
        return {"validate": "list", "source": list(words)}
    if line.value_type == "choice":
        return {"validate": "any"}
    if line.value_type == "text":
        return {"validate": "any"}
    low = _LOWEST if line.minimum is None else line.minimum
    high = _HIGHEST if line.maximum is None else line.maximum
    kind = (
        "integer" if line.value_type == "count" and float(low).is_integer() and float(high).is_integer() else "decimal"
    )
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def hint_of(line: FormLine, language: str) -> dict[str, Any]:
    """The hint beside a cell that is being filled in, and the message when its value is refused."""
    wanted = expected(line).in_language(language)
    hint = f"{wanted}\n{line.standard}" if line.standard else wanted
    title = f"{line.item} {line.name}"
    return {
        "input_title": title[:_TITLE_LIMIT],
        "input_message": hint[:_MESSAGE_LIMIT],
        "error_title": line.item[:_TITLE_LIMIT],
        "error_message": wanted[:_MESSAGE_LIMIT],
    }


def expected(line: FormLine) -> Text:
    """What a right value of a line would be."""
    if line.value_type == "date":
        return text("A date such as 2025-12-31", "日期，例如 2025-12-31")
    if line.value_type == "yes_no":
        return text("Yes or no", "是或否")
    if line.value_type == "choice":
        return text("One of: {options}", "可选：{options}", options=", ".join(line.options))
    if line.value_type == "text":
        return text("Text", "文字")
    unit = f" {line.unit_of_measure}" if line.unit_of_measure else ""
    low, high = _number(line.minimum), _number(line.maximum)
    if low and high:
        return text(
            "A number from {low} to {high}{unit}", "{low} 到 {high} 之间的数{unit}", low=low, high=high, unit=unit
        )
    if low:
        return text("A number of {low} or more{unit}", "不小于 {low} 的数{unit}", low=low, unit=unit)
    if high:
        return text("A number of {high} or less{unit}", "不大于 {high} 的数{unit}", high=high, unit=unit)
    return text("A number{unit}", "数字{unit}", unit=unit)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
