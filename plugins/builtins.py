"""The built-in plugins, registered through the same hooks as anybody's."""

from __future__ import annotations

from plugins.aggregates.arithmetic import Arithmetic
from plugins.aggregates.extremes import Maximum, Minimum
from plugins.aggregates.geometric import Geometric
from plugins.aggregates.harmonic import Harmonic
from plugins.contract import Aggregate, AnyMethod, AnyRule
from plugins.hookspecs import hookimpl
from plugins.methods.accumulate import Accumulate
from plugins.methods.best_ratio import BestRatio
from plugins.methods.choice import Choice
from plugins.methods.deduct import Deduct
from plugins.methods.efficacy import Efficacy
from plugins.methods.formula import FormulaMethod
from plugins.methods.goalpost import Goalpost
from plugins.methods.interpolate import Interpolate
from plugins.methods.linked import Linked
from plugins.methods.milestone import Milestone
from plugins.methods.minmax import Minmax
from plugins.methods.percentile import Percentile
from plugins.methods.rank_points import RankPoints
from plugins.methods.rating import Rating
from plugins.methods.ratio import Ratio
from plugins.methods.steps import Steps
from plugins.methods.zscore import Zscore
from plugins.rules.annual_grade import AnnualGrade
from plugins.rules.bonus_coefficient import BonusCoefficient
from plugins.rules.candidate_pool import CandidatePool
from plugins.rules.commendation import Commendation
from plugins.rules.consecutive import Consecutive
from plugins.rules.criticism import Criticism
from plugins.rules.improvement_plan import ImprovementPlan
from plugins.rules.rotation import Rotation


@hookimpl
def plumbline_scoring_methods() -> list[type[AnyMethod]]:
    """Every method of scoring.md 2."""
    return [
        Ratio, Goalpost, Minmax, Zscore, Percentile, RankPoints, BestRatio, Steps, Interpolate, Efficacy, Milestone,
        Deduct, Accumulate, Choice, Rating, FormulaMethod, Linked,
    ]  # fmt: skip


@hookimpl
def plumbline_aggregates() -> list[type[Aggregate]]:
    """Every aggregate of scoring.md 1."""
    return [Arithmetic, Geometric, Harmonic, Minimum, Maximum]


@hookimpl
def plumbline_results_rules() -> list[type[AnyRule]]:
    """Every rule of results application."""
    return [
        Commendation, Criticism, AnnualGrade, Consecutive, CandidatePool, Rotation, ImprovementPlan, BonusCoefficient,
    ]  # fmt: skip
