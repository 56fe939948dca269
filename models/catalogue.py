"""Every mapped class by its entity's code, and what is stored of it."""

from __future__ import annotations

from functools import cache
from typing import Any

from models.account import Account, Grant
from models.audit import AuditEntry, AuditSeal
from models.cycle import Adjustment, Cycle, Entry, Form, LinkedRate, Participant, Rating, Remark, Track
from models.organization import Appointment, Person, Post, Unit, UnitSuccession, UnitVersion
from models.outcome import CycleRule, Outcome
from models.result import Run, Score, Total
from models.scheme import GradeBand, Item, RaterGroup, Scheme, SchemeVersion
from models.setting import Setting, Upload
from models.stored import StoredColumn, columns_of
from models.warning_answer import WarningAnswer

_CLASSES: tuple[type[Any], ...] = (
    Account,
    Adjustment,
    Appointment,
    AuditEntry,
    AuditSeal,
    Cycle,
    CycleRule,
    Entry,
    Form,
    GradeBand,
    Grant,
    Item,
    LinkedRate,
    Outcome,
    Participant,
    Person,
    Post,
    RaterGroup,
    Rating,
    Remark,
    Run,
    Scheme,
    SchemeVersion,
    Score,
    Setting,
    Total,
    Track,
    Unit,
    UnitSuccession,
    UnitVersion,
    Upload,
    WarningAnswer,
)

MODELS: dict[str, type[Any]] = {model.entity: model for model in _CLASSES}
"""Entity code → mapped class."""


def model_of(entity: str) -> type[Any]:
    """The mapped class of `entity`.  Raises KeyError when there is none."""
    return MODELS[entity]


@cache
def stored(entity: str) -> dict[str, StoredColumn]:
    """What is stored of `entity`, by field: a column by its attribute, a reference by its relation's name."""
    return columns_of(model_of(entity))
