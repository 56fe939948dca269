"""`deduct` and `accumulate` share their parameter: what one occurrence is worth."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plugins.contract import Parameters, Title


class OccurrenceParameters(Parameters):
    """Marks for each occurrence."""

    each: Annotated[float, Field(gt=0), Title("Marks for each occurrence", "每次分值")]
