"""Cuts an expression into tokens; refuses every character that is not of the language, before anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.text import Text, text
from plugins.formula.nodes import MAX_LENGTH

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_OPERATOR = r"\*\*|<=|>=|==|!=|[-+*/(),<>\u2212]"
_CHARACTERS = r"A-Za-z0-9_ \t\r\n+\-*/(),.<>=!\u2212"


class FormulaError(ValueError):
    """An expression that is refused.  `column`: 1-based, within the expression; `why`: the sentence."""

    def __init__(self, column: int, en: str, zh_Hans: str, **params: object) -> None:
        self.column = column
        self.why: Text = text(f"column {{column}}: {en}", f"第 {{column}} 列：{zh_Hans}", column=column, **params)
        super().__init__(str(self.why))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the expression: `kind` is number, name, operator or end; `column` is 1-based."""

    kind: str
    written: str
    column: int


def tokenize(expression: str, names: Iterable[str]) -> list[Token]:
    """The tokens, ending with one of kind `end`.  Names that hold other characters than ASCII letters, digits and
    underscores (item codes such as `A-1` or 质量) are known as a whole, the longest first.  Raises FormulaError."""
    if len(expression) > MAX_LENGTH:
        raise FormulaError(
            MAX_LENGTH + 1,
            "the expression is longer than {limit} characters",
            "表达式超过 {limit} 个字符",
            limit=MAX_LENGTH,
        )
    special = sorted((name for name in names if not _PLAIN.match(name)), key=lambda name: (-len(name), name))
    _refuse_characters(expression, special)
    pattern = _pattern(special)
    tokens: list[Token] = []
    at = 0
    while at < len(expression):
        match = pattern.match(expression, at)
        if match is None:
            raise FormulaError(
                at + 1,
                "“{piece}” has no meaning here{hint}",
                "“{piece}”在此处无意义{hint}",
                piece=expression[at],
                hint=_hint(expression[at]),
            )
        if match.lastgroup is not None:
            written = match.group().replace("\u2212", "-") if match.lastgroup == "operator" else match.group()
            tokens.append(Token("name" if match.lastgroup == "special" else match.lastgroup, written, at + 1))
        at = match.end()
    tokens.append(Token("end", "", len(expression) + 1))
    return tokens


def _refuse_characters(expression: str, special: list[str]) -> None:
    allowed = _CHARACTERS + "".join(re.escape(letter) for letter in sorted(set("".join(special))))
    stranger = re.search(f"[^{allowed}]", expression)
    if stranger is not None:
        letter = stranger.group()
        shown = letter if letter.isprintable() else f"U+{ord(letter):04X}"
        raise FormulaError(
            stranger.start() + 1,
            "the character “{letter}” is not of the language",
            "字符“{letter}”不属于公式语言",
            letter=shown,
        )


def _pattern(special: list[str]) -> re.Pattern[str]:
    whole = "|".join(rf"{re.escape(name)}(?!\w)" for name in special)
    parts = [rf"(?P<special>{whole})"] if whole else []
    parts += [
        rf"(?P<number>{_NUMBER})", r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)", rf"(?P<operator>{_OPERATOR})", r"[ \t\r\n]+",
    ]  # fmt: skip
    return re.compile("|".join(parts))


def _hint(piece: str) -> Text | str:
    return text(" (equality is ==)", "（相等请写 ==）") if piece == "=" else ""
