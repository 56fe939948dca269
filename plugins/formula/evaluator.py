"""Evaluates the tree on whole columns.  What cannot be computed is missing, with its reason, and never an exception
or an infinity (scoring.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from config.text import Text, text
from plugins.arrays import Bools, Floats
from plugins.formula.nodes import Call, Chain, Name, Node, Number, Power, Prefix
from plugins.formula.parser import parse
from plugins.numbers import round_half_away

_FINE, _OPERAND, _DIVISION, _LN, _SQRT, _POWER, _OVERFLOW, _DIGITS = range(8)
OPERAND_MISSING, OVERFLOW = _OPERAND, _OVERFLOW
REASONS: Mapping[int, Text] = {
    _OPERAND: text("a value that the formula needs is missing", "公式所需的数值缺失"),
    _DIVISION: text("division by zero", "除数为零"),
    _LN: text("ln of a number that is not positive", "对非正数取对数"),
    _SQRT: text("square root of a negative number", "对负数开平方"),
    _POWER: text("a fractional power of a negative number", "负数的非整数次幂"),
    _OVERFLOW: text("the result is too large", "结果过大（溢出）"),
    _DIGITS: text("round needs whole decimals from -12 to 12", "round 的小数位须为 -12 到 12 的整数"),
}
_Values = Floats
_Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Computed:
    """Values of an expression, NaN = missing, and why (`reason`: 0 fine, else a key of REASONS); broadcast to n."""

    values: Floats
    reason: NDArray[np.int8]


class Formula:
    """A parsed expression.  `names`: those it uses, sorted; `expression`: as written."""

    __slots__ = ("_tree", "expression", "names")

    def __init__(self, expression: str, tree: Node) -> None:
        self.expression = expression
        self._tree = tree
        self.names = tuple(sorted(_names(tree)))

    def compute(self, columns: Mapping[str, Floats | float], count: int) -> Computed:
        """The expression over `columns` (name → float64[count] or a number, NaN = missing)."""
        with np.errstate(all="ignore"):
            values, reason = _evaluate(self._tree, columns)
        return Computed(np.broadcast_to(values, (count,)).copy(), np.broadcast_to(reason, (count,)).copy())


@lru_cache(maxsize=1024)
def compile_expression(expression: str, names: frozenset[str]) -> Formula:
    """The formula that `expression` spells over `names`.  Raises FormulaError (with the column) for anything else."""
    return Formula(expression, parse(expression, names))


def _names(node: Node) -> set[str]:
    match node:
        case Name(name):
            return {name}
        case Prefix(_, operand):
            return _names(operand)
        case Chain(first, rest):
            return _names(first).union(*(_names(operand) for _, operand in rest))
        case Power(base, exponent):
            return _names(base) | _names(exponent)
        case Call(_, arguments):
            return set().union(*(_names(argument) for argument in arguments))
        case _:
            return set()


def _evaluate(node: Node, columns: Mapping[str, Floats | float]) -> tuple[_Values, _Codes]:
    match node:
        case Number(value):
            return np.asarray(value), np.asarray(_FINE, dtype=np.int8)
        case Name(name):
            given = np.asarray(columns[name], dtype=np.float64)
            return given, np.isnan(given).astype(np.int8) * np.int8(_OPERAND)
        case Prefix(operator, operand):
            values, reason = _evaluate(operand, columns)
            return (-values if operator == "-" else _truth(values == 0, reason)), reason
        case Chain(first, rest):
            result = _evaluate(first, columns)
            for operator, operand in rest:
                result = _apply(_OPERATORS[operator], result, _evaluate(operand, columns))
            return result
        case Power(base, exponent):
            return _apply(_power, _evaluate(base, columns), _evaluate(exponent, columns))
        case Call(function, arguments):
            return _CALLS[function](*(_evaluate(argument, columns) for argument in arguments))


_Pair = tuple[_Values, _Codes]
_Binary = Callable[[Floats, Floats], tuple[Floats, Floats | int]]


def _truth(holds: Bools, reason: _Codes) -> Floats:
    return np.where(reason == _FINE, np.where(holds, 1.0, 0.0), np.nan)


def _apply(operation: _Binary, left: _Pair, right: _Pair) -> _Pair:
    """An operation with its own reason; missing operands first, then what the operation says, then overflow."""
    values, own = operation(left[0], right[0])
    reason = np.where(left[1] != _FINE, left[1], right[1])
    return _settle(values, np.where(reason != _FINE, reason, own))


def _settle(values: Floats, reason: NDArray[np.int8] | Floats) -> _Pair:
    codes = np.where((reason == _FINE) & ~np.isfinite(values), _OVERFLOW, reason).astype(np.int8)
    return np.where(codes == _FINE, values, np.nan), codes


def _divide(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    return np.divide(a, b), np.where(b == 0, _DIVISION, _FINE)


def _power(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    fractional = (a < 0) & (b != np.floor(b))
    return np.power(a, b), np.where((a == 0) & (b < 0), _DIVISION, np.where(fractional, _POWER, _FINE))


def _compared(holds: Bools) -> tuple[Floats, int]:
    return holds.astype(np.float64), _FINE


_OPERATORS: dict[str, _Binary] = {
    "+": lambda a, b: (a + b, _FINE),
    "-": lambda a, b: (a - b, _FINE),
    "*": lambda a, b: (a * b, _FINE),
    "/": _divide,
    "<": lambda a, b: _compared(np.less(a, b)),
    "<=": lambda a, b: _compared(np.less_equal(a, b)),
    ">": lambda a, b: _compared(np.greater(a, b)),
    ">=": lambda a, b: _compared(np.greater_equal(a, b)),
    "==": lambda a, b: _compared(np.equal(a, b)),
    "!=": lambda a, b: _compared(np.not_equal(a, b)),
    "and": lambda a, b: _compared(np.logical_and(a != 0, b != 0)),
    "or": lambda a, b: _compared(np.logical_or(a != 0, b != 0)),
}


def _one(
    operation: Callable[[Floats], Floats], code: int = _FINE, bad: Callable[[Floats], Bools] | None = None
) -> Callable[..., _Pair]:
    def call(argument: _Pair) -> _Pair:
        values, reason = argument
        if bad is not None:
            reason = np.where((reason == _FINE) & bad(values), code, reason).astype(np.int8)
        return _settle(operation(values), reason)

    return call


def _many(operation: Callable[[Floats, Floats], Floats]) -> Callable[..., _Pair]:
    def call(*arguments: _Pair) -> _Pair:
        result = arguments[0]
        for argument in arguments[1:]:
            result = _apply(lambda a, b: (operation(a, b), _FINE), result, argument)
        return result

    return call


def _clip(value: _Pair, low: _Pair, high: _Pair) -> _Pair:
    return _many(np.minimum)(_many(np.maximum)(value, low), high)


def _if(condition: _Pair, then: _Pair, otherwise: _Pair) -> _Pair:
    """Only the condition and the branch taken count."""
    taken = condition[0] != 0
    reason = np.where(condition[1] != _FINE, condition[1], np.where(taken, then[1], otherwise[1]))
    return _settle(np.where(taken, then[0], otherwise[0]), reason)


def _coalesce(*arguments: _Pair) -> _Pair:
    values, reason = arguments[0]
    for more, why in arguments[1:]:
        values, reason = np.where(reason == _FINE, values, more), np.where(reason == _FINE, reason, why)
    return _settle(values, reason)


def _missing(argument: _Pair) -> _Pair:
    return (argument[1] != _FINE).astype(np.float64), np.zeros(argument[1].shape, dtype=np.int8)


def _round(value: _Pair, digits: _Pair | None = None) -> _Pair:
    if digits is None:
        return _settle(round_half_away(value[0], 0), value[1])
    numbers, places = np.broadcast_arrays(value[0], digits[0])
    rounded = np.full(numbers.shape, np.nan)
    good = (places == np.floor(places)) & (np.abs(places) <= 12)
    for place in np.unique(places[good]):
        chosen = good & (places == place)
        rounded[chosen] = round_half_away(numbers[chosen], int(place))
    reason = np.where(value[1] != _FINE, value[1], digits[1])
    return _settle(rounded, np.where((reason == _FINE) & ~good, _DIGITS, reason))


_CALLS: dict[str, Callable[..., _Pair]] = {
    "if": _if,
    "min": _many(np.minimum),
    "max": _many(np.maximum),
    "abs": _one(np.abs),
    "round": _round,
    "clip": _clip,
    "sqrt": _one(np.sqrt, _SQRT, lambda a: np.less(a, 0)),
    "ln": _one(np.log, _LN, lambda a: np.less_equal(a, 0)),
    "exp": _one(np.exp),
    "floor": _one(np.floor),
    "ceil": _one(np.ceil),
    "coalesce": _coalesce,
    "missing": _missing,
}
