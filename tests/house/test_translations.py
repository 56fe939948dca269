"""Both languages always: nothing is missing from the catalogues, and no translation loses a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.support.sources import code, content, expect_none
from tests.support.translations import catalogues, extracted, read


def untranslated(catalogue: Catalog) -> list[str]:
    """Entries that are empty, fuzzy, or lose or add a placeholder."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        answers = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.fuzzy or not all(answers):
            found.append(f"not translated: {message.id}")
        found += [f"{error}: {message.id}" for error in message.check(catalogue)]
    return found


def test_there_is_a_chinese_catalogue() -> None:
    assert any(locale.startswith("zh_Hans") for locale in catalogues())


def test_every_entry_is_translated() -> None:
    expect_none(f"{locale}: {line}" for locale, path in catalogues().items() for line in untranslated(read(path)))


def test_the_catalogues_hold_every_sentence_in_use(tmp_path: Path) -> None:
    wanted = {message.id for message in extracted(tmp_path) if message.id}
    assert wanted
    for locale, path in catalogues().items():
        held = {message.id for message in read(path)}
        assert sorted(map(str, wanted - held)) == [], f"{locale}: make messages, then translate"


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def unequal(path: Path, source: str) -> Iterator[str]:
    """Sentences written with `text(en, zh_Hans, …)` whose languages do not show the same, given values.

    A sentence that a module names (`TOO_LONG = text(…)`, or one in a table) is given its values where it is said.
    """
    tree = ast.parse(source)
    named = {node for line in tree.body if isinstance(line, ast.Assign | ast.AnnAssign) for node in ast.walk(line)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "text" or len(node.args) < 2:
            continue
        english, chinese = (item.value if isinstance(item, ast.Constant) else None for item in node.args[:2])
        if not isinstance(english, str) or not isinstance(chinese, str):
            continue
        given = {keyword.arg for keyword in node.keywords}
        if placeholders(english) != placeholders(chinese):
            yield f"{path}:{node.lineno}: the languages show different values"
        elif node not in named and None not in given and (lacking := placeholders(english) - given):
            yield f"{path}:{node.lineno}: shows {', '.join(sorted(lacking))} and is not given it"


def test_both_languages_of_a_sentence_show_the_same_values() -> None:
    expect_none(line for path in code() for line in unequal(path, content(path)))


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("text('{a} is wrong', '{a} 有误', a=1)", False),
        ("text('wrong', '有误')", False),
        ("text('{a} is wrong', '有误', a=1)", True),
        ("text('{a} is wrong', '{b} 有误', a=1)", True),
        ("text('{a} is wrong', '{a} 有误')", True),
        ("TOO_LONG = text('over {n}', '超过 {n}')", False),
        ("TOO_LONG = text('over {n}', '超过')", True),
        ("WHY = {1: text('over {n}', '超过 {n}')}", False),
        ("text('{{en: …}}', '{{en: …}}', _='')", False),
        ("text('{a} is wrong', '{a} 有误', **values)", False),
    ],
)
def test_the_rule_for_sentences_can_fail(source: str, wrong: bool) -> None:
    assert bool(list(unequal(Path("models/x.py"), source))) is wrong


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ('msgid "Save"\nmsgstr "保存"', False),
        ('msgid "Save"\nmsgstr ""', True),
        ('#, fuzzy\nmsgid "Save"\nmsgstr "保存"', True),
        ('#, python-format\nmsgid "%(n)s rows"\nmsgstr "%(m)s 行"', True),
        ('#, python-format\nmsgid "%(n)s rows"\nmsgstr "%(n)s 行"', False),
    ],
)
def test_the_rule_for_entries_can_fail(entry: str, wrong: bool) -> None:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    assert bool(untranslated(read_po(BytesIO((header + entry).encode()), locale="zh_Hans_CN"))) is wrong
