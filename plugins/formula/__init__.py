"""The small language of scoring.md 4: read once into a whitelisted tree, evaluated on whole columns."""

from plugins.formula.evaluator import Computed, Formula, compile_expression
from plugins.formula.lexer import FormulaError

__all__ = ["Computed", "Formula", "FormulaError", "compile_expression"]
