"""The whitelisted tree: nothing else can come out of the parser, and nothing else is evaluated."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LENGTH = 2000
MAX_DEPTH = 50
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "if": (3, 3),
    "min": (1, None),
    "max": (1, None),
    "abs": (1, 1),
    "round": (1, 2),
    "clip": (3, 3),
    "sqrt": (1, 1),
    "ln": (1, 1),
    "exp": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "coalesce": (1, None),
    "missing": (1, 1),
}
"""Function → least and greatest number of arguments (None: any)."""
KEYWORDS = frozenset({"and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """One of the names the caller provides."""

    name: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """`-` or `not` before an operand."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Left-associative operators of one level: `a - b + c`, `a and b and c`; flat, so a long sum is not deep."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Power:
    """`base ** exponent`."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of FUNCTIONS with its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Prefix | Chain | Power | Call
