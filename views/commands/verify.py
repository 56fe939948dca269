"""`verify`: whether an exported workbook is genuine and says what its run says."""

from __future__ import annotations

from pathlib import Path

import click

from views.commands.session import installation, request_as
from views.commands.trouble import language, refuse
from views.pages.verification import LARGEST, verify_workbook
from views.workbooks.book import open_workbook


@click.command("verify", help="Check an exported results or ranking workbook against its run.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Status 0 when the workbook is genuine and equal to its run; 1 with every cell that differs otherwise."""
    with installation() as platform, request_as(platform, None) as session:
        verdict = verify_workbook(session, open_workbook(file, LARGEST), platform.registry)
        if verdict.wrong is not None:
            refuse([verdict.wrong])
        if verdict.differences:
            refuse(difference.line(language()) for difference in verdict.differences)
        click.echo(f"{file}: genuine and equal to its run, {verdict.code}")
