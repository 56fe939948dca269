"""The rows of the sheet `scores`: every item of every participant, made in blocks, as there may be millions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from config.text import Text, text
from plugins.engine.data import Floats
from plugins.engine.results import Results
from plugins.engine.scheme import Item
from views.workbooks.data_writing import shown_values
from views.workbooks.values import NOT_APPLICABLE

Explain = Callable[[str, int], Text]

_BLOCK = 256


@dataclass(slots=True)
class _Column:
    """One item's values for a block of participants, as plain Python values (None = blank)."""

    item: Item
    method: str
    actual: Sequence[Any]
    target: Sequence[Any]
    rates: Sequence[float | None]
    weights: Sequence[float | None]
    points: Sequence[float | None]


def score_rows(results: Results, explain: Explain, language: str | None) -> Iterator[Sequence[Any]]:
    """Every item of every participant, in the order of the scheme; adjustments where there are any."""
    words = language or "en"
    codes = results.data.participants.codes
    row_of = {code: row for row, code in enumerate(results.item_codes)}
    tree = [(item, row_of[item.code]) for item in results.scheme.items if item.code in row_of]
    for start in range(0, len(codes), _BLOCK):
        block = slice(start, start + _BLOCK)
        columns = [_column(results, item, row, block, words) for item, row in tree]
        for at, code in enumerate(codes[block]):
            for own in columns:
                item = own.item
                yield [
                    code, item.code, item.name, own.actual[at], own.target[at], own.rates[at], own.weights[at],
                    own.points[at], own.method, explain(item.code, start + at).in_language(words),
                ]  # fmt: skip
            yield from _adjustment_rows(results, explain, words, start + at)


def _column(results: Results, item: Item, row: int, block: slice, language: str) -> _Column:
    method = item.method or (item.aggregate or "arithmetic" if item.kind == "dimension" else "")
    count = len(results.data.participants.codes[block])
    return _Column(
        item,
        method,
        _actual(results, item, block, count, language),
        _shown(results.data.target.get(item.code), item, block, count, language),
        _plain(results.rates[row, block]),
        _plain(results.weights[row, block]),
        _plain(results.points[row, block]),
    )


def _actual(results: Results, item: Item, block: slice, count: int, language: str) -> Sequence[Any]:
    """What was entered, as a person entered it."""
    data = results.data
    options = data.choices.get(item.code)
    values = _shown(data.actual.get(item.code), item, block, count, language) if options is None else options[block]
    claimed = data.not_applicable.get(item.code)
    if claimed is None:
        return values
    claim = text(NOT_APPLICABLE, "不适用").in_language(language)
    return [claim if told else value for value, told in zip(values, claimed[block].tolist(), strict=True)]


def _shown(numbers: Floats | None, item: Item, block: slice, count: int, language: str) -> Sequence[Any]:
    """Numbers of an item as its cells hold them, yes and no in the file's language."""
    if numbers is None:
        return [None] * count
    values = shown_values(item, numbers[block])
    if item.value_type != "yes_no":
        return values
    words = {"yes": text("yes", "是").in_language(language), "no": text("no", "否").in_language(language)}
    return [words.get(value, value) if isinstance(value, str) else value for value in values]


def _plain(numbers: Floats) -> list[float | None]:
    return [number if number == number else None for number in numbers.tolist()]


def _adjustment_rows(results: Results, explain: Explain, language: str, position: int) -> Iterator[Sequence[Any]]:
    code = results.data.participants.codes[position]
    for item in results.scheme.items:
        if item.code not in results.adjustment_points:
            continue
        points = float(results.adjustment_points[item.code][position])
        count = float(results.occurrences[item.code][position]) if item.code in results.occurrences else 0.0
        if points or count:
            said = explain(item.code, position).in_language(language)
            yield [code, item.code, item.name, count, None, None, None, points, item.kind, said]
