"""Data and results as bytes that are the same for the same content: what a run stores and seals.

A package is a JSON header (texts, names) and plain arrays behind it, compressed.  Nothing in it is executable.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.engine.data import Adjustments, Bools, Data, Floats, Participants, Ratings

Arrays = dict[str, NDArray[Any]]
MAGIC = b"PLB1"
MATRICES = ("actual", "target", "baseline", "not_applicable")


def canonical(header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Header and arrays as bytes; equal content gives equal bytes (every NaN is the same NaN, keys are sorted)."""
    described = [[name, arrays[name].dtype.str, list(arrays[name].shape)] for name in sorted(arrays)]
    head = json.dumps({"texts": header, "arrays": described}, ensure_ascii=False, sort_keys=True, default=_plain)
    encoded = head.encode()
    parts = [struct.pack("<Q", len(encoded)), encoded]
    parts += [_bits(arrays[name]) for name in sorted(arrays)]
    return b"".join(parts)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot be packed: {type(value).__name__}")


def _bits(array: NDArray[Any]) -> bytes:
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), np.nan, array)
    return np.ascontiguousarray(array).tobytes()


def pack(header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """A package as it is stored: the canonical bytes, compressed."""
    return MAGIC + zlib.compress(canonical(header, arrays), 1)


def unpack(package: bytes) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays of a package; ValueError when it is none."""
    if package[:4] != MAGIC:
        raise ValueError("not a package")
    content = zlib.decompress(package[4:])
    (length,) = struct.unpack_from("<Q", content)
    head = json.loads(content[8 : 8 + length])
    arrays: Arrays = {}
    at = 8 + length
    for name, kind, shape in head["arrays"]:
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(content, dtype=np.dtype(kind), count=count, offset=at).reshape(shape)
        arrays[name], at = array, at + array.nbytes
    return head["texts"], arrays


def pack_inputs(data: Data, extra: Mapping[str, Any], extra_arrays: Arrays) -> bytes:
    """A run's data with what else its explanations need (`extra`: who entered and approved)."""
    header, arrays = _data_parts(data)
    return pack({"data": header, "extra": extra}, arrays | {f"extra.{n}": a for n, a in extra_arrays.items()})


def unpack_inputs(package: bytes) -> tuple[Data, dict[str, Any], Arrays]:
    """What `pack_inputs` packed."""
    header, arrays = unpack(package)
    extra = {name.removeprefix("extra."): array for name, array in arrays.items() if name.startswith("extra.")}
    return _data_of(header["data"], arrays), header["extra"], extra


def _data_parts(data: Data) -> tuple[dict[str, Any], Arrays]:
    people = data.participants
    header: dict[str, Any] = {
        "participants": [people.codes, people.names, people.groups, people.parents, people.parent_grades],
        "choices": {code: list(options) for code, options in sorted(data.choices.items())},
        "linked": [[position, source, rate] for (position, source), rate in sorted(data.linked.items())],
        "items": {name: sorted(getattr(data, name)) for name in MATRICES},
    }
    arrays: Arrays = {name: _stack(getattr(data, name), len(people)) for name in MATRICES}
    if data.ratings is not None:
        r = data.ratings
        header["ratings"] = [list(r.item), list(r.rater), list(r.group)]
        arrays |= {"ratings.participant": r.participant, "ratings.score": r.score}
    if data.adjustments is not None:
        a = data.adjustments
        header["adjustments"] = [list(a.item), list(a.reason)]
        arrays |= {"adjustments.participant": a.participant, "adjustments.occurrences": a.occurrences}
        arrays["adjustments.points"] = a.points
    return header, arrays


def _stack(columns: Mapping[str, NDArray[Any]], count: int) -> NDArray[Any]:
    if not columns:
        return np.empty((0, count))
    return np.stack([columns[code] for code in sorted(columns)])


def _data_of(header: Mapping[str, Any], arrays: Arrays) -> Data:
    columns: dict[str, dict[str, Floats]] = {
        name: dict(zip(header["items"][name], arrays[name], strict=True)) for name in MATRICES
    }
    claims: dict[str, Bools] = {code: row.astype(bool) for code, row in columns["not_applicable"].items()}
    codes, names, groups, parents, grades = (tuple(part) for part in header["participants"])
    return Data(
        participants=Participants(codes, names, groups, parents, grades),
        actual=columns["actual"],
        target=columns["target"],
        baseline=columns["baseline"],
        choices={code: tuple(options) for code, options in header["choices"].items()},
        not_applicable=claims,
        ratings=_ratings_of(header, arrays),
        adjustments=_adjustments_of(header, arrays),
        linked={(position, source): rate for position, source, rate in header["linked"]},
    )


def _ratings_of(header: Mapping[str, Any], arrays: Arrays) -> Ratings | None:
    if "ratings" not in header:
        return None
    items, raters, groups = (tuple(part) for part in header["ratings"])
    return Ratings(arrays["ratings.participant"], items, raters, groups, arrays["ratings.score"])


def _adjustments_of(header: Mapping[str, Any], arrays: Arrays) -> Adjustments | None:
    if "adjustments" not in header:
        return None
    items, reasons = (tuple(part) for part in header["adjustments"])
    numbers = (arrays["adjustments.participant"], arrays["adjustments.occurrences"], arrays["adjustments.points"])
    return Adjustments(numbers[0], items, numbers[1], numbers[2], reasons)


def optional(value: float) -> float | None:
    """A number of the engine as it is stored: NaN becomes None."""
    return None if value != value else float(value)


def floats(values: Sequence[float | None]) -> Floats:
    """Stored numbers as the engine has them: None becomes NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
