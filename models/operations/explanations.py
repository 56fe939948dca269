"""Opening a score: every item of a participant with its numbers, the rule in words, and who entered and approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.access import may, require
from models.cycle import Participant
from models.errors import NotAllowed, NotFound, Refused
from models.guard import record_event
from models.operations.context import actor_of, find, metadata_of, registry_of
from models.operations.packing import optional, unpack_inputs
from models.operations.run_inputs import Provenance
from models.operations.run_notes import notes_for
from models.operations.run_results import from_stored, hash_of
from models.operations.scheme_shape import scheme_of_track
from models.operations.scheme_tree import in_tree_order
from models.operations.unit_of_work import unit_of_work
from models.result import Run, Score, Total
from plugins.engine import EngineError, Explainer
from plugins.engine.data import Floats
from plugins.engine.results import Results
from plugins.engine.scheme import Item
from plugins.registry import Registry

ANONYMOUS = "rating"


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One item of a participant's score.  Numbers are None where there is none; `text` is the arithmetic in words."""

    code: str
    name: str
    kind: str
    depth: int
    method: str
    value_type: str
    unit_of_measure: str
    actual: float | None
    choice: str
    not_applicable: bool
    target: float | None
    baseline: float | None
    rate: float | None
    weight: float | None
    points: float | None
    text: Text
    entered_by: str | None
    entered_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None


def load_results(session: Session, run_id: int, registry: Registry | None = None) -> Results:
    """The results of a stored run for all its participants.  NotAllowed when some of them are out of reach."""
    run = find(session, Run, run_id)
    require(session, "score", "show")
    results, _ = _load(session, run)
    if not _sees_all(session, run):
        raise NotAllowed(
            text("Some participants of this run are out of your reach.", "本批次部分考核对象不在您的权限范围内。")
        )
    return results


def _sees_all(session: Session, run: Run) -> bool:
    query = select(func.count()).select_from(Score).where(Score.run_id == run.id)
    return session.scalar(query) == session.scalar(query.execution_options(skip_scope=True))


def opens_whole(session: Session, run: Run) -> bool:
    """Whether the actor may take out the results of all participants of `run`."""
    return may(actor_of(session), metadata_of(session), "score", "export") and _sees_all(session, run)


def open_results(session: Session, run_id: int, registry: Registry | None = None) -> Results:
    """The results of a whole run to take out as a file, with the notes that the actor may read.

    Needs `score.export`; NotAllowed when some participants are out of reach.
    """
    require(session, "score", "export")
    results = load_results(session, run_id, registry)
    return replace(results, notes=notes_for(session, find(session, Run, run_id)))


def is_intact(session: Session, run: Run) -> bool:
    """Whether what is stored of `run` is what it found: its results still have the hash that it recorded."""
    results, _ = _load(session, run)
    return hash_of(results) == run.result_hash


def _load(session: Session, run: Run) -> tuple[Results, Provenance]:
    """Results and provenance as stored, past row scope: a rate may rest on the values of peers."""
    packed = session.scalar(select(Run.inputs).where(Run.id == run.id).execution_options(skip_scope=True))
    if packed is None:
        raise NotFound(text("The inputs of this run were not kept.", "本批次未保存输入数据。"))
    data, texts, arrays = unpack_inputs(packed)
    totals = session.scalars(_of_run(Total, run.id)).all()
    scores = session.scalars(_of_run(Score, run.id)).all()
    results = from_stored(run, scheme_of_track(run.track), data, totals, scores)
    for row in (*totals, *scores):
        session.expunge(row)
    return results, Provenance.of(texts, arrays)


def _of_run(model: type[Any], run_id: int) -> Any:
    query = select(model).where(model.run_id == run_id).order_by(model.participant_id)
    return query.execution_options(skip_scope=True)


@unit_of_work
def explain_score(
    session: Session, run_id: int, participant_id: int, registry: Registry | None = None
) -> list[ExplainedLine]:
    """Every item of a participant's score in the order of the tree, each explained from what the run stored.

    Needs `score.show` on this participant.  Opening another person's score is written to the audit trail.
    """
    run = find(session, Run, run_id)
    query = select(Score).where(Score.run_id == run.id, Score.participant_id == participant_id)
    own = session.scalars(query).one_or_none()
    if own is None:
        require(session, "score", "show")
        raise NotFound(text("There is no such score within your reach.", "在您的权限范围内没有此得分。"))
    require(session, "score", "show", own)
    participant = find(session, Participant, participant_id)
    if own.person_id is not None and own.person_id != actor_of(session).person_id:
        record_event(session, "read", "score", own)
    results, provenance = _load(session, run)
    position = results.data.participants.codes.index(participant.code)
    plugins = registry_of(session, registry)
    explainer = explainer_of(results, plugins)
    return [
        _line(results, provenance, item, depth, position, _said(explainer, plugins, item, position))
        for item, depth in in_tree_order(results.scheme)
        if item.participant in (None, "", participant.code)
    ]


def explainer_of(results: Results, registry: Registry) -> Explainer:
    """What explains the scores of a run; Refused when a plugin that it used is gone."""
    try:
        return Explainer(results, registry)
    except EngineError as error:
        raise Refused(
            text("A plugin of this run is not installed any more.", "本批次所用的插件已不再安装。"), list(error.findings)
        ) from error


def _said(explainer: Explainer, registry: Registry, item: Item, position: int) -> Text:
    """The arithmetic in words; where a plugin has changed since the run, that it has."""
    said = explainer.item(item.code, position)
    used = explainer.results.plugin_versions.get(f"method:{item.method}")
    method = registry.methods.get(item.method or "")
    if used is None or method is None or method.version == used:
        return said
    return text(
        "{said} (computed by version {used} of the method, described by version {now}: the stored numbers hold)",
        "{said}（由该方法的 {used} 版计算，按 {now} 版说明，以已保存的数值为准）",
        said=said,
        used=used,
        now=method.version,
    )


def _line(
    results: Results, provenance: Provenance, item: Item, depth: int, position: int, said: Text
) -> ExplainedLine:
    data = results.data
    is_anonymous = item.method == ANONYMOUS
    who = (None, None, None, None) if is_anonymous else provenance.of_cell(item.code, position)
    rate, weight, points = _numbers(results, item.code, position)
    claims = data.not_applicable.get(item.code)
    return ExplainedLine(
        code=item.code,
        name=item.name or item.code,
        kind=item.kind,
        depth=depth,
        method=item.method or "",
        value_type=item.value_type or "",
        unit_of_measure=item.unit or "",
        actual=_at(data.actual, item.code, position),
        choice=data.choices.get(item.code, ("",) * len(data.participants))[position],
        not_applicable=bool(claims[position]) if claims is not None else False,
        target=_at(data.target, item.code, position),
        baseline=_at(data.baseline, item.code, position),
        rate=rate,
        weight=weight,
        points=points,
        text=said,
        entered_by=who[0],
        entered_at=who[1],
        approved_by=who[2],
        approved_at=who[3],
    )


def _numbers(results: Results, code: str, position: int) -> tuple[float | None, float | None, float | None]:
    """Rate, weight and points of an item; of an adjustment its points alone."""
    if code in results.item_codes:
        row = results.item_codes.index(code)
        rates, weights, points = results.rates, results.weights, results.points
        return optional(rates[row, position]), optional(weights[row, position]), optional(points[row, position])
    adjusted = results.adjustment_points.get(code)
    return None, None, optional(adjusted[position]) if adjusted is not None else None


def _at(columns: Mapping[str, Floats], code: str, position: int) -> float | None:
    column = columns.get(code)
    return optional(column[position]) if column is not None else None
