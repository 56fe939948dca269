"""`evaluate`: score a scheme and a data workbook into a results workbook, without a database."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import click

from config.text import text
from models.clock import Clock
from plugins.engine import EngineError, Explainer, check_data, check_scheme, input_hash, score
from plugins.engine.data import Note
from plugins.engine.scheme import Finding, Scheme
from plugins.registry import Registry, build_registry
from views.workbooks.book import Book, open_workbook
from views.workbooks.data_reading import DataReading, read_data
from views.workbooks.findings import all_problems, locate
from views.workbooks.problems import WorkbookError
from views.workbooks.results import write_results
from views.workbooks.results_format import About
from views.workbooks.scheme_format import SCHEME_SHEETS
from views.workbooks.scheme_reading import SchemeReading, read_scheme

_LANGUAGES = ("en", "zh_Hans")
_READABLE = click.Path(exists=True, dir_okay=False, readable=False, path_type=Path)


class Refused(Exception):
    """The workbooks have errors or the run is blocked; `lines` are the sentences for standard error."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@click.command("evaluate")
@click.option("--scheme", "scheme_file", required=True, type=_READABLE, help="The scheme workbook.")
@click.option("--data", "data_file", required=True, type=_READABLE, help="The data workbook.")
@click.option(
    "--out",
    "out_file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the results workbook is written.",
)
@click.option(
    "--language", type=click.Choice(_LANGUAGES), default="en", show_default=True, help="The language of messages."
)
@click.option(
    "--plugin-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="PLUMBLINE_PLUGIN_DIR",
    help="A folder with further plugins.",
)
@click.pass_context
def command(
    context: click.Context, scheme_file: Path, data_file: Path, out_file: Path, language: str, plugin_dir: Path | None
) -> None:
    """Score a scheme workbook and a data workbook into a results workbook, with no database.

    Exit status 0 when done, 1 when the workbooks have errors or the run is blocked (each on standard error as
    `sheet!cell: message`), 2 for wrong usage.
    """
    if not out_file.parent.is_dir():
        raise click.BadParameter(f"the folder {out_file.parent} does not exist", context, param_hint="--out")
    if any(out_file.exists() and out_file.samefile(source) for source in (scheme_file, data_file)):
        raise click.BadParameter("it would overwrite a workbook that is read", context, param_hint="--out")
    try:
        evaluate_files(scheme_file, data_file, out_file, build_registry(plugin_dir), language)
    except Refused as refused:
        for line in refused.lines:
            click.echo(line, err=True)
        context.exit(1)


def evaluate_files(scheme_file: Path, data_file: Path, out_file: Path, registry: Registry, language: str) -> None:
    """Read, check, score and write; raises `Refused` with every error of both workbooks, one a line."""
    reading, data = _read(scheme_file, data_file, language)
    scheme = _scheme_of(reading)
    problems, remarks = all_problems(
        reading,
        data,
        check_scheme(scheme, registry, publish=True, headless=True),
        check_data(scheme, data.data, registry),
    )
    if problems:
        raise Refused([problem.line(language) for problem in problems])
    try:
        results = score(scheme, data.data, registry)
    except EngineError as stopped:
        raise Refused([p.line(language) for p in all_problems(reading, data, stopped.findings)[0]]) from stopped
    with written_whole(out_file, language) as file:
        write_results(
            results,
            Explainer(results, registry).item,
            About(input_hash(scheme, data.data), Clock().now()),
            file,
            locate=lambda place: locate(place, reading, data),
            notes=[*_remark_notes(remarks), *_reading_notes(data), *_plugin_notes(registry)],
        )


def _read(scheme_file: Path, data_file: Path, language: str) -> tuple[SchemeReading, DataReading]:
    """Both workbooks; raises `Refused` when one is no workbook at all or the scheme has no items to read data by."""
    books: list[Book] = []
    refusals: list[str] = []
    for file in (scheme_file, data_file):
        try:
            books.append(open_workbook(file))
        except WorkbookError as error:
            refusals.extend(_lines(file, error, language))
    if refusals:
        raise Refused(refusals)
    with _refusing(scheme_file, language):
        scheme = read_scheme(books[0])
    if scheme.scheme is None or not scheme.scheme.items:
        raise Refused([problem.line(language) for problem in all_problems(scheme, None)[0]] or _no_items(language))
    with _refusing(data_file, language):
        return scheme, read_data(books[1], scheme.scheme)


@contextlib.contextmanager
def _refusing(file: Path, language: str) -> Iterator[None]:
    """A sheet whose damage shows only when it is read refuses its file like any other damage."""
    try:
        yield
    except WorkbookError as error:
        raise Refused(_lines(file, error, language)) from error


def _lines(file: Path, error: WorkbookError, language: str) -> list[str]:
    told = [problem.line(language) for problem in error.problems]
    return told or [f"{file.name}: {error.text.in_language(language)}"]


def _no_items(language: str) -> list[str]:
    missing = text("the scheme has no items", "考核方案没有任何项目")
    return [f"items!A1: {missing.in_language(language)}"]


def _scheme_of(reading: SchemeReading) -> Scheme:
    if reading.scheme is None:
        raise ValueError("the scheme was not read")
    return reading.scheme


def _remark_notes(remarks: Iterable[Finding]) -> list[Note]:
    kinds = {True: "scheme", False: "data"}
    return [Note(kinds[found.place.sheet in SCHEME_SHEETS], found.place, found.text) for found in remarks]


def _plugin_notes(registry: Registry) -> list[Note]:
    return [
        Note("plugin", None, text("{name} is disabled: {why}", "{name} 已停用：{why}", name=it.plugin, why=it.text))
        for it in registry.problems
    ]


def _reading_notes(data: DataReading) -> list[Note]:
    notes = [problem for problem in data.problems if problem.level == "note"]
    return [Note("no_effect", (problem.sheet, problem.cell), problem.message) for problem in notes]


@contextlib.contextmanager
def written_whole(file: Path, language: str) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is complete: an error leaves what was there before.

    Raises `Refused` when the folder cannot be written to.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as opened:
            yield opened
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, file)
    except OSError as error:
        reason = text("The file {name} cannot be written.", "无法写入文件 {name}。", name=file.name)
        raise Refused([f"{file.name}: {reason.in_language(language)}"]) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
