"""The results workbook's sheets: which columns they have and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.text import Text, text
from plugins.engine.results import Results
from plugins.engine.scheme import Item
from views.workbooks.outcolumns import OutColumn

LABELS: Mapping[str, Text] = {
    "rank": text("Rank", "名次"),
    "group": text("Group", "组别"),
    "group_rank": text("Rank in group", "组内名次"),
    "participant": text("Code", "考核对象代码"),
    "name": text("Name", "名称"),
    "total": text("Total", "总分"),
    "grade": text("Grade", "等次"),
    "bonus": text("Bonus", "加分"),
    "deduction": text("Deduction", "扣分"),
    "veto": text("Vetoes", "否决"),
    "item": text("Item", "指标"),
    "actual": text("Actual", "实际值"),
    "target": text("Target", "目标值"),
    "rate": text("Rate", "得分率"),
    "weight": text("Weight (share)", "权重（占比）"),
    "points": text("Points", "得分"),
    "method": text("Method", "计分方法"),
    "explanation": text("Explanation", "说明"),
    "reason": text("Reason", "原因"),
    "kind": text("Kind", "类别"),
    "sheet": text("Sheet", "工作表"),
    "cell": text("Cell", "单元格"),
    "message": text("Message", "说明"),
    "key": text("Item", "项目"),
    "value": text("Value", "内容"),
}
SHEET_TITLES: Mapping[str, Text] = {
    "ranking": text("Ranking", "排名"),
    "scores": text("Scores", "得分明细"),
    "unscored": text("Not scored", "未计分"),
    "notes": text("Notes", "备注"),
    "about": text("About these results", "结果说明"),
    "changes": text("Changes", "变化"),
}
ABOUT: Mapping[str, Text] = {
    "scheme": text("Scheme", "考核方案"),
    "scheme_name": text("Scheme's name", "方案名称"),
    "version": text("Version", "版本"),
    "cycle": text("Cycle", "考核周期"),
    "run": text("Run", "计算批次"),
    "state": text("State", "状态"),
    "input_hash": text("Input hash", "输入摘要"),
    "result_hash": text("Result hash", "结果摘要"),
    "code": text("Verification code", "验证码"),
    "part": text("Participants in this file", "本文件所含考核对象"),
    "participants": text("Participants", "考核对象数"),
    "scored": text("Scored", "已计分"),
    "time": text("Time", "时间"),
}
OPTIONAL = frozenset({"state", "result_hash", "code", "part"})
"""Facts that a headless evaluation does not have."""
NOTE_KINDS: Mapping[str, Text] = {
    "void_ballot": text("Void ballot", "无效评价"),
    "quota_tie": text("Tie at a quota", "名额同分"),
    "not_computed": text("Not computed", "无法计算"),
    "scheme": text("Scheme", "考核方案"),
    "data": text("Data", "数据"),
    "no_effect": text("No effect", "不起作用"),
    "plugin": text("Plugin", "插件"),
}


@dataclass(frozen=True, slots=True)
class About:
    """Where results come from: what the sheet `about` says besides the scheme and the plugins' versions.

    `state`: such as “trial” or “published”, in words; blank when it does not apply.  `code`: by which the platform
    knows its own workbook again; it stands in the footer of every sheet too.  `part`: “12 of 40” where the file holds
    only some of the participants.
    """

    input_hash: str
    generated_at: datetime
    cycle: str = ""
    run: str = ""
    state: str = ""
    result_hash: str = ""
    code: str = ""
    part: str = ""


def heading(code: str, language: str | None) -> str:
    """A column's heading: the code itself when headless, else its label."""
    if language is None or code not in LABELS:
        return code
    return LABELS[code].in_language(language)


def column(code: str, language: str | None, kind: str = "text", **more: object) -> OutColumn:
    """A column of the results, headed in the file's language."""
    return OutColumn(code, heading(code, language), kind, **more)  # type: ignore[arg-type]


def top_items(results: Results) -> list[Item]:
    """The items whose points stand in the ranking: the children of the single root dimension, else the parentless."""
    scored = [item for item in results.scheme.items if item.kind in {"dimension", "indicator"}]
    parentless = [item for item in scored if not item.parent]
    if len(parentless) == 1 and parentless[0].kind == "dimension":
        return [item for item in scored if item.parent == parentless[0].code]
    return parentless


def number_format(decimals: int) -> str:
    """A spreadsheet's format with a fixed number of decimals."""
    return "0" if decimals <= 0 else "0." + "0" * decimals


def ranking_columns(results: Results, language: str | None) -> list[OutColumn]:
    """rank, group, group_rank, participant, name, total, grade, the top-level items, bonus, deduction, veto."""
    total = number_format(results.scheme.decimals)
    marks = number_format(max(2, results.scheme.decimals))
    grades = {band.code: band.name or band.code for band in results.scheme.grades} if language else {}
    return [
        column("rank", language, "integer"),
        column("group", language),
        column("group_rank", language, "integer"),
        column("participant", language, "code"),
        column("name", language),
        column("total", language, "number", number_format=total),
        column("grade", language, "choice", options=grades),
        *(_item_column(item, language, marks) for item in top_items(results)),
        column("bonus", language, "number", number_format=marks),
        column("deduction", language, "number", number_format=marks),
        column("veto", language, "integer"),
    ]


def _item_column(item: Item, language: str | None, marks: str) -> OutColumn:
    label = item.code if language is None or not item.name else item.name
    return OutColumn(f"item:{item.code}", label, "number", number_format=marks)


def score_columns(language: str | None) -> list[OutColumn]:
    """participant, item, name, actual, target, rate, weight, points, method, explanation."""
    return [
        column("participant", language, "code"),
        column("item", language, "code"),
        column("name", language),
        column("actual", language, "mixed"),
        column("target", language, "mixed"),
        column("rate", language, "number", number_format="0.0000"),
        column("weight", language, "number", number_format="0.0000"),
        column("points", language, "number", number_format="0.00"),
        column("method", language, "code"),
        column("explanation", language, width=66.0, wrap=True),
    ]


def about_columns(language: str | None) -> list[OutColumn]:
    """key and value, whatever it is."""
    return [column("key", language, width=30.0), column("value", language, "mixed", width=70.0)]


def about_rows(facts: Mapping[str, object], language: str | None) -> Iterator[Sequence[object]]:
    """The rows of the sheet `about`, by the keys of ABOUT; what is None or blank and may be is left out."""
    for key, value in facts.items():
        if value not in (None, "") or key not in OPTIONAL:
            yield [ABOUT[key].in_language(language) if language else key, value]


def plain_columns(codes: Sequence[str], language: str | None) -> list[OutColumn]:
    """Columns of text, the last one wide."""
    columns = [column(code, language, "code" if code in {"participant", "cell"} else "text") for code in codes]
    last = codes[-1]
    return [*columns[:-1], column(last, language, width=90.0, wrap=True)]
