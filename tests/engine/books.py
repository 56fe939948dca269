"""A small reader of scheme and data workbooks, so that the engine can be tested by itself on the published cases."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineWorkbook

from plugins.engine.data import Adjustments, Data, Participants, Ratings
from plugins.engine.scheme import GradeBand, Item, RaterGroup, Scheme, TableRow

CASES = Path(__file__).parents[2].parent / "shared" / "cases"
NUMBERS = {"full_marks", "min_total", "max_total"}


def rows_of(path: Path, sheet: str) -> list[dict[str, Any]]:
    book = CalamineWorkbook.from_path(str(path))
    if sheet not in book.sheet_names:
        return []
    head, *rest = book.get_sheet_by_name(sheet).to_python()
    return [
        {str(k): (None if v == "" else v) for k, v in zip(head, row, strict=True)}
        for row in rest
        if any(v != "" for v in row)
    ]


def as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def params_of(written: Any) -> dict[str, Any]:
    found = {}
    for part in str(written or "").split(";"):
        if part.strip():
            name, _, value = part.partition("=")
            found[name.strip()] = value.strip()
    return found


def read_scheme(path: Path) -> Scheme:
    settings: dict[str, Any] = {row["key"]: row["value"] for row in rows_of(path, "scheme")}
    for name in ("min_total", "max_total"):
        if settings.get(name) == "none":
            settings[name] = None
    if "tie_breakers" in settings:
        settings["tie_breakers"] = tuple(
            part.strip() for part in str(settings["tie_breakers"]).split(",") if part.strip()
        )
    if "decimals" in settings:
        settings["decimals"] = int(settings["decimals"])
    if isinstance(settings.get("cycle_end"), datetime):
        settings["cycle_end"] = settings["cycle_end"].date()
    tables: dict[str, list[TableRow]] = {}
    for row in rows_of(path, "tables"):
        tables.setdefault(as_text(row["item"]), []).append(TableRow(row["x"], row["rate"]))
    items = []
    for row in rows_of(path, "items"):
        values = {key: value for key, value in row.items() if value is not None}
        values["code"] = as_text(values["code"])
        values["params"] = params_of(values.get("params"))
        if "decimals" in values:
            values["decimals"] = int(values["decimals"])
        items.append(Item(table=tuple(tables.get(values["code"], ())), **values))
    raters = [
        RaterGroup(
            as_text(row["group"]),
            row.get("name") or "",
            row.get("weight"),
            int(row["min_raters"]) if row.get("min_raters") else None,
            row.get("ballot_rule"),
        )
        for row in rows_of(path, "raters")
    ]
    grades = [
        GradeBand(
            as_text(row["code"]),
            row.get("name") or "",
            row.get("min_score"),
            row.get("quota"),
            row.get("rounding") or "down",
            row.get("requires"),
            row.get("quota_if_parent"),
        )
        for row in rows_of(path, "grades")
    ]
    return Scheme(items=tuple(items), raters=tuple(raters), grades=tuple(grades), **settings)


def read_data(path: Path, scheme: Scheme) -> Data:
    people = rows_of(path, "participants")
    codes = tuple(as_text(row["code"]) for row in people)
    at = {code: position for position, code in enumerate(codes)}

    def column(name: str) -> tuple[str, ...]:
        return tuple(as_text(row.get(name)) for row in people)

    kinds = {item.code: item.value_type for item in scheme.items}
    values: dict[str, dict[str, Any]] = {"actual": {}, "target": {}, "baseline": {}}
    choices: dict[str, list[str]] = {}
    flags: dict[str, Any] = {}
    for sheet, found in values.items():
        for row in rows_of(path, sheet):
            position = at[as_text(row["participant"])]
            for code, value in row.items():
                if code == "participant" or value is None:
                    continue
                if value == "n/a":
                    flags.setdefault(code, np.zeros(len(codes), dtype=bool))[position] = True
                elif kinds.get(code) == "choice":
                    choices.setdefault(code, [""] * len(codes))[position] = as_text(value)
                else:
                    number = value.toordinal() if isinstance(value, date) else float(value)
                    found.setdefault(code, np.full(len(codes), np.nan))[position] = number
    ratings = rows_of(path, "ratings")
    adjustments = rows_of(path, "adjustments")
    return Data(
        Participants(codes, column("name"), column("group"), column("parent"), column("parent_grade")),
        **values,
        choices={code: tuple(options) for code, options in choices.items()},
        not_applicable=flags,
        ratings=Ratings(
            np.array([at[as_text(row["participant"])] for row in ratings], dtype=np.int64),
            *(tuple(as_text(row[name]) for row in ratings) for name in ("item", "rater", "group")),
            np.array([row["score"] for row in ratings], dtype=np.float64),
        )
        if ratings
        else None,
        adjustments=Adjustments(
            np.array([at[as_text(row["participant"])] for row in adjustments], dtype=np.int64),
            tuple(as_text(row["item"]) for row in adjustments),
            np.array([np.nan if row.get("occurrences") is None else row["occurrences"] for row in adjustments]),
            np.array([np.nan if row.get("points") is None else row["points"] for row in adjustments]),
            tuple(as_text(row.get("reason")) for row in adjustments),
        )
        if adjustments
        else None,
        linked={
            (at[as_text(row["participant"])], as_text(row["from"])): row["rate"] for row in rows_of(path, "linked")
        },
    )


def read_expected(folder: Path) -> tuple[list[dict[str, str]], dict[str, Any]]:
    with (folder / "expected.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file)), json.loads((folder / "case.json").read_text())
