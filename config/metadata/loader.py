"""Reads the metadata folder, checks all of it, and makes the one `Metadata` that every floor above works with."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from config.metadata.checks import check_entity
from config.metadata.choices import filled
from config.metadata.finding import MetadataError, MetadataFinding
from config.metadata.menu_checks import check_menu, check_roles, check_sections
from config.metadata.shape import shaped
from config.metadata.source import Source, read_source
from config.metadata.spec import EVERYONE, EntitySpec, MenuItem, MenuSection, Metadata, Permission, RoleSpec
from config.text import text

DEFAULT_FOLDER = Path(__file__).parent


def load_metadata(folder: Path | None = None) -> Metadata:
    """The metadata in `folder`, the platform's own when None.  Raises MetadataError with every finding at once."""
    metadata, findings = check_metadata(folder)
    if metadata is None:
        raise MetadataError(findings)
    return metadata


def check_metadata(folder: Path | None = None) -> tuple[Metadata | None, list[MetadataFinding]]:
    """The metadata in `folder` and everything that is wrong with it, in the order of files and lines.

    The metadata is None when anything is wrong.
    """
    folder = folder or DEFAULT_FOLDER
    sources = [read_source(folder, "roles.yaml"), read_source(folder, "menu.yaml")]
    files = sorted(f"entities/{path.name}" for path in (folder / "entities").glob("*.y*ml"))
    entity_sources = [read_source(folder, file) for file in files]
    roles = _roles(sources[0])
    entities = _entities(entity_sources, roles)
    menu = _menu(sources[1], entities, roles)
    for source in entity_sources:
        code = source.content.get("entity") if isinstance(source.content, dict) else None
        if code in entities and not source.findings:
            check_sections(entities[code], source, menu)
    findings = [finding for source in (*sources, *entity_sources) for finding in source.findings]
    if findings:
        return None, sorted(set(findings), key=lambda found: (found.file, found.line, found.id))
    return Metadata(entities=filled(entities, roles), roles=roles, menu=menu, fingerprint=_print(folder, files)), []


def _roles(source: Source) -> dict[str, RoleSpec]:
    if not isinstance(source.content, dict):
        if not source.findings:
            source.findings.append(_not_a_list_of(source, "role code: {label, help, scopes}"))
        return {}
    found = {code: shaped(RoleSpec, value, source, (code,)) for code, value in source.content.items()}
    roles = {code: role for code, role in found.items() if role is not None}
    check_roles(roles, source)
    return roles


def _entities(sources: list[Source], roles: dict[str, RoleSpec]) -> dict[str, EntitySpec]:
    """Code → entity of every file that has the right shape; the references among them are checked afterwards."""
    shapes = [(shaped(EntitySpec, source.content, source), source) for source in sources if not _unread(source)]
    found = [(spec, source) for spec, source in shapes if spec is not None]
    found.sort(key=lambda pair: PurePosixPath(pair[1].file).stem != pair[0].entity)  # a file's own name goes first
    entities: dict[str, EntitySpec] = {}
    kept: list[tuple[EntitySpec, Source]] = []
    for spec, source in found:
        if spec.entity in entities:
            source.findings.append(_twice(spec.entity, source))
        else:
            entities[spec.entity] = spec
            kept.append((spec, source))
    for spec, source in kept:
        check_entity(spec, source, entities, roles)
    return {code: _for_everyone(entities[code], roles) for code in sorted(entities)}


def _unread(source: Source) -> bool:
    return source.content is None and bool(source.findings)


def _for_everyone(spec: EntitySpec, roles: dict[str, RoleSpec]) -> EntitySpec:
    """The same entity with what is given to everyone written out role by role."""
    common: tuple[Permission, ...] = spec.permissions.get(EVERYONE, ())
    given = {role: (*common, *spec.permissions.get(role, ())) for role in roles}
    return spec.model_copy(update={"permissions": {role: given[role] for role in roles if given[role]}})


def _menu(source: Source, entities: dict[str, EntitySpec], roles: dict[str, RoleSpec]) -> tuple[MenuSection, ...]:
    if not isinstance(source.content, list):
        if not source.findings:
            source.findings.append(_not_a_list_of(source, "- code: …"))
        return ()
    shapes = [(place, shaped(MenuSection, value, source, (place,))) for place, value in enumerate(source.content)]
    sections = [(place, section) for place, section in shapes if section is not None]
    check_menu(sections, source, entities, roles)
    placed = {item.entity for _, section in sections for item in section.items if item.url is None}
    added: dict[str | None, list[MenuItem]] = {}
    for code, spec in entities.items():
        if code not in placed:
            added.setdefault(spec.menu, []).append(MenuItem(entity=code))
    return tuple(
        section.model_copy(update={"items": (*section.items, *added.get(section.code, ()))}) for _, section in sections
    )


def _twice(entity: str, source: Source) -> MetadataFinding:
    return MetadataFinding(
        "META-010",
        source.file,
        source.line(("entity",)),
        text("Another file describes {entity} already.", "已有其他文件描述 {entity}。", entity=entity),
        text("Keep one file for each entity.", "每个实体只保留一个文件。"),
    )


def _not_a_list_of(source: Source, shape: str) -> MetadataFinding:
    return MetadataFinding(
        "META-006",
        source.file,
        source.line(()),
        text("The file does not hold what it should.", "文件内容不符合要求。"),
        text("Write {shape}", "请写成 {shape}", shape=shape),
    )


def _print(folder: Path, files: list[str]) -> str:
    digest = hashlib.sha256()
    for file in ("roles.yaml", "menu.yaml", *files):
        digest.update(file.encode() + b"\0" + (folder / file).read_bytes() + b"\0")
    return digest.hexdigest()
