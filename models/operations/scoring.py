"""Scoring runs: compute a track, propose, publish, and open a score down to its arithmetic.

A run stores its inputs and its results, so that what it says never depends on what was entered later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.bulk import insert_rows, update_rows
from models.cycle import Track
from models.errors import Invalid, NotFound, Refused, WrongState
from models.guard import verb
from models.operations.columns import by_column
from models.operations.context import actor_of, find, now_of, registry_of, require_version
from models.operations.packing import pack_inputs
from models.operations.run_inputs import RunInputs, read_inputs
from models.operations.run_results import to_stored
from models.operations.scheme_shape import scheme_of_track
from models.operations.scheme_tree import top_codes
from models.operations.unit_of_work import snapshot_of_work, unit_of_work
from models.result import Run, Score, Total
from plugins.engine import EngineError, check_data, input_hash, score
from plugins.engine.results import Results
from plugins.engine.scheme import Scheme
from plugins.registry import Registry

RESULT_ROWS = frozenset({"run", "total", "score"})
RUN_STEPS = {"run": frozenset({"state", "proposed_by", "proposed_at", "published_by", "published_at"})}
PUBLISHING = {
    "run": RUN_STEPS["run"] | {"supersedes_id", "reason"},
    "total": frozenset({"is_published"}),
}
"""What publishing may change of runs that are frozen, in a closed cycle or published before."""


@snapshot_of_work
def run_scoring(session: Session, track_id: int, registry: Registry | None = None, *, trial: bool = False) -> Run:
    """Compute all scores of a track of an open cycle and store them as a draft run.

    `trial`: a run to look at, also of a draft cycle; it can never be published.  Raises Refused with every missing
    cell when a missing value blocks the run, WrongState.
    """
    track = find(session, Track, track_id)
    with verb(session, "track.score", track, writes=RESULT_ROWS):
        _require_scorable(track, trial)
        scheme = scheme_of_track(track)
        inputs = read_inputs(session, track.id, scheme)
        if not inputs.owners:
            raise WrongState(text("The track has no participants.", "该考核组别没有考核对象。"))
        results = _score(scheme, inputs, registry_of(session, registry))
        return _store(session, track, inputs, results, trial)


def _require_scorable(track: Track, trial: bool) -> None:
    if track.cycle.state == "closed":
        raise WrongState(text("The cycle is closed; it is not scored any more.", "考核周期已关闭，不能再计算。"))
    if track.cycle.state == "draft" and not trial:
        raise WrongState(
            text("Open the cycle before scoring it, or make a trial run.", "请先开放考核周期再计算，或进行试算。")
        )


def _score(scheme: Scheme, inputs: RunInputs, registry: Registry) -> Results:
    errors = [found for found in check_data(scheme, inputs.data, registry) if found.level == "error"]
    if errors:
        raise Refused(_stopped(len(errors)), errors)
    try:
        return score(scheme, inputs.data, registry)
    except EngineError as stopped:
        raise Refused(_stopped(len(stopped.findings)), list(stopped.findings)) from stopped


def _stopped(count: int) -> Text:
    return text(
        "The run stops: {count} things need attention first.", "计算中止：有 {count} 处需要先行处理。", count=count
    )


def _store(session: Session, track: Track, inputs: RunInputs, results: Results, trial: bool) -> Run:
    stored = to_stored(results, inputs.owners, top_codes(results.scheme))
    newest = session.scalar(
        select(func.max(Run.number)).where(Run.track_id == track.id).execution_options(skip_scope=True)
    )
    run = Run(
        track=track,
        number=(newest or 0) + 1,
        state="draft",
        is_trial=trial or track.cycle.is_trial,
        input_hash=input_hash(results.scheme, inputs.data),
        inputs=pack_inputs(inputs.data, inputs.provenance.texts(), inputs.provenance.arrays()),
        started_by=actor_of(session).username,
        started_at=now_of(session),
        **stored.run,
    )
    session.add(run)
    session.flush()
    _insert(session, Total, run.id, stored.totals)
    _insert(session, Score, run.id, stored.scores)
    return run


def _insert(session: Session, model: type[Total] | type[Score], run_id: int, rows: Sequence[dict[str, Any]]) -> None:
    insert_rows(session, model, by_column([{"run_id": run_id, **row} for row in rows]), want_ids=False)


@unit_of_work
def propose_run(session: Session, run_id: int, version: int | None) -> Run:
    """Propose a draft run for publication."""
    run = find(session, Run, run_id)
    with verb(session, "run.propose", run, writes={"run"}, thaws=RUN_STEPS):
        require_version(run, version)
        _refuse_trial(run)
        if run.state != "draft":
            raise WrongState(text("Only a draft run can be proposed.", "只有草稿状态的计算批次才能提请。"))
        run.state, run.proposed_by, run.proposed_at = "proposed", actor_of(session).username, now_of(session)
        session.flush()
    return run


def _refuse_trial(run: Run) -> None:
    if run.is_trial:
        raise WrongState(text("A trial never reaches published results.", "试算结果不能发布。"))


@unit_of_work
def publish_run(session: Session, run_id: int, version: int | None, reason: str | None = None) -> Run:
    """Publish a proposed run.  One that was published before for the track is superseded, which needs a `reason`."""
    run = find(session, Run, run_id)
    with verb(session, "run.publish", run, writes={"run", "total"}, thaws=PUBLISHING):
        require_version(run, version)
        _refuse_trial(run)
        if run.state != "proposed":
            raise WrongState(text("Only a proposed run can be published.", "只有已提请的计算批次才能发布。"))
        if earlier := _published(session, run.track_id):
            _supersede(session, run, earlier, (reason or "").strip())
        _mark_totals(session, run.id, published=True)
        run.state, run.published_by, run.published_at = "published", actor_of(session).username, now_of(session)
        session.flush()
    return run


def _published(session: Session, track_id: int) -> Run | None:
    query = select(Run).where(Run.track_id == track_id, Run.state == "published")
    return session.scalars(query.order_by(Run.id.desc())).first()


def _supersede(session: Session, run: Run, earlier: Run, reason: str) -> None:
    if earlier.id > run.id:
        raise WrongState(text("A later run is published already.", "已发布更晚的计算批次。"))
    if not reason:
        missing = text(
            "Run {number} is published; say why this one takes its place.",
            "批次 {number} 已发布；请说明由本批次取代的理由。",
            number=earlier.number,
        )
        raise Invalid(missing, {"reason": missing})
    run.supersedes, run.reason = earlier, reason
    earlier.state = "superseded"
    session.flush()
    _mark_totals(session, earlier.id, published=False)


def _mark_totals(session: Session, run_id: int, *, published: bool) -> None:
    ids: Sequence[int] = session.scalars(select(Total.id).where(Total.run_id == run_id)).all()
    update_rows(session, Total, ids, {"is_published": published})


def newest_run(session: Session, track_id: int, *states: str) -> Run:
    """The newest run of a track in one of `states` (any when none is named); NotFound when there is none."""
    query = select(Run).where(Run.track_id == track_id, Run.is_trial.is_(False)).order_by(Run.id.desc())
    if states:
        query = query.where(Run.state.in_(states))
    run = session.scalars(query.limit(1)).first()
    if run is None:
        raise NotFound(text("There is no such run yet.", "尚无符合条件的计算批次。"))
    return run
