"""Reads one YAML file into plain values and remembers on which line each of them stands.

Only `true` and `false` are yes and no: the field `on` of a succession stays a word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from config.metadata.finding import MetadataFinding
from config.text import Text, text

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys and positions from the top of the file."""


_Fastest: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""A server reads forty files before it answers: ten times faster where PyYAML was built with its parser in C."""


class _Loader(_Fastest):  # type: ignore[misc]  # one of two classes with the same methods
    """PyYAML's safe loader, with the words of YAML 1.2 for yes and no and without timestamps."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"} or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass
class Source:
    """One file: its `content` as plain values, `lines` by path, and what was wrong while reading."""

    file: str
    content: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    findings: list[MetadataFinding] = field(default_factory=list)

    def line(self, path: Place) -> int:
        """The line of the value at `path`, or of the nearest thing around it that the file holds."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def add(self, check: str, path: Place, said: Text, hint: Text) -> None:
        """Note that `check` (`META-012`) found something at `path`."""
        self.findings.append(MetadataFinding(check, self.file, self.line(path), said, hint))


def read_source(folder: Path, file: str) -> Source:
    """`file` of `folder`; never raises: what cannot be read is a finding and leaves `content` None."""
    source = Source(file)
    try:
        written = (folder / file).read_text(encoding="utf-8")
        node = yaml.compose(written, Loader=_Loader)
    except (OSError, UnicodeDecodeError):
        source.findings.append(
            MetadataFinding(
                "META-001",
                file,
                0,
                text("The file is missing or cannot be read.", "文件缺失或无法读取。"),
                text("Save it as plain text in UTF-8.", "请以 UTF-8 纯文本保存。"),
            )
        )
        return source
    except yaml.YAMLError as error:
        source.findings.append(_not_yaml(file, error))
        return source
    if node is not None:
        source.content = _plain(node, (), source, ())
    return source


def _not_yaml(file: str, error: yaml.YAMLError) -> MetadataFinding:
    mark = getattr(error, "problem_mark", None)
    return MetadataFinding(
        "META-002",
        file,
        mark.line + 1 if mark else 0,
        text("This is no YAML: {problem}.", "不是有效的 YAML：{problem}。", problem=getattr(error, "problem", "?")),
        text("Look at the indentation, quotes and brackets here.", "请检查此处的缩进、引号和括号。"),
    )


def _plain(node: yaml.Node, path: Place, source: Source, above: tuple[int, ...]) -> Any:
    """The plain value of `node`; `above`: the nodes around it, to see one that holds itself."""
    source.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in above:
        source.findings.append(
            MetadataFinding(
                "META-002",
                source.file,
                node.start_mark.line + 1,
                text("This part of the file holds itself.", "此部分内容引用了自身。"),
                text("Write it out in place of the alias.", "请直接写出内容，不要使用别名。"),
            )
        )
        return None
    inside = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, source, inside)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, number), source, inside) for number, child in enumerate(node.value)]
    try:
        return _Scalars().construct_object(node)
    except yaml.YAMLError as error:
        source.findings.append(_not_yaml(source.file, error))
        return None


def _mapping(node: yaml.MappingNode, path: Place, source: Source, inside: tuple[int, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in values:
            source.findings.append(
                MetadataFinding(
                    "META-003",
                    source.file,
                    line,
                    text("“{key}” stands twice.", "“{key}”出现了两次。", key=key),
                    text(
                        "It is first on line {first}: keep one.",
                        "首次出现于第 {first} 行，请只保留一处。",
                        first=source.lines[(*path, key)],
                    ),
                )
            )
            continue
        source.lines[(*path, key)] = line
        values[key] = _plain(value_node, (*path, key), source, inside)
    return values


class _Scalars(yaml.constructor.SafeConstructor):
    """Turns single scalars into str, int, float, bool or None."""
