"""The curve of a rate as figures of a small drawing, with a text that says the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask_babel import gettext as _

from models.operations.item_trials import Curve
from views.shell.formats import number

WIDTH, HEIGHT = 280, 132
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 10, 20


@dataclass(frozen=True, slots=True)
class Drawing:
    """Points of the drawing in its own units; `rows`: (value, rate) as people read them."""

    width: int
    height: int
    path: str
    left: int
    right: int
    top: int
    base: int
    low: str
    high: str
    least: str
    most: str
    rows: list[tuple[str, str]]
    label: str
    target: str
    mark: tuple[float, float] | None = None


def drawing_of(curve: Curve, tried: tuple[float, float] | None = None) -> Drawing:
    """Draw a curve.  `tried`: a value and its rate, marked when it lies within."""
    seen = [rate for rate in curve.rates if not math.isnan(rate)]
    low, high = min(0.0, *seen), max(1.0, *seen)
    scale = _Scale(curve.xs[0], curve.xs[-1], low, high)
    rows = [(number(value, None), number(rate, 2, 4)) for value, rate in curve.named]
    said = _("; ").join(_("%(value)s gives %(rate)s", value=value, rate=rate) for value, rate in rows)
    target = number(curve.target, None) if curve.target is not None else ""
    inside = tried is not None and curve.xs[0] <= tried[0] <= curve.xs[-1]
    return Drawing(
        WIDTH, HEIGHT, scale.path(curve), LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM,
        number(round(curve.xs[0], 2), None), number(round(curve.xs[-1], 2), None),
        number(low, 2), number(high, 2), rows, _("Rate by value: %(rows)s", rows=said), target,
        (scale.x(tried[0]), scale.y(tried[1])) if tried is not None and inside else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    start: float
    end: float
    low: float
    high: float

    def x(self, value: float) -> float:
        return round(LEFT + (value - self.start) / (self.end - self.start) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, rate: float) -> float:
        return round(TOP + (self.high - rate) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM), 1)

    def path(self, curve: Curve) -> str:
        """Lines through the points; a gap where the rate is missing."""
        parts: list[str] = []
        pen = "M"
        for x, rate in zip(curve.xs, curve.rates, strict=True):
            if math.isnan(rate):
                pen = "M"
                continue
            parts.append(f"{pen}{self.x(x)} {self.y(rate)}")
            pen = "L"
        return " ".join(parts)
