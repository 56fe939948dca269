"""Settings: the catalogue says which exist and what each takes."""

from __future__ import annotations

from config.site import BY_CODE
from models.operations.rules.change import Change, Rule


def check_setting(change: Change) -> None:
    """The value is one that the setting takes."""
    setting = BY_CODE.get(str(change.values.get("code")))
    if setting is None:
        change.refuse("code", "There is no such setting.", "没有此设置项。")
        return
    refusal = setting.refusal(str(change.values.get("value") or ""))
    if refusal is not None:
        change.problems.setdefault("value", refusal)


RULES = {"setting": Rule(check_setting)}
