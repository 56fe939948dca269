"""The small language of scoring.md 4: read once into a whitelisted tree, evaluated on whole columns."""

from plugins.formula.evaluator import OPERAND_MISSING, OVERFLOW, REASONS, Computed, Formula, compile_expression
from plugins.formula.lexer import FormulaError
from plugins.formula.nodes import FUNCTIONS, KEYWORDS

RESERVED = frozenset(FUNCTIONS) | KEYWORDS
"""Words that cannot be names."""

__all__ = [
    "OPERAND_MISSING", "OVERFLOW", "REASONS", "RESERVED", "Computed", "Formula", "FormulaError", "compile_expression",
]  # fmt: skip
