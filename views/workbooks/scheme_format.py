"""The scheme workbook's sheets, columns, settings and closed lists, with their labels in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from views.workbooks.params import parse_params
from views.workbooks.table import Column

Options = Mapping[str, tuple[str, ...]]

KINDS: Options = {
    "dimension": ("Dimension", "维度"),
    "indicator": ("Indicator", "指标"),
    "bonus": ("Bonus", "加分", "加分项"),
    "deduction": ("Deduction", "扣分", "扣分项"),
    "veto": ("Veto", "否决", "一票否决"),
}
VALUE_TYPES: Options = {
    "number": ("Number", "数值", "数字"),
    "percent": ("Percent", "百分比"),
    "money": ("Money", "金额"),
    "count": ("Count", "次数", "计数"),
    "date": ("Date", "日期"),
    "choice": ("Choice", "选项"),
    "yes_no": ("Yes or no", "是否"),
    "text": ("Text", "文本"),
}
DIRECTIONS: Options = {"higher": ("Higher is better", "越高越好"), "lower": ("Lower is better", "越低越好")}
MISSING: Options = {
    "zero": ("Zero", "计零分"),
    "exclude": ("Exclude", "剔除"),
    "mean": ("Mean", "取平均"),
    "block": ("Block", "阻止计算"),
}
EVIDENCE: Options = {"none": ("None", "无"), "optional": ("Optional", "可选"), "required": ("Required", "必需")}
APPLIES_TO: Options = {
    "unit": ("Unit", "单位"),
    "person": ("Person", "个人", "人员"),
    "region": ("Region", "地区", "市县"),
}
WEIGHTING: Options = {"points": ("Points", "分值"), "percent": ("Percent", "百分比")}
RANK_METHODS: Options = {
    "competition": ("Competition", "并列占位"),
    "dense": ("Dense", "并列不占位"),
    "ordinal": ("Ordinal", "依次排列"),
}
QUOTA_GROUPS: Options = {"group": ("Ranking group", "排名组"), "parent": ("Parent", "上级"), "all": ("All", "全部")}
QUOTA_TIES: Options = {"exclude": ("Exclude", "不突破"), "include": ("Include", "一并列入")}
ROUNDINGS: Options = {
    "down": ("Down", "向下取整"),
    "nearest": ("Nearest", "四舍五入"),
    "up": ("Up", "向上取整"),
}

SCHEME_SHEETS = ("scheme", "items", "tables", "raters", "grades")

SETTING_COLUMNS = (
    Column("key", "text", ("Key", "Setting", "项目", "设置"), required=True),
    Column("value", "raw", ("Value", "值", "内容")),
)

# One column a setting: the sheet lists them downwards, each is taken like a cell of such a column.
SETTINGS: tuple[Column, ...] = (
    Column("code", "code", ("Code", "代码"), required=True),
    Column("name", "text", ("Name", "名称")),
    Column("applies_to", "choice", ("Applies to", "适用对象"), options=APPLIES_TO),
    Column("full_marks", "number", ("Full marks", "满分")),
    Column("weighting", "choice", ("Weighting", "权重方式"), options=WEIGHTING),
    Column("min_total", "number_or_none", ("Lowest total", "最低总分")),
    Column("max_total", "number_or_none", ("Highest total", "最高总分")),
    Column("decimals", "integer", ("Decimals", "小数位数"), minimum=0, maximum=12),
    Column("rank_method", "choice", ("Rank method", "排名方式"), options=RANK_METHODS),
    Column("tie_breakers", "text", ("Tie breakers", "同分比较项")),
    Column("missing", "choice", ("Missing values", "缺失处理"), options=MISSING),
    Column("quota_group", "choice", ("Quota group", "名额分组"), options=QUOTA_GROUPS),
    Column("quota_tie", "choice", ("Tie at the quota", "名额同分处理"), options=QUOTA_TIES),
    Column("cycle_end", "date", ("Cycle end", "周期截止日")),
    Column("version", "text", ("Version", "版本")),
)

ITEM_COLUMNS: tuple[Column, ...] = (
    Column("code", "code", ("Code", "代码"), required=True),
    Column("parent", "code", ("Parent", "上级")),
    Column("kind", "choice", ("Kind", "类别"), options=KINDS, required=True),
    Column("name", "text", ("Name", "名称")),
    Column("weight", "number", ("Weight", "权重")),
    Column("aggregate", "code", ("Aggregate", "汇总方式")),
    Column("method", "code", ("Method", "计分方法")),
    Column("params", "text", ("Parameters", "参数"), take=parse_params),
    Column("value_type", "choice", ("Value type", "数据类型"), options=VALUE_TYPES),
    Column("unit", "text", ("Unit of measure", "计量单位")),
    Column("direction", "choice", ("Direction", "方向"), options=DIRECTIONS),
    Column("source", "text", ("Source", "数据来源")),
    Column("frequency", "text", ("Frequency", "频率")),
    Column("missing", "choice", ("Missing values", "缺失处理"), options=MISSING),
    Column("floor", "number_or_none", ("Floor", "下限")),
    Column("cap", "number_or_none", ("Cap", "上限", "封顶")),
    Column("decimals", "integer", ("Decimals", "小数位数"), minimum=0, maximum=12),
    Column("evidence", "choice", ("Evidence", "佐证材料"), options=EVIDENCE),
    Column("standard", "text", ("Standard", "评分标准")),
    Column("participant", "code", ("Participant", "考核对象")),
)


TABLE_COLUMNS: tuple[Column, ...] = (
    Column("item", "code", ("Item", "指标", "指标代码"), required=True),
    Column("x", "raw", ("X", "Value", "取值"), required=True),
    Column("rate", "number", ("Rate", "得分率"), required=True),
)
RATER_COLUMNS: tuple[Column, ...] = (
    Column("group", "code", ("Group", "评价组", "组别"), required=True),
    Column("name", "text", ("Name", "名称")),
    Column("weight", "number", ("Weight", "权重")),
    Column("min_raters", "integer", ("Fewest raters", "最少评价人数"), minimum=1),
    Column("ballot_rule", "text", ("Ballot rule", "打分规则")),
)
GRADE_COLUMNS: tuple[Column, ...] = (
    Column("code", "code", ("Code", "代码"), required=True),
    Column("name", "text", ("Name", "名称")),
    Column("min_score", "number", ("Lowest score", "最低分")),
    Column("quota", "number", ("Quota", "名额比例"), minimum=0, maximum=1),
    Column("rounding", "choice", ("Rounding", "取整方式"), options=ROUNDINGS),
    Column("requires", "text", ("Requires", "条件")),
    Column("quota_if_parent", "text", ("Quota by the parent's grade", "按上级等次的名额")),
)
