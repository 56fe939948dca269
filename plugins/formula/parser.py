"""Parses tokens by precedence: or < and < not < comparison < + - < * / < unary minus < ** (right-associative)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from plugins.formula.lexer import FormulaError, Token, tokenize
from plugins.formula.nodes import FUNCTIONS, KEYWORDS, MAX_DEPTH, Call, Chain, Name, Node, Number, Power, Prefix

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY = range(7)
_LEVELS = {
    "or": _OR, "and": _AND, "<": _COMPARE, "<=": _COMPARE, ">": _COMPARE, ">=": _COMPARE, "==": _COMPARE,
    "!=": _COMPARE, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT,
}  # fmt: skip


def parse(expression: str, names: frozenset[str]) -> Node:
    """The tree of an expression over `names`.  Raises FormulaError for anything outside the language."""
    return _Parser(tokenize(expression, names), names).whole()


class _Parser:
    def __init__(self, tokens: list[Token], names: frozenset[str]) -> None:
        self.tokens = tokens
        self.names = names
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def follows(self, *written: str) -> bool:
        return self.next.kind in {"operator", "name"} and self.next.written in written

    @contextmanager
    def deeper(self, token: Token) -> Iterator[None]:
        """Bounds the nesting of parentheses, calls, prefixes and powers; flat sums are not nested."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(token.column, "nested deeper than {limit}", "嵌套超过 {limit} 层", limit=MAX_DEPTH)
        yield
        self.depth -= 1

    def unexpected(self, token: Token) -> FormulaError:
        if token.kind == "end":
            return FormulaError(token.column, "the expression ends too early", "表达式不完整")
        return FormulaError(
            token.column, "“{piece}” is not expected here", "此处不应出现“{piece}”", piece=token.written
        )

    def whole(self) -> Node:
        node = self.binary(_OR)
        if self.next.kind != "end":
            raise self.unexpected(self.next)
        return node

    def binary(self, least: int) -> Node:
        """An expression whose operators bind at `least` or tighter."""
        node = self.prefix(least)
        while True:
            level = _LEVELS.get(self.next.written, -1) if self.next.kind in {"operator", "name"} else -1
            if level < least:
                return node
            node = self.chain(node, level)

    def chain(self, first: Node, level: int) -> Node:
        rest: list[tuple[str, Node]] = []
        while self.next.kind in {"operator", "name"} and _LEVELS.get(self.next.written) == level:
            if rest and level == _COMPARE:
                raise FormulaError(
                    self.next.column, "comparisons cannot be chained; use and", "比较不能连写，请使用 and"
                )
            operator = self.take().written
            rest.append((operator, self.binary(level + 1)))
        return Chain(first, tuple(rest))

    def prefix(self, least: int) -> Node:
        if self.next.kind == "name" and self.next.written == "not":
            if least > _NOT:
                raise self.unexpected(self.next)
            token = self.take()
            with self.deeper(token):
                return Prefix("not", self.binary(_NOT))
        return self.unary()

    def unary(self) -> Node:
        if self.next.kind == "operator" and self.next.written in {"-", "+"}:
            token = self.take()
            with self.deeper(token):
                operand = self.unary()
            return Prefix("-", operand) if token.written == "-" else operand
        base = self.atom()
        if self.follows("**"):
            token = self.take()
            with self.deeper(token):
                power = Power(base, self.unary())
            if constant(power) == math.inf:
                raise FormulaError(token.column, "the number is too large", "数字过大")
            return power
        return base

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            value = float(token.written)
            if value == float("inf"):
                raise FormulaError(token.column, "the number is too large", "数字过大")
            return Number(value)
        if token.kind == "operator" and token.written == "(":
            with self.deeper(token):
                node = self.binary(_OR)
            self.close()
            return node
        if token.kind == "name" and token.written not in KEYWORDS:
            return self.called(token) if self.follows("(") else self.named(token)
        raise self.unexpected(token)

    def close(self) -> None:
        if not self.follows(")"):
            raise self.unexpected(self.next)
        self.take()

    def named(self, token: Token) -> Node:
        if token.written in self.names:
            return Name(token.written)
        if token.written in FUNCTIONS:
            raise FormulaError(
                token.column, "“{name}” is a function and needs (…)", "“{name}”是函数，需要加括号", name=token.written
            )
        raise self.unknown(token, self.names)

    def called(self, token: Token) -> Node:
        bounds = FUNCTIONS.get(token.written)
        if bounds is None:
            raise self.unknown(token, FUNCTIONS)
        self.take()
        arguments: list[Node] = []
        with self.deeper(token):
            while not self.follows(")"):
                arguments.append(self.binary(_OR))
                if not self.follows(","):
                    break
                self.take()
                if self.follows(")"):
                    raise self.unexpected(self.next)
        self.close()
        least, most = bounds
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise FormulaError(
                token.column,
                "{name} takes {least} to {most} arguments, not {count}",
                "{name} 需要 {least} 至 {most} 个参数，而不是 {count} 个",
                name=token.written,
                least=least,
                most="…" if most is None else most,
                count=len(arguments),
            )
        return Call(token.written, tuple(arguments))

    def unknown(self, token: Token, known: frozenset[str] | dict[str, tuple[int, int | None]]) -> FormulaError:
        near = get_close_matches(token.written[:60], [name for name in known if len(name) <= 60], 1, 0.6)
        if near:
            return FormulaError(
                token.column,
                "“{name}” is not known; did you mean “{near}”?",
                "不认识“{name}”，是否应为“{near}”？",
                name=token.written[:60],
                near=near[0],
            )
        return FormulaError(token.column, "“{name}” is not known", "不认识“{name}”", name=token.written[:60])


def constant(node: Node) -> float | None:
    """What a power of plain numbers comes to, `inf` when it overflows; None for whatever depends on a value.

    Such a number is as good as written out, so one that is too large is refused like a literal (`9**9**9`).
    """
    match node:
        case Number(value):
            return value
        case Prefix("-", operand):
            inner = constant(operand)
            return None if inner is None else -inner
        case Power(base, exponent):
            return _power_of(constant(base), constant(exponent))
    return None


def _power_of(base: float | None, exponent: float | None) -> float | None:
    if base is None or exponent is None:
        return None
    try:
        found = base**exponent
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return None
    return found if isinstance(found, float) else None
