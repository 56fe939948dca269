"""Pages bring everything themselves and run no script that the content security policy would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.sources import below, content, expect_none

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
HANDLER = re.compile(r"""<[^<>]*\s(on[a-z]{3,})\s*=\s*["'{]""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
SCRIPT_ADDRESS = re.compile(r"javascript:", re.IGNORECASE)
ASSET = re.compile(
    r"""<(?!a\b)[a-z][^<>]*\s(?:src|href|srcset|data|poster)\s*=\s*["']?\s*(?:https?:)?//""", re.IGNORECASE
)
ADDRESS = re.compile(r"""https?://(?!www\.w3\.org/)|url\(\s*["']?//""")


def in_markup(path: Path, source: str) -> list[str]:
    """What a template, or markup in Python, must not hold."""
    source = COMMENT.sub("", source)
    found = [f"{path}: inline handler {match[1]}" for match in HANDLER.finditer(source)]
    found += [f"{path}: a script without a nonce: {tag}" for tag in SCRIPT.findall(source) if "nonce" not in tag]
    found += [f"{path}: a javascript: address" for _ in SCRIPT_ADDRESS.findall(source)]
    found += [f"{path}: an asset from elsewhere: {tag}" for tag in ASSET.findall(source)]
    return found


def in_static(path: Path, source: str) -> list[str]:
    """What a style sheet or a script of ours must not hold."""
    return [f"{path}: an address elsewhere: {match[0]}" for match in ADDRESS.finditer(COMMENT.sub("", source))]


def test_templates_hold_nothing_inline_and_nothing_from_elsewhere() -> None:
    pages = [*below("views", suffix=".html"), *below("views", suffix=".jinja"), *below("views", suffix=".py")]
    expect_none(line for path in pages for line in in_markup(path, content(path)))


def test_static_files_fetch_nothing_from_elsewhere() -> None:
    assets = [path for suffix in (".css", ".js", ".svg") for path in below("views", suffix=suffix)]
    expect_none(line for path in assets for line in in_static(path, content(path)))


@pytest.mark.parametrize(
    "source",
    [
        '<button class="x" onclick="go()">',
        "<form method=post\n onsubmit='return x()'>",
        '<a onclick="{{ url }}">',
        "<script>x()</script>",
        '<script src="{{ url_for("static") }}">',
        '<a href="javascript:void(0)">',
        '<link rel="stylesheet" href="https://cdn.example.org/a.css">',
        '<img alt="" src="//cdn.example.org/a.png">',
    ],
)
def test_the_markup_rule_can_fail(source: str) -> None:
    assert in_markup(Path("views/templates/x.html"), source)


@pytest.mark.parametrize(
    "source",
    [
        '<script nonce="{{ csp_nonce() }}">x()</script>',
        '<a href="https://www.example.org/help">help</a>',
        '<link rel="stylesheet" href="{{ url_for(\'static\', filename=\'a.css\') }}">',
        "{# <button onclick='x()'> #}",
        '<td data-once="{{ x }}">',
    ],
)
def test_the_markup_rule_can_pass(source: str) -> None:
    assert in_markup(Path("views/templates/x.html"), source) == []


def test_the_static_rule_tells_addresses_from_names() -> None:
    assert in_static(Path("x.js"), "fetch('https://example.org')")
    assert in_static(Path("x.css"), "@import url(//example.org/x.css)")
    assert not in_static(Path("x.js"), "create('http://www.w3.org/2000/svg')")
    assert not in_static(Path("x.css"), "/* see https://example.org */ a { background: url(icon.svg) }")
