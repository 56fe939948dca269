"""Sign-ins and grants: a role is granted only as far as roles may reach, between days in order."""

from __future__ import annotations

from models.operations.context import metadata_of
from models.operations.rules.change import Change, Rule

OF_A_UNIT = ("subtree", "unit")


def check_grant(change: Change) -> None:
    """The scope is one that the role may have; it names a unit exactly when it hangs on one."""
    change.in_order("starts_on", "ends_on")
    metadata, values = metadata_of(change.session), change.values
    role = metadata.roles.get(str(values.get("role")))
    if role is not None and values.get("scope") not in role.scopes:
        change.refuse(
            "scope",
            "The role {role} can reach: {scopes}.",
            "角色“{role}”可用的适用范围：{scopes}。",
            role=role.label,
            scopes=", ".join(role.scopes),
        )
    if values.get("scope") in OF_A_UNIT and values.get("unit") is None:
        change.refuse("unit", "Say which unit the grant reaches.", "请选择授权适用的单位。")
    if values.get("scope") not in OF_A_UNIT and values.get("unit") is not None:
        change.refuse("unit", "This reach hangs on no unit; leave it empty.", "该适用范围与单位无关，请留空。")


RULES = {"grant": Rule(check_grant)}
