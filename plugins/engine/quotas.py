"""How many a grade's quota lets in (scoring.md 6)."""

from __future__ import annotations

import re

import numpy as np

from config.text import Text, text
from plugins.engine.scheme import GradeBand, Scheme
from plugins.numbers import round_one, twelve_digits

ROUNDINGS = ("down", "nearest", "up")


def parse_quota_if_parent(written: str | None) -> dict[str, float] | Text:
    """`excellent=0.25; good=0.2` as parent grade → share (empty for a blank), or what is wrong with it."""
    shares: dict[str, float] = {}
    for part in re.split("[;；]", written or ""):
        if not part.strip():
            continue
        grade, _, number = part.partition("=")
        try:
            share = float(number)
        except ValueError:
            share = -1.0
        if not grade.strip() or not 0 <= share <= 1 or grade.strip() in shares:
            return text(
                "“{part}” is no quota of a grade; it reads: excellent=0.25; good=0.2",
                "“{part}”不是有效的等次名额；示例：excellent=0.25; good=0.2",
                part=part.strip()[:60],
            )
        shares[grade.strip()] = share
    return shares


def quota_of(band: GradeBand, size: int, parent_grade: str) -> int | None:
    """How many of a quota group of `size` participants (scored or not) the band takes at most; None = no quota.

    With `quota_if_parent` the share is that of the parent's grade, for a grade it does not name the band's `quota`.
    The product is taken at 12 significant digits and rounded down, to the nearest or up.
    """
    shares = parse_quota_if_parent(band.quota_if_parent)
    share = shares.get(parent_grade, band.quota) if isinstance(shares, dict) else band.quota
    if share is None:
        return None
    product = float(twelve_digits(np.array([share * size]))[0])
    if band.rounding == "up":
        return int(np.ceil(product))
    return int(round_one(product, 0)) if band.rounding == "nearest" else int(np.floor(product))


def effective_quota_group(scheme: Scheme) -> str:
    """The scheme's `quota_group`; `parent` where a band has `quota_if_parent`."""
    return "parent" if any(band.quota_if_parent for band in scheme.grades) else scheme.quota_group
