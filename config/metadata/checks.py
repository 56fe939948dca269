"""Checks of one entity beside the others: every name that refers to something refers to something that exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from config.metadata.field_checks import check_fields
from config.metadata.finding import nearest
from config.metadata.permission_checks import check_permissions
from config.metadata.source import Place, Source
from config.metadata.spec import EntitySpec, RoleSpec
from config.text import text

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def check_entity(
    spec: EntitySpec, source: Source, entities: Mapping[str, EntitySpec], roles: Mapping[str, RoleSpec]
) -> None:
    """Add to the source's findings what is wrong with `spec` by itself and beside the other entities."""
    _code(spec, source)
    _field_names(spec, source)
    _related(spec, source, entities)
    check_fields(spec, source)
    check_permissions(spec, source, roles)


def _code(spec: EntitySpec, source: Source) -> None:
    name = PurePosixPath(source.file).stem
    if name != spec.entity or not CODE.fullmatch(spec.entity):
        source.add(
            "META-009",
            ("entity",),
            text(
                "The file {name} describes {entity}.", "文件 {name} 描述的是 {entity}。", name=name, entity=spec.entity
            ),
            text("Call both the same, in small letters with underscores.", "两者须同名，使用小写字母和下划线。"),
        )


def _field_names(spec: EntitySpec, source: Source) -> None:
    """Every place that names fields: the list, the search, the form and so on."""
    sections = [name for section in spec.form for name in section.fields]
    places = [
        (("form", i, "fields", j), name) for i, part in enumerate(spec.form) for j, name in enumerate(part.fields)
    ]
    _known("META-014", places, spec, source)
    _once(sections, ("form",), source)
    for check, key in (
        ("META-012", "list"),
        ("META-013", "search"),
        ("META-013", "filters"),
        ("META-015", "natural_key"),
    ):
        names: tuple[str, ...] = getattr(spec, key)
        _known(check, [((key, i), name) for i, name in enumerate(names)], spec, source)
        _once(names, (key,), source)
    single: list[tuple[Place, str]] = [(("title",), spec.title), (("order",), spec.order.removeprefix("-"))]
    if spec.title_en is not None:
        single.append((("title_en",), spec.title_en))
    _known("META-016", single, spec, source)
    empty: list[Place] = [("form", i, "fields") for i, part in enumerate(spec.form) if not part.fields]
    empty += [(key,) for key in ("list", "natural_key") if not getattr(spec, key)]
    for place in empty:
        source.add(
            "META-011",
            place,
            text("No field is named here.", "此处没有列出任何字段。"),
            text("Name at least one.", "请至少列出一个。"),
        )


def _known(check: str, named: Iterable[tuple[Place, str]], spec: EntitySpec, source: Source) -> None:
    for place, name in named:
        if name not in spec.fields:
            source.add(
                check,
                place,
                text("{entity} has no field “{name}”.", "{entity} 没有字段“{name}”。", entity=spec.entity, name=name),
                nearest(name, spec.fields),
            )


def _once(names: Iterable[str], place: Place, source: Source) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            source.add(
                "META-017",
                place,
                text("“{name}” is named twice.", "“{name}”列出了两次。", name=name),
                text("Keep it in one place.", "请只保留一处。"),
            )
        seen.add(name)


def _related(spec: EntitySpec, source: Source, entities: Mapping[str, EntitySpec]) -> None:
    for number, name in enumerate(spec.related):
        if name not in entities:
            source.add(
                "META-019",
                ("related", number),
                text("There is no entity “{name}”.", "没有实体“{name}”。", name=name),
                nearest(name, entities),
            )
