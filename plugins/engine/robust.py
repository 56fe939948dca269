"""How far numbers lie from the middle of all, in a way that the outliers themselves cannot disturb."""

from __future__ import annotations

import numpy as np

from plugins.arrays import Floats

MAD_TO_SD = 0.6745
MEAN_TO_SD = 1.253314
"""Of a normal distribution: sd = MAD / 0.6745 = mean absolute deviation × 1.2533."""


def robust_z(values: Floats) -> Floats:
    """Modified z-scores by median and MAD (Iglewicz and Hoaglin); where the MAD is 0, by the mean absolute deviation.

    `values`: no NaN.  All equal → all 0.
    """
    off = values - np.median(values)
    mad = float(np.median(np.abs(off)))
    if mad > 0:
        return np.asarray(MAD_TO_SD * off / mad, dtype=np.float64)
    mean = float(np.mean(np.abs(off)))
    return np.zeros(len(values)) if mean == 0 else np.asarray(off / (MEAN_TO_SD * mean), dtype=np.float64)
