"""Writes a scheme as a workbook; what is read back from it is the same scheme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import xlsxwriter

from plugins.engine.scheme import Scheme
from views.workbooks.looks import Styles, new_workbook
from views.workbooks.outcolumns import OutColumn
from views.workbooks.params import write_params, written_value
from views.workbooks.scheme_format import GRADE_COLUMNS, ITEM_COLUMNS, RATER_COLUMNS, SETTINGS, TABLE_COLUMNS
from views.workbooks.table import Column
from views.workbooks.tablesheet import Written, write_table
from views.workbooks.values import NONE_WORD

LAST_VALIDATED_ROW = 2_000
_LONG_TEXT = frozenset({"params", "standard", "requires", "ballot_rule", "quota_if_parent"})


def write_scheme(scheme: Scheme, file: str | BinaryIO) -> None:
    """Write the scheme workbook to a path or binary file.

    Raises `WorkbookError` for parameters that the cell syntax cannot carry.
    """
    with new_workbook(file) as workbook:
        styles = Styles(workbook)
        columns = [OutColumn("key", kind="code", width=18), OutColumn("value", kind="mixed", width=60)]
        write_table(workbook, styles, "scheme", columns, _settings(scheme), landscape=False)
        _sheet(
            workbook,
            styles,
            "items",
            ITEM_COLUMNS,
            ([_of_item(item, c.code) for c in ITEM_COLUMNS] for item in scheme.items),
        )
        _sheet(workbook, styles, "tables", TABLE_COLUMNS, _table_rows(scheme))
        _sheet(
            workbook,
            styles,
            "raters",
            RATER_COLUMNS,
            ((group.code, group.name, group.weight, group.min_raters, group.ballot_rule) for group in scheme.raters),
        )
        _sheet(
            workbook,
            styles,
            "grades",
            GRADE_COLUMNS,
            ([getattr(band, column.code) for column in GRADE_COLUMNS] for band in scheme.grades),
        )


def as_written(scheme: Scheme) -> Scheme:
    """The scheme as a workbook gives it back: parameters as text.  Two schemes say the same when these are equal."""
    return replace(
        scheme,
        items=tuple(
            replace(item, params={k: written_value(v) for k, v in item.params.items() if v is not None})
            for item in scheme.items
        ),
    )


def _settings(scheme: Scheme) -> Iterator[tuple[str, Any]]:
    for column in SETTINGS:
        value = getattr(scheme, column.code)
        if column.code in {"min_total", "max_total"} and value is None:
            value = NONE_WORD
        elif column.code == "tie_breakers":
            value = ", ".join(value)
        yield column.code, value


def _of_item(item: Any, code: str) -> Any:
    return write_params(item.params) if code == "params" else getattr(item, code)


def _table_rows(scheme: Scheme) -> Iterator[tuple[str, Any, float]]:
    for item in scheme.items:
        for row in item.table:
            yield item.code, row.x, row.rate


def _sheet(workbook: xlsxwriter.Workbook, styles: Styles, name: str, columns: Sequence[Column], rows: Any) -> Written:
    out = [_out_column(column) for column in columns]
    written = write_table(workbook, styles, name, out, rows)[0]
    for position, column in enumerate(columns):
        if column.kind == "choice":
            written.worksheet.data_validation(
                written.first_row - 1,
                position,
                LAST_VALIDATED_ROW,
                position,
                {
                    "validate": "list",
                    "source": list(column.options),
                    "error_title": column.code,
                    "error_message": ", ".join(column.options)[:255],
                },
            )
    return written


def _out_column(column: Column) -> OutColumn:
    kind = {"choice": "code", "number_or_none": "mixed", "raw": "mixed", "integer": "number"}.get(
        column.kind, column.kind
    )
    wrap = column.code in _LONG_TEXT
    return OutColumn(column.code, kind=kind, wrap=wrap, width=44 if wrap else None)
