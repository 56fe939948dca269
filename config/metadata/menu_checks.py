"""Checks of the roles and of the navigation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from config.metadata.field_checks import check_texts
from config.metadata.finding import nearest
from config.metadata.source import Place, Source
from config.metadata.spec import EVERYONE, EntitySpec, MenuItem, MenuSection, RoleSpec
from config.text import text

ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def check_roles(roles: Mapping[str, RoleSpec], source: Source) -> None:
    """Add to the source's findings what is wrong with the roles."""
    for code, role in roles.items():
        check_texts(role, source, (code,))
        if code == EVERYONE or not ROLE.fullmatch(code) or not role.scopes:
            source.add(
                "META-032",
                (code,),
                text("“{code}” is no role that can be granted.", "“{code}”不是可授予的角色。", code=code),
                text(
                    "Use small letters with underscores, other than “everyone”, and name at least one scope.",
                    "请使用小写字母和下划线（不得为 everyone），并至少列出一种适用范围。",
                ),
            )


def check_menu(
    sections: Sequence[tuple[int, MenuSection]],
    source: Source,
    entities: Mapping[str, EntitySpec],
    roles: Mapping[str, RoleSpec],
) -> None:
    """Add to the source's findings what is wrong with the sections (each with its position in the file)."""
    seen: set[str] = set()
    for number, section in sections:
        check_texts(section, source, (number,))
        if section.code in seen:
            source.add(
                "META-033",
                (number, "code"),
                text("The section {code} stands twice.", "栏目 {code} 出现了两次。", code=section.code),
                text("Put its lines together.", "请合并为一个栏目。"),
            )
        seen.add(section.code)
        for position, item in enumerate(section.items):
            _item(item, (number, "items", position), source, entities, roles)


def check_sections(spec: EntitySpec, source: Source, sections: Sequence[MenuSection]) -> None:
    """Add to the entity's findings that it names a section of the menu that is not there."""
    codes = [section.code for section in sections]
    if spec.menu is not None and spec.menu not in codes:
        source.add(
            "META-034",
            ("menu",),
            text("The menu has no section “{code}”.", "菜单没有栏目“{code}”。", code=spec.menu),
            nearest(spec.menu, codes),
        )


def _item(
    item: MenuItem, place: Place, source: Source, entities: Mapping[str, EntitySpec], roles: Mapping[str, RoleSpec]
) -> None:
    spec = entities.get(item.entity or "")
    if item.entity is not None and spec is None:
        source.add(
            "META-035",
            (*place, "entity"),
            text("There is no entity “{name}”.", "没有实体“{name}”。", name=item.entity),
            nearest(item.entity, entities),
        )
    elif spec is not None and item.action not in spec.actions:
        source.add(
            "META-036",
            (*place, "action"),
            text(
                "{entity} has no action “{action}”.",
                "{entity} 没有操作“{action}”。",
                entity=spec.entity,
                action=item.action,
            ),
            nearest(item.action, spec.actions),
        )
    for number, role in enumerate(item.roles or ()):
        if role not in roles:
            source.add(
                "META-036",
                (*place, "roles", number),
                text("There is no role “{role}”.", "没有角色“{role}”。", role=role),
                nearest(role, roles),
            )
    _target(item, spec, place, source)


def _target(item: MenuItem, spec: EntitySpec | None, place: Place, source: Source) -> None:
    """A line leads to a list that exists or to a page with an address and a name."""
    if item.url is None:
        leads = item.entity is not None and (spec is None or spec.tool != "none")
    else:
        leads = item.url.startswith("/") and not item.url.startswith("//") and item.label is not None
    if not leads:
        source.add(
            "META-037",
            place,
            text("This line of the menu leads nowhere.", "此菜单项没有去处。"),
            text(
                "Name an entity that has a list, or a page's url beginning with / and its label.",
                "请指定带列表的实体，或以 / 开头的页面地址 url 及其名称 label。",
            ),
        )
