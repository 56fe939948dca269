"""`serve`: the web server."""

from __future__ import annotations

import click
import waitress

from config.metadata import MetadataError
from config.settings import SettingsError, load_settings
from config.text import text
from models import migrate
from models.sealer import Sealer
from views.commands.check import metadata_findings
from views.commands.trouble import refuse
from views.context import EXTENSION
from views.wiring import create_app

NOT_MIGRATED = text(
    "The database has not been brought to this version. Run: app.py init",
    "数据库尚未升级到当前版本。请先运行：app.py init",
)


@click.command("serve", help="Serve the web pages and the API.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks a free one."
)
@click.option("--workers", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads that answer.")
def command(host: str, port: int, workers: int) -> None:
    """Listen until interrupted; the address is printed once the port is open."""
    try:
        settings = load_settings()
        if wrong := metadata_findings():
            raise MetadataError(wrong)
        if not migrate.check(settings.database_url):
            refuse([NOT_MIGRATED])
        app = create_app(settings)
    except (SettingsError, MetadataError) as error:
        refuse(error.findings)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=workers, ident="Plumbline")
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
    click.echo(f"Plumbline answers at http://{shown}:{server.effective_port}/  (stop with Ctrl+C)")
    sealer = Sealer(app.extensions[EXTENSION].database)
    sealer.start()
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
    finally:
        sealer.stop()
