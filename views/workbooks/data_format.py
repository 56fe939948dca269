"""The data workbook's sheets and columns, with their labels in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from plugins.engine.scheme import Item
from views.workbooks.table import Column
from views.workbooks.values import (
    NOT_APPLICABLE,
    choice_taker,
    is_not_applicable,
    take_date,
    take_integer,
    take_number,
    take_text,
    take_yes_no,
)

DATA_SHEETS = ("participants", "actual", "target", "baseline", "ratings", "adjustments", "linked")
VALUE_SHEETS = ("actual", "target", "baseline")

_PARTICIPANT = ("Participant", "考核对象", "考核对象代码")

PARTICIPANT_COLUMNS: tuple[Column, ...] = (
    Column("code", "code", ("Code", "代码"), required=True),
    Column("name", "text", ("Name", "名称")),
    Column("group", "code", ("Ranking group", "排名组", "组别")),
    Column("parent", "code", ("Parent", "上级")),
    Column("parent_grade", "code", ("Parent's grade", "上级等次")),
)
RATING_COLUMNS: tuple[Column, ...] = (
    Column("participant", "code", _PARTICIPANT, required=True),
    Column("item", "code", ("Item", "指标", "指标代码"), required=True),
    Column("rater", "code", ("Rater", "评价人")),
    Column("group", "code", ("Group", "评价组", "组别")),
    Column("score", "number", ("Score", "评分"), required=True),
)
ADJUSTMENT_COLUMNS: tuple[Column, ...] = (
    Column("participant", "code", _PARTICIPANT, required=True),
    Column("item", "code", ("Item", "指标", "指标代码"), required=True),
    Column("occurrences", "number", ("Occurrences", "次数"), minimum=0),
    Column("points", "number", ("Points", "分值"), minimum=0),
    Column("reason", "text", ("Reason", "原因", "理由")),
)
LINKED_COLUMNS: tuple[Column, ...] = (
    Column("participant", "code", _PARTICIPANT, required=True),
    Column("from", "code", ("From", "来源"), required=True),
    Column("rate", "number", ("Rate", "得分率"), required=True),
)


def value_columns(items: Iterable[Item], sheet: str) -> tuple[Column, ...]:
    """The columns of `actual`, `target` or `baseline`: the participant, then one for each item by code or name."""
    return (
        Column("participant", "code", _PARTICIPANT, required=True),
        *(Column(item.code, "raw", (item.name,), take=value_taker(item, sheet)) for item in items),
    )


def value_taker(item: Item, sheet: str) -> Callable[[Any], float | str]:
    """The function that takes a value of an item: a float (dates as ordinals, yes as 1), an option, or `n/a`."""
    take = _taker(item, sheet)

    def take_value(value: Any) -> float | str:
        return NOT_APPLICABLE if is_not_applicable(value) else take(value)

    return take_value


def _taker(item: Item, sheet: str) -> Callable[[Any], float | str]:
    kind = item.value_type
    if kind == "date":
        return lambda value: float(take_date(value).toordinal())
    if kind == "yes_no":
        return lambda value: float(take_yes_no(value))
    if kind == "count" and sheet == "actual":
        return lambda value: float(take_integer(value))
    if kind == "choice":
        options: dict[str, tuple[str, ...]] = {str(row.x): () for row in item.table}
        return choice_taker(options) if options else lambda value: take_text(value).strip()
    return take_text if kind == "text" else take_number
