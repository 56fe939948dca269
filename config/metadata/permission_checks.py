"""Checks of who may do what: roles, actions, workflow."""

from __future__ import annotations

import re
from collections.abc import Mapping

from config.metadata.finding import nearest
from config.metadata.source import Place, Source
from config.metadata.spec import ACTIONS, EVERYONE, EntitySpec, Permission, RoleSpec
from config.text import text

VERB = re.compile(r"[a-z][a-z_]*")


def check_permissions(spec: EntitySpec, source: Source, roles: Mapping[str, RoleSpec]) -> None:
    """Add to the source's findings what is wrong with the workflow, the verbs and the permissions of `spec`."""
    _workflow(spec, source)
    _verbs(spec, source)
    for role, permissions in spec.permissions.items():
        if role not in roles and role != EVERYONE:
            source.add(
                "META-020",
                ("permissions", role),
                text("There is no role “{role}”.", "没有角色“{role}”。", role=role),
                nearest(role, [*roles, EVERYONE]),
            )
        common = spec.permissions.get(EVERYONE, ())
        for number, permission in enumerate(permissions):
            _actions(permission, ("permissions", role, number), spec, source)
        _reads_what_it_writes(role, (*common, *permissions), spec, source)


def _actions(permission: Permission, place: Place, spec: EntitySpec, source: Source) -> None:
    for number, action in enumerate(permission.actions):
        if action not in spec.actions:
            source.add(
                "META-021",
                (*place, "actions", number),
                text(
                    "{entity} has no action “{action}”.",
                    "{entity} 没有操作“{action}”。",
                    entity=spec.entity,
                    action=action,
                ),
                nearest(action, spec.actions),
            )
    if not permission.actions or len(set(permission.actions)) < len(permission.actions):
        source.add(
            "META-027",
            place,
            text("A permission gives nothing, or the same action twice.", "权限未包含操作，或重复列出同一操作。"),
            text("Name every action once.", "每个操作只列一次。"),
        )


def _reads_what_it_writes(role: str, permissions: tuple[Permission, ...], spec: EntitySpec, source: Source) -> None:
    given = {action for permission in permissions for action in permission.actions}
    if given and not given & {"list", "show"}:
        source.add(
            "META-028",
            ("permissions", role),
            text(
                "“{role}” may act on {entity} without seeing it.",
                "“{role}”可操作 {entity} 却不能查看。",
                role=role,
                entity=spec.entity,
            ),
            text("Give list or show too.", "请同时授予 list 或 show。"),
        )


def _workflow(spec: EntitySpec, source: Source) -> None:
    flow = spec.workflow
    if flow is None:
        return
    field = spec.fields.get(flow.field)
    if field is None or not field.choices:
        source.add(
            "META-029",
            ("workflow", "field"),
            text("“{name}” is no field with choices.", "“{name}”不是带选项的字段。", name=flow.field),
            nearest(flow.field, [name for name, known in spec.fields.items() if known.choices]),
        )
        return
    named: list[tuple[Place, str]] = [(("workflow", "initial"), flow.initial)]
    for code, step in flow.transitions.items():
        place: Place = ("workflow", "transitions", code)
        named.append(((*place, "target"), step.target))
        named += [((*place, "source", number), state) for number, state in enumerate(step.source)]
    for where, state in named:
        if state not in field.choices:
            source.add(
                "META-030",
                where,
                text(
                    "“{state}” is no state of {field}.", "“{state}”不是 {field} 的状态。", state=state, field=flow.field
                ),
                nearest(state, field.choices),
            )


def _verbs(spec: EntitySpec, source: Source) -> None:
    transitions = spec.workflow.transitions if spec.workflow else {}
    codes: list[tuple[Place, str]] = [(("workflow", "transitions", code), code) for code in transitions]
    codes += [(("verbs", code), code) for code in spec.verbs]
    for place, code in codes:
        if code in ACTIONS or not VERB.fullmatch(code) or (place[0] == "verbs" and code in transitions):
            source.add(
                "META-031",
                place,
                text(
                    "“{code}” cannot be the name of an action of its own.",
                    "“{code}”不能作为单独操作的名称。",
                    code=code,
                ),
                text("Use a word of small letters that is not taken.", "请使用未被占用的小写单词。"),
            )
