"""`score`: run the scoring of a cycle's tracks and propose it."""

from __future__ import annotations

import click

from models.operations.scoring import propose_run, publish_run, run_scoring
from views.commands.session import installation, session_as, tracks_of


@click.command("score", help="Score the tracks of CYCLE, or the one of CYCLE/SCHEME, and propose the result.")
@click.argument("cycle")
@click.option("--as", "username", required=True, metavar="USER", help="The sign-in in whose name it is done.")
@click.option("--publish", is_flag=True, help="Publish as well; USER needs that grant too.")
@click.option("--reason", help="Why it takes the place of a run that is published already.")
def command(cycle: str, username: str, publish: bool, reason: str | None) -> None:
    """Score, propose and, if asked to, publish."""
    with installation() as platform, session_as(platform, username) as session:
        for track_id in [track.id for track in tracks_of(session, cycle)]:
            run = run_scoring(session, track_id, platform.registry)
            run = propose_run(session, run.id, run.version)
            if publish:
                run = publish_run(session, run.id, run.version, reason)
            click.echo(f"{run.track.name}: run {run.number} {run.state}, inputs {run.input_hash[:12]}")
