"""Checks of the metadata against what is stored; the ids continue those of `config.metadata`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import InvalidRequestError

from config.metadata import DEFAULT_FOLDER, MetadataFinding
from config.metadata.finding import nearest
from config.metadata.source import Place, Source, read_source
from config.metadata.spec import EVERYONE, EntitySpec, FieldSpec, Metadata, Permission
from config.text import Text, text
from models.catalogue import MODELS, stored
from models.ownership import ownership
from models.stored import StoredColumn

Found = tuple[str, Place, Text, Text]
"""A check's id, where in the entity's file, what is wrong and the remedy."""

FITTING = {
    "text": {"text", "long_text"},
    "long_text": {"text", "long_text"},
    "number": {"number", "percent", "money"},
    "integer": {"integer", "number"},
    "yes_no": {"yes_no"},
    "date": {"date"},
    "datetime": {"datetime"},
    "json": {"long_text"},
    "binary": set[str](),
}
"""Stored kind → the formats that can show it."""


def check_stored(metadata: Metadata, folder: Path | None = None) -> list[MetadataFinding]:
    """Everything in which `metadata`, read from `folder`, and the mapped classes do not fit each other."""
    findings: list[MetadataFinding] = []
    for code, spec in metadata.entities.items():
        found = list(_entity(spec)) if code in MODELS else [_not_stored(code)]
        if found:
            source = read_source(folder or DEFAULT_FOLDER, f"entities/{code}.yaml")
            for check, place, said, hint in found:
                source.add(check, _as_written(place, source), said, hint)
            findings += source.findings
    findings += [_not_described(code) for code in sorted(MODELS.keys() - metadata.entities.keys())]
    return findings


def _as_written(place: Place, source: Source) -> Place:
    """A role's permissions may stand under `everyone`, which the loader wrote out."""
    if place[:1] == ("permissions",) and place[:2] not in source.lines:
        return ("permissions", EVERYONE)
    return place


def _entity(spec: EntitySpec) -> Iterator[Found]:
    columns = stored(spec.entity)
    for name, field in spec.fields.items():
        place: Place = ("fields", name)
        if name not in columns:
            yield (
                "META-042",
                place,
                text("{entity} stores no “{name}”.", "{entity} 没有存储“{name}”。", entity=spec.entity, name=name),
                nearest(name, columns),
            )
        else:
            yield from _field(field, columns[name], place)
    yield from _lists(spec, columns)
    yield from _form(spec, columns)
    yield from _related(spec)
    for role, permissions in spec.permissions.items():
        for permission in permissions:
            yield from _permission(permission, ("permissions", role), spec)


def _not_stored(code: str) -> Found:
    return (
        "META-040",
        ("entity",),
        text("Nothing called {entity} is stored.", "没有存储名为 {entity} 的内容。", entity=code),
        nearest(code, MODELS),
    )


def _not_described(code: str) -> MetadataFinding:
    return MetadataFinding(
        "META-041",
        f"entities/{code}.yaml",
        0,
        text("{entity} is stored but not described.", "{entity} 已存储但没有描述。", entity=code),
        text("Write this file, or nobody can be given anything of it.", "请编写此文件，否则无法授予任何权限。"),
    )


def _field(field: FieldSpec, column: StoredColumn, place: Place) -> Iterator[Found]:
    if field.format is not None and field.format not in FITTING[column.kind]:
        yield (
            "META-043",
            (*place, "format"),
            text("What is stored cannot be shown as {format}.", "存储的内容不能显示为 {format}。", format=field.format),
            nearest(field.format, FITTING[column.kind]),
        )
    longest = max((len(value) for value in field.choices or {}), default=0)
    if column.length is not None and longest > column.length:
        yield (
            "META-044",
            (*place, "choices"),
            text(
                "A choice is longer than the {length} characters stored.",
                "有选项超出可存储的 {length} 个字符。",
                length=column.length,
            ),
            text("Shorten its code.", "请缩短选项编码。"),
        )
    if column.kind == "binary":
        yield (
            "META-043",
            place,
            text("A binary column cannot be shown.", "二进制列不能显示。"),
            text("Remove the field.", "请删除该字段。"),
        )


def _lists(spec: EntitySpec, columns: Mapping[str, StoredColumn]) -> Iterator[Found]:
    """Lists are searched in texts, and sorted and filtered by what has an order."""
    for number, name in enumerate(spec.search):
        if name in columns and (columns[name].kind not in ("text", "long_text") or columns[name].references):
            yield (
                "META-045",
                ("search", number),
                text("“{name}” is no text to search in.", "“{name}”不是可搜索的文本。", name=name),
                text("Make it a filter.", "请改为筛选条件。"),
            )
    sorted_by: list[tuple[Place, str]] = [(("order",), spec.order.removeprefix("-"))]
    for place, name in (*sorted_by, *((("filters", number), name) for number, name in enumerate(spec.filters))):
        if name in columns and columns[name].kind in ("json", "binary"):
            yield (
                "META-045",
                place,
                text("“{name}” has no order.", "“{name}”无法排序或筛选。", name=name),
                text("Name another field.", "请改用其他字段。"),
            )


def _form(spec: EntitySpec, columns: Mapping[str, StoredColumn]) -> Iterator[Found]:
    """What must be given can be given where somebody may add a record."""
    adds = any("add" in given.actions for granted in spec.permissions.values() for given in granted)
    if spec.tool == "none" or not adds:
        return
    shown = {name for section in spec.form for name in section.fields}
    for name, column in columns.items():
        field = spec.fields.get(name)
        needed = not column.nullable and not column.has_default and name != "id"
        derived = field is not None and field.readonly
        if needed and name not in shown and not derived:
            yield (
                "META-046",
                ("form",),
                text(
                    "“{name}” must be given, and the form does not ask for it.",
                    "“{name}”为必填，但表单中没有该字段。",
                    name=name,
                ),
                text("Add it to a section.", "请将其加入某个分区。"),
            )


def _related(spec: EntitySpec) -> Iterator[Found]:
    for number, name in enumerate(spec.related):
        refers = name in MODELS and any(column.references == spec.entity for column in stored(name).values())
        if not refers:
            yield (
                "META-047",
                ("related", number),
                text("{name} does not refer to {entity}.", "{name} 没有引用 {entity}。", name=name, entity=spec.entity),
                text("Name entities whose rows do.", "请填写引用本实体的实体。"),
            )


def _permission(permission: Permission, place: Place, spec: EntitySpec) -> Iterator[Found]:
    for path, values in permission.where.items():
        column = _follow(MODELS[spec.entity], path.split("."))
        if column is None:
            yield (
                "META-048",
                place,
                text("“{path}” leads to no column.", "“{path}”没有指向任何列。", path=path),
                text(
                    "Write a column, or relations and a column with dots between.",
                    "请填写列名，或以点号连接的关系和列名。",
                ),
            )
        elif not all(value is None or isinstance(value, column) for value in values):
            yield (
                "META-049",
                place,
                text("“{path}” never has one of these values.", "“{path}”不会取这些值。", path=path),
                text("Write values of the column's own type.", "请填写与该列类型一致的值。"),
            )
    model: Any = MODELS[spec.entity]
    owner = ownership(model)
    unit_bound = permission.scope in ("subtree", "unit", "regions")
    if permission.scope != "all" and (owner.nobody or (unit_bound and owner.unit is None)):
        yield (
            "META-050",
            place,
            text(
                "A record of {entity} belongs to no unit or person.",
                "{entity} 的记录不属于任何单位或个人。",
                entity=spec.entity,
            ),
            text("Write scope: all.", "请写 scope: all。"),
        )


def _follow(model: type[Any], path: list[str]) -> type[Any] | None:
    """The Python type of the column that `path` leads to; None when it leads to none."""
    mapper = inspect(model)
    try:
        for step in path[:-1]:
            mapper = mapper.relationships[step].mapper
        found: type[Any] = mapper.column_attrs[path[-1]].columns[0].type.python_type
    except (KeyError, InvalidRequestError, NotImplementedError):
        return None
    return found
