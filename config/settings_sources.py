"""Where settings are written: environment variables and the `.env` file, each value with its place.

A misspelt setting that is silently ignored is found in production; so an unknown name is a finding here, in both
places, with the nearest known name as a hint.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import parse_stream

from config.text import Text, text

PREFIX = "PLUMBLINE_"


@dataclass(frozen=True, slots=True)
class Written:
    """One setting as somebody wrote it: its full name, the raw value and where it stands."""

    name: str
    value: str
    place: Text


def written_settings(
    environ: Mapping[str, str], env_file: Path, known: frozenset[str]
) -> tuple[dict[str, Written], list[Text]]:
    """Everything written for the platform, by full name, and what is wrong with it.

    The environment wins over the file; an empty value counts as not written.  `known`: the full names that exist.
    """
    found: dict[str, Written] = {}
    findings: list[Text] = []
    in_file, file_findings = _from_file(env_file)
    findings += file_findings
    for written in (*in_file, *_from_environment(environ)):
        if written.name not in known:
            findings.append(_unknown(written, known))
        elif written.value.strip():
            found[written.name] = written
    return found, findings


def _from_environment(environ: Mapping[str, str]) -> Iterator[Written]:
    for name in sorted(environ):
        if name.upper().startswith(PREFIX):
            yield Written(name, environ[name], text("environment", "环境变量"))


def _from_file(path: Path) -> tuple[list[Written], list[Text]]:
    """The lines of a `.env` file; a missing file is an empty one."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [], []
    except (OSError, UnicodeDecodeError):
        return [], [
            text(
                "{file} cannot be read. Save it as a plain text file in UTF-8 that this user may read.",
                "无法读取 {file}。请将其保存为当前用户可读的 UTF-8 纯文本文件。",
                file=path.name,
            )
        ]
    lines: list[Written] = []
    findings: list[Text] = []
    for binding in parse_stream(io.StringIO(content)):
        source = binding.original.string  # the parser keeps the blank lines before an entry with it
        number = binding.original.line + source[: len(source) - len(source.lstrip())].count("\n")
        place = text("{file}, line {number}", "{file} 第 {number} 行", file=path.name, number=number)
        if binding.error or (binding.key is not None and binding.value is None):
            findings.append(
                text("{place}: not understood. Write NAME=value.", "{place}：无法识别。请写成 名称=值。", place=place)
            )
        elif binding.key is not None:
            lines.append(Written(binding.key, binding.value or "", place))
    return lines, findings


def _unknown(written: Written, known: frozenset[str]) -> Text:
    wanted = written.name.upper()
    if not wanted.startswith(PREFIX):
        wanted = PREFIX + wanted
    near = difflib.get_close_matches(wanted, sorted(known), n=1, cutoff=0.7)
    if near:
        remedy = text("Did you mean {near}?", "是否应为 {near}？", near=near[0])
    else:
        names = ", ".join(sorted(known))
        remedy = text("Remove it, or use one of: {names}.", "请删除，或改用以下之一：{names}。", names=names)
    return text(
        "{place}: there is no setting called {name}. {remedy}",
        "{place}：没有名为 {name} 的设置。{remedy}",
        place=written.place,
        name=written.name,
        remedy=remedy,
    )
