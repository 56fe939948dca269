"""What if: a run's inputs under changed weights, targets, parameters or methods.  Nothing is written unless it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.access import require
from models.cycle import Participant
from models.errors import Invalid, NotFound, Refused, WrongState
from models.operations.context import find, registry_of
from models.operations.packing import floats, optional, unpack_inputs
from models.operations.scheme_shape import scheme_from_version, scheme_of_track
from models.operations.schemes import SchemeReport, import_scheme
from models.operations.unit_of_work import unit_of_work
from models.result import Run, Total
from plugins.arrays import Floats, Ints
from plugins.engine import EngineError
from plugins.engine.run import Standing
from plugins.engine.scheme import Item, Scheme, TableRow
from plugins.engine.what_if import WhatIf
from plugins.registry import Registry

KEPT_RUNS = 4
"""How many runs' inputs a process keeps unpacked."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What is different in an item; None = as it is.  `params`, `table` take the place of the old ones as a whole."""

    weight: float | None = None
    method: str | None = None
    params: Mapping[str, str] | None = None
    table: tuple[TableRow, ...] | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A changed copy: `items` by code; `targets`: item code → a target for every participant."""

    items: Mapping[str, ItemChange] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """A participant's total, rank and grade under the trial, and as the run found them (`was_…`)."""

    code: str
    name: str
    name_en: str | None
    total: float | None
    rank: int | None
    grade: str
    was_total: float | None
    was_rank: int | None
    was_grade: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """`moves`: the first of all participants in their new order; how many there are, change rank, change grade."""

    moves: tuple[Move, ...]
    participants: int
    moved: int
    regraded: int


@dataclass(frozen=True, slots=True)
class Base:
    """A run to try things on: its inputs, names by participant's code, and what it found."""

    engine: WhatIf
    names: Mapping[str, tuple[str, str | None]]
    total: Floats
    rank: Ints
    grade: tuple[str, ...]


_kept: OrderedDict[tuple[str, int, str], Base] = OrderedDict()
"""Inputs of the runs tried last, by database, run and what it found: a run's inputs never change."""
_keeping = Lock()


def try_out(
    session: Session, run_id: int, trial: Trial, registry: Registry | None = None, *, most: int = 200
) -> Outlook:
    """Totals, ranks and grades of a run's participants under `trial`, and how they move.

    Needs `track.score`, as it looks at all participants like a run.  Raises Invalid for an item that does not exist,
    Refused with every reason why the changed scheme cannot be computed.
    """
    run = open_to_try(session, run_id)
    base = base_of(session, run, registry_of(session, registry))
    scheme = changed(base.engine.scheme, trial)
    try:
        found = base.engine.standing(scheme, trial.targets)
    except EngineError as stopped:
        raise Refused(_cannot(len(stopped.findings)), list(stopped.findings)) from stopped
    codes = base.engine.data.participants.codes
    ranked = np.where(found.rank > 0, found.rank, len(codes) + 1)
    order = np.lexsort((np.array(codes), ranked))[:most]
    moves = tuple(_move(base, found, at) for at in order.tolist())
    regraded = sum(now != was for now, was in zip(found.grade, base.grade, strict=True))
    return Outlook(moves, len(codes), int(np.count_nonzero(found.rank != base.rank)), regraded)


def _move(base: Base, found: Standing, at: int) -> Move:
    code = base.engine.data.participants.codes[at]
    name, name_en = base.names[code]
    return Move(
        code=code,
        name=name,
        name_en=name_en,
        total=optional(found.total[at]),
        rank=int(found.rank[at]) or None,
        grade=found.grade[at],
        was_total=optional(base.total[at]),
        was_rank=int(base.rank[at]) or None,
        was_grade=base.grade[at],
    )


def open_to_try(session: Session, run_id: int) -> Run:
    """The run, for those who may score its track: they look at all participants."""
    run = find(session, Run, run_id)
    require(session, "track", "score", run.track)
    return run


def _cannot(count: int) -> Text:
    return text(
        "This cannot be computed: {count} things need attention.", "无法计算：有 {count} 处需要处理。", count=count
    )


def base_of(session: Session, run: Run, registry: Registry) -> Base:
    """The run's inputs unpacked and rated, from this process's memory when it was tried lately."""
    key = (str(session.get_bind().engine.url), run.id, run.result_hash)
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _read(session, run, registry)
    with _keeping:
        _kept[key] = made
        while len(_kept) > KEPT_RUNS:
            _kept.popitem(last=False)
    return made


def _read(session: Session, run: Run, registry: Registry) -> Base:
    """The run's inputs unpacked, and what it found, past row scope like a run."""
    packed = session.scalar(select(Run.inputs).where(Run.id == run.id).execution_options(skip_scope=True))
    if packed is None:
        raise NotFound(text("The inputs of this run were not kept.", "本批次未保存输入数据。"))
    data = unpack_inputs(packed)[0]
    query = (
        select(Participant.code, Participant.name, Participant.name_en, Total.total, Total.rank, Total.grade)
        .join(Total, Total.participant_id == Participant.id)
        .where(Total.run_id == run.id)
    )
    rows = {row.code: row for row in session.execute(query.execution_options(skip_scope=True))}
    ordered = [rows[code] for code in data.participants.codes]
    try:
        engine = WhatIf(scheme_of_track(run.track), data, registry)
    except EngineError as stopped:
        raise Refused(_cannot(len(stopped.findings)), list(stopped.findings)) from stopped
    return Base(
        engine,
        {row.code: (row.name, row.name_en) for row in ordered},
        floats([row.total for row in ordered]),
        np.array([row.rank or 0 for row in ordered], dtype=np.int64),
        tuple(row.grade for row in ordered),
    )


def changed(scheme: Scheme, trial: Trial) -> Scheme:
    """`scheme` with the changes of `trial`; Invalid when it names an item that the scheme does not have."""
    known = {item.code for item in scheme.items}
    unknown = sorted((trial.items.keys() | trial.targets.keys()) - known)
    if unknown:
        said = text("There is no item “{code}”.", "没有代码为“{code}”的项目。", code=unknown[0])
        raise Invalid(said, dict.fromkeys(unknown, said))
    return replace(scheme, items=tuple(_item(item, trial.items.get(item.code)) for item in scheme.items))


def _item(item: Item, change: ItemChange | None) -> Item:
    if change is None:
        return item
    given = {name: getattr(change, name) for name in ("weight", "method", "params", "table")}
    return replace(item, **{name: value for name, value in given.items() if value is not None})


@unit_of_work
def keep_trial(session: Session, run_id: int, trial: Trial, registry: Registry | None = None) -> SchemeReport:
    """Keep the changed scheme as a draft version; targets are values and no part of it.

    Needs `scheme.import` too.  WrongState while another draft is being worked on; Refused with every reason.
    """
    run = open_to_try(session, run_id)
    version = run.track.scheme_version
    newest = max(version.scheme.versions, key=lambda one: one.number)
    if newest.state == "draft":
        raise WrongState(
            text(
                "Version {number} of the scheme is a draft already; publish or delete that one first.",
                "该方案第 {number} 版已是草稿，请先发布或删除。",
                number=newest.number,
            )
        )
    report = import_scheme(session, changed(scheme_from_version(version), trial), registry, commit=True)
    if report.refused:
        errors = [finding for finding in report.findings if finding.level == "error"]
        raise Refused(_cannot(len(errors)), errors)
    return report
