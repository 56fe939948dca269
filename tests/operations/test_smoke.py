from __future__ import annotations

from models.cycle import Track
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.operations.explanations import explain_score, load_results
from models.operations.reports import home, ranking, roster
from models.operations.form_sheet import form_sheet
from tests.operations.factories import World, full_cycle, form_of


def test_a_cycle_goes_from_start_to_finish(world: World) -> None:
    full_cycle(world, "BUDGET", "TAX")
    with world.as_role("indicator") as session:
        run = run_scoring(session, world.ids["track"])
        run_id = run.id
        propose_run(session, run.id, run.version)
    with world.as_role("leadership") as session:
        from models.result import Run
        run = session.get(Run, run_id)
        publish_run(session, run_id, run.version)
        for row in ranking(session, run_id).rows:
            print(row.rank, row.code, row.total, row.grade, row.top)
        h = home(session)
        print(h)
    with world.as_role("leader", "BUDGET") as session:
        p = form_of(session, "BUDGET", world.ids["track"]).participant_id
        for line in explain_score(session, run_id, p):
            print(line.code, line.actual, line.rate, line.points, line.text.in_language("zh"), line.entered_by, line.approved_by, line.approved_at)
        s = form_sheet(session, form_of(session, "BUDGET", world.ids["track"]).id)
        print(s.score, s.may)
