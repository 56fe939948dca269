"""The settings that an administrator changes on screen: what each is called, what it takes and what holds at first.

The values are kept as text in the database (`models.setting`); this catalogue says what the text means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from config.text import Text, text

Kind = Literal["text", "long_text", "whole_number"]


@dataclass(frozen=True, slots=True)
class SiteSetting:
    """One setting: `default` as stored; `smallest` and `greatest` bound a whole number, or the length of a text."""

    code: str
    label: Text
    help: Text
    kind: Kind
    default: str
    smallest: int = 0
    greatest: int = 200

    def read(self, stored: str) -> str | int:
        """The typed value of what is stored.  Raises ValueError when it is not one; `refusal` says why."""
        if self.refusal(stored) is not None:
            raise ValueError(self.code)
        if self.kind == "whole_number":
            return int(stored)
        return stored

    def refusal(self, written: str) -> Text | None:
        """Why `written` is no value of this setting, None when it is one."""
        bounds = {"smallest": self.smallest, "greatest": self.greatest}
        if self.kind == "whole_number":
            digits = written.strip()
            if digits.isascii() and digits.isdigit() and self.smallest <= int(digits) <= self.greatest:
                return None
            return text(
                "Write a whole number from {smallest} to {greatest}.",
                "请填写 {smallest} 至 {greatest} 之间的整数。",
                **bounds,
            )
        if self.smallest <= len(written.strip()) and len(written) <= self.greatest:
            return None
        return text("Write {smallest} to {greatest} characters.", "请填写 {smallest} 至 {greatest} 个字符。", **bounds)


SITE_SETTINGS: tuple[SiteSetting, ...] = (
    SiteSetting(
        "site_name",
        text("Name of the platform", "平台名称"),
        text("Shown at the top of every page in Chinese and in workbooks.", "显示在中文页面顶部和导出的工作簿中。"),
        "text",
        "标准化绩效管理平台",
        smallest=1,
        greatest=60,
    ),
    SiteSetting(
        "site_name_en",
        text("English name of the platform", "平台英文名称"),
        text("Shown at the top of every page in English.", "显示在英文页面顶部。"),
        "text",
        "Standardized Performance Management",
        smallest=1,
        greatest=60,
    ),
    SiteSetting(
        "organization_name",
        text("Name of the organization", "机构名称"),
        text("Heads the workbooks that go out.", "显示在对外导出工作簿的标题区。"),
        "text",
        "",
        greatest=120,
    ),
    SiteSetting(
        "announcement",
        text("Announcement", "公告"),
        text("Shown on everybody's home page in Chinese; empty: none.", "显示在所有人的中文首页；留空则不显示。"),
        "long_text",
        "",
        greatest=2000,
    ),
    SiteSetting(
        "announcement_en",
        text("Announcement in English", "英文公告"),
        text("Shown on everybody's home page in English; empty: none.", "显示在所有人的英文首页；留空则不显示。"),
        "long_text",
        "",
        greatest=2000,
    ),
    SiteSetting(
        "due_soon_days",
        text("Days before the deadline that count as due soon", "临近截止提醒天数"),
        text(
            "A form whose deadline is nearer than this is marked as due soon.",
            "距填报截止不足该天数的填报表标记为“即将截止”。",
        ),
        "whole_number",
        "7",
        greatest=90,
    ),
)
"""Every setting that exists, in the order of the screen."""


BY_CODE = {setting.code: setting for setting in SITE_SETTINGS}
"""Code → setting."""
