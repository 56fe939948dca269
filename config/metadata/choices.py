"""Fills in the choices that are a catalogue of their own: roles, settings, entities, audited actions."""

from __future__ import annotations

from config.metadata.spec import EntitySpec, FieldSpec, Label, RoleSpec
from config.site import SITE_SETTINGS
from config.text import text

AUDIT_EVENTS: dict[str, Label] = {
    "insert": text("Added", "新增"),
    "update": text("Changed", "修改"),
    "delete": text("Deleted", "删除"),
    "sign_in": text("Signed in", "登录"),
    "sign_in_failed": text("Sign-in failed", "登录失败"),
    "sign_out": text("Signed out", "退出登录"),
    "export": text("Exported", "导出"),
    "import": text("Imported", "导入"),
    "read": text("Read personal data", "查看个人信息"),
}
"""What the audit trail records besides the verbs of the domain, which go by `entity.action`."""


def filled(entities: dict[str, EntitySpec], roles: dict[str, RoleSpec]) -> dict[str, EntitySpec]:
    """The same entities, with `choices` in the place of every `choices_from`."""
    catalogues: dict[str, dict[str, Label]] = {
        "roles": {code: role.label for code, role in roles.items()},
        "settings": {setting.code: setting.label for setting in SITE_SETTINGS},
        "entities": {code: spec.label for code, spec in entities.items()},
        "audited": AUDIT_EVENTS | _verbs(entities),
    }

    def with_choices(field: FieldSpec) -> FieldSpec:
        if field.choices_from is None:
            return field
        return field.model_copy(update={"choices": catalogues[field.choices_from]})

    return {
        code: spec.model_copy(update={"fields": {name: with_choices(field) for name, field in spec.fields.items()}})
        for code, spec in entities.items()
    }


def _verbs(entities: dict[str, EntitySpec]) -> dict[str, Label]:
    return {
        f"{code}.{action}": text("{entity}: {action}", "{entity}：{action}", entity=spec.label, action=label)
        for code, spec in entities.items()
        for action, label in spec.actions.items()
        if action not in {"list", "show", "add", "edit", "delete"}
    }
