"""`publish`: publish what was proposed."""

from __future__ import annotations

import click

from models.operations.scoring import newest_run, publish_run
from views.commands.session import installation, session_as, tracks_of


@click.command("publish", help="Publish the proposed runs of CYCLE, or the one of CYCLE/SCHEME.")
@click.argument("cycle")
@click.option("--as", "username", required=True, metavar="USER", help="The sign-in in whose name it is done.")
@click.option("--reason", help="Why it takes the place of a run that is published already.")
def command(cycle: str, username: str, reason: str | None) -> None:
    """Publish the newest proposed run of each track."""
    with installation() as platform, session_as(platform, username) as session:
        for track_id in [track.id for track in tracks_of(session, cycle)]:
            run = newest_run(session, track_id, "proposed")
            run = publish_run(session, run.id, run.version, reason)
            click.echo(f"{run.track.name}: run {run.number} {run.state}")
