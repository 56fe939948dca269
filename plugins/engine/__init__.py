"""The scoring engine: plain data in, plain results out (scoring.md).  What other floors use is named here."""

from plugins.engine.checking import check_data, check_scheme
from plugins.engine.errors import BlockedRun, EngineError, InvalidScheme, NeedsPeers, PluginFailed
from plugins.engine.explaining import Explainer, explain, explain_total
from plugins.engine.formulas import compile_formula
from plugins.engine.hashing import input_hash
from plugins.engine.run import score
from plugins.engine.trying import Trial, rate_one
from plugins.engine.weights import WeightSum, marks, weight_sums

__all__ = [
    "BlockedRun", "EngineError", "Explainer", "InvalidScheme", "NeedsPeers", "PluginFailed", "Trial", "WeightSum",
    "check_data", "check_scheme", "compile_formula", "explain", "explain_total", "input_hash", "marks", "rate_one",
    "score", "weight_sums",
]  # fmt: skip
