"""Plausible values: every unit has its strength, every quarter its luck; seeding again gives the same figures."""

from __future__ import annotations

from random import Random
from typing import Any

from models.operations.form_values import FieldInput
from seeds.demo_scheme import indicators

SKILL, LUCK = 0.5, 0.75
"""How much of a value is the unit's own, and how much chance."""


def strength(unit: str, quarter: str) -> float:
    """How well a unit does in a quarter: standard normal, with a little drift from quarter to quarter."""
    return Random(f"standing {unit}").gauss(0, 1) + Random(f"drift {unit} {quarter}").gauss(0, 0.3)


def entered(unit: str, quarter: str, number: int) -> dict[str, FieldInput]:
    """Item code → what the unit's liaison enters in the `number`th quarter."""
    return {code: _entered(code, unit, quarter, number) for code in indicators()}


def targets(quarter_number: int) -> dict[str, float]:
    """Item code → the target for all units in a quarter."""
    found: dict[str, float] = {}
    for code, said in indicators().items():
        target = said["values"].get("target")
        if target is not None:
            found[code] = float(target[quarter_number - 1] if isinstance(target, list) else target)
    return found


def baselines(unit: str) -> dict[str, float]:
    """Item code → last year's figure of a unit."""
    found: dict[str, float] = {}
    for code, said in indicators().items():
        if "baseline" in said["values"]:
            drawn = said["values"]["baseline"]
            found[code] = round(Random(f"baseline {unit} {code}").gauss(drawn["mid"], drawn["spread"]), 1)
    return found


def _entered(code: str, unit: str, quarter: str, number: int) -> FieldInput:
    said = indicators()[code]
    values, chance = said["values"], Random(f"{quarter} {unit} {code}")
    if Random(f"applies {unit} {code}").random() < values.get("not_applicable", 0):
        return FieldInput(not_applicable=True, note="本季度无此类事项")
    skill = strength(unit, quarter)
    if "options" in values:
        return FieldInput(choice=_option(values, skill, chance))
    if "share_of_yes" in values:
        return FieldInput(actual="yes" if chance.random() < values["share_of_yes"] else "no")
    return FieldInput(actual=_number(said, skill, chance, targets(number).get(code)))


def _number(said: dict[str, Any], skill: float, chance: Random, target: float | None) -> float:
    values = said["values"]
    better = -1 if said["direction"] == "lower" else 1
    drawn = values["mid"] + better * values["spread"] * (SKILL * skill + LUCK * chance.gauss(0, 1))
    kept: float = min(max(drawn, values["low"]), values["high"])
    if values.get("share_of_target") and target is not None:
        kept *= target
    return float(round(kept, values["decimals"]))


def _option(values: dict[str, Any], skill: float, chance: Random) -> str:
    """Better units sit higher in the shares of the options, which are best first."""
    place = min(max(0.5 - 0.22 * skill + chance.gauss(0, 0.18), 0), 0.9999)
    for option, share in zip(values["options"], values["shares"], strict=True):
        place -= share
        if place < 0:
            return str(option)
    return str(values["options"][-1])
