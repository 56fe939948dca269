"""Rounding that never depends on the noise of the last bits, and numbers as people read them (scoring.md 6)."""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from plugins.arrays import Floats, Ints

DIGITS = 12
MAX_DECIMALS = 12
_WIDE = Context(prec=400)
_POWERS: Ints = np.array([10**k for k in range(19)], dtype=np.int64)


def _mantissa(values: Floats) -> tuple[Ints, Ints]:
    """`values` > 0 written with 12 significant digits: integers m and p with value = m · 10^−p, 10^11 ≤ m ≤ 10^12.

    Scaling by a power of ten errs by an ulp or so; only where that could decide which way the thirteenth digit
    goes (and for extreme magnitudes) is the value written out, exactly, as text.
    """
    exponent = np.floor(np.log10(values))
    scaled = _shifted(values, DIGITS - 1 - exponent)
    exponent = exponent + (scaled >= 10.0**DIGITS) - (scaled < 10.0 ** (DIGITS - 1))
    places = DIGITS - 1 - exponent
    scaled = _shifted(values, places)
    nearest = np.rint(scaled)
    doubtful = (np.abs(np.abs(scaled - nearest) - 0.5) < 1e-3) | (np.abs(places) > 22)
    mantissa = nearest.astype(np.int64)
    shift = places.astype(np.int64)
    for at in np.flatnonzero(doubtful):
        digits, power = f"{float(values[at]):.{DIGITS - 1}e}".split("e")
        mantissa[at] = int(digits.replace(".", ""))
        shift[at] = DIGITS - 1 - int(power)
    return mantissa, shift


def _shifted(values: Floats, places: Floats) -> Floats:
    up = np.power(10.0, np.clip(places, 0, 300))
    down = np.power(10.0, np.clip(-places, 0, 300))
    scaled: Floats = values * up / down
    return scaled


def _unscaled(mantissa: Ints, places: Ints) -> Floats:
    """m · 10^−p as the nearest double: one correctly rounded division or product while 10^|p| is exact."""
    exact = np.abs(places) <= 22
    safe = np.where(exact, places, 0).astype(np.float64)
    result: Floats = np.where(
        safe >= 0, mantissa / np.power(10.0, np.maximum(safe, 0)), mantissa * np.power(10.0, np.maximum(-safe, 0))
    )
    for at in np.flatnonzero(~exact):
        result[at] = float(Decimal(int(mantissa[at])).scaleb(-int(places[at])))
    return result


def round_half_away(values: Floats, decimals: int) -> Floats:
    """Values rounded half away from zero to `decimals` places, each first written with 12 significant digits.

    So 86.125 → 86.13 and 2.675 → 2.68 although the doubles lie below.  NaN and infinities stay.  `decimals` may be
    negative (tens, hundreds); scoring.md 6.
    """
    source = np.asarray(values, dtype=np.float64)
    result: Floats = np.array(source + 0.0)
    todo = np.isfinite(source) & (source != 0)
    if not todo.any():
        return result
    chosen = source[todo]
    mantissa, places = _mantissa(np.abs(chosen))
    drop = places - decimals
    # With nothing to drop the 12 digits already end at that place; 13 dropped digits or more leave nothing.
    step = _POWERS[np.clip(drop, 0, DIGITS + 1)]
    kept = np.where(drop > DIGITS, 0, np.where(drop > 0, (mantissa + step // 2) // step, mantissa))
    rounded = _unscaled(kept, np.where(drop > 0, decimals, places))
    result[todo] = np.copysign(rounded, chosen) + 0.0
    return result


def round_one(value: float, decimals: int) -> float:
    """`round_half_away` of a single number, written out in decimals: quicker for one, and a check on the other."""
    if not math.isfinite(value) or value == 0:
        return value
    written = Decimal(f"{value:.{DIGITS - 1}e}")
    return float(written.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)) + 0.0


def twelve_digits(values: Floats) -> Floats:
    """Values as they are written with 12 significant digits: what comparisons at 12 digits compare."""
    source = np.asarray(values, dtype=np.float64)
    result = source.copy()
    todo = np.isfinite(source) & (source != 0)
    if todo.any():
        chosen = source[todo]
        result[todo] = np.copysign(_unscaled(*_mantissa(np.abs(chosen))), chosen)
    return result


def figure(value: float, least: int = 0, most: int = 6) -> str:
    """A number for a sentence: at most `most` decimals (more for tiny values), at least `least`, never `-0`."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value != 0 and not 10.0 ** (1 - most) <= abs(value) < 1e15:
        return f"{value:.6g}".replace("-", "−")
    written = f"{round_one(value, most) + 0.0:.{most}f}"
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    shown = f"{whole}.{decimals}" if decimals else whole
    return shown.replace("-", "−")


def rate_figure(value: float) -> str:
    """A rate for a sentence: two to six decimals, such as 0.90 or 0.996."""
    return figure(value, least=2)


def date_figure(ordinal: float) -> str:
    """A date kept as a proleptic ordinal, in ISO form; `–` when missing."""
    if not math.isfinite(ordinal) or not 1 <= ordinal <= date.max.toordinal():
        return "–"
    return date.fromordinal(int(ordinal)).isoformat()


def key_of(value: object) -> str:
    """How an option or code compares: text without surrounding space; a number, however typed, by its value."""
    written = str(value).strip()
    try:
        number = float(written)
    except ValueError:
        return written
    return str(int(number)) if math.isfinite(number) and number == int(number) else written
