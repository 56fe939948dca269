"""The forms of a quarter take their course, each step by the unit's own people and in the order of the calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models.cycle import Entry, Form, Participant
from models.operations.form_values import FieldInput
from models.operations.forms import approve_form, return_form, save_form, submit_form
from seeds.acting import Cast
from seeds.demo_cycle import OpenQuarter
from seeds.demo_signins import OWN_UNIT, leader_of, liaison_of
from seeds.demo_units import divisions
from seeds.demo_values import entered
from seeds.timeline import Quarter

LATE = {2: "RETIRED"}
"""Quarter → the unit that hands nothing in."""
SENT_BACK = {1: ("TAX", "ASSET", "TRAINING"), 2: ("EDU", "REVIEW"), 3: ("LOCAL", "FOREIGN", "BILLS", "AUDIT")}
"""Quarter → the units whose form is returned once before it is approved."""
UNDER_WAY = {"approved": 13, "submitted": 9, "returned": 4, "draft": 8, "untouched": 6}
"""State → how many forms of the quarter under way have got there."""
REASON = "个别数据与台账不一致，请核实后重新提交。"
REMARKS = {
    "A1": "有一项任务的验收材料未附，请补充并核对完成率。",
    "B3": "与系统导出的平均用时不一致，请核实。",
    "E2": "请按实际在岗人数重新计算人均学时。",
}
HASTY = {"A1": 100.0, "B3": 9.5, "E2": 32.0}
"""What was entered first in the forms that are returned."""
HALF = 10
"""How many lines of a draft are filled in."""

Step = tuple[datetime, str, Callable[[], None]]


@dataclass(slots=True)
class _Course:
    """One unit's form on its way; `version`: the one that the last step left."""

    cast: Cast
    quarter: Quarter
    unit: str
    form_id: int
    version: int

    def steps(self, state: str, *, sent_back: bool = False) -> list[Step]:
        """The steps that bring the form to `state`, each with its moment and who takes it."""
        if state == "untouched":
            return []
        random = Random(f"days {self.quarter.code} {self.unit}")
        day = random.randint(1, 5)
        steps = [self._step(day, random, self._save(half=state == "draft", hasty=sent_back or state == "returned"))]
        if state == "draft":
            return steps
        day += random.randint(1, 3)
        steps.append(self._step(day, random, self._submit))
        if sent_back or state == "returned":
            day += random.randint(1, 2)
            steps.append(self._step(day, random, self._return, by_leader=True))
        if sent_back:
            steps.append(self._step(day + 1, random, self._correct))
            day += 2
            steps.append(self._step(day, random, self._submit))
        if state == "approved":
            steps.append(self._step(day + random.randint(1, 2), random, self._approve, by_leader=True))
        return steps

    def _step(self, day: int, random: Random, act: Callable[[], None], *, by_leader: bool = False) -> Step:
        moment = self.quarter.opens_at + timedelta(days=day, minutes=random.randint(0, 8 * 60 - 1))
        return moment, leader_of(self.unit) if by_leader else liaison_of(self.unit), act

    def _save(self, *, half: bool, hasty: bool) -> Callable[[], None]:
        values = entered(self.unit, self.quarter.code, self.quarter.number)
        if half:
            values = dict(list(values.items())[:HALF])
        if hasty:
            values |= {code: FieldInput(actual=value) for code, value in HASTY.items()}
        return lambda: self._write(values)

    def _write(self, values: dict[str, FieldInput]) -> None:
        typed = {code: _as_typed(value) for code, value in values.items()}
        saved = save_form(self.cast.session, self.form_id, self.version, typed)
        if saved.errors:
            raise RuntimeError(f"{self.unit}: {saved.errors}")
        self.version = saved.version

    def _correct(self) -> None:
        values = entered(self.unit, self.quarter.code, self.quarter.number)
        self._write({code: values[code] for code in HASTY})

    def _submit(self) -> None:
        self.version = submit_form(self.cast.session, self.form_id, self.version).version

    def _return(self) -> None:
        self.version = return_form(self.cast.session, self.form_id, self.version, REASON, REMARKS).version

    def _approve(self) -> None:
        self.version = approve_form(self.cast.session, self.form_id, self.version).version


def fill_forms(cast: Cast, quarter: OpenQuarter) -> None:
    """Bring every form of the quarter to where it is at the end of the story, in the order of the calendar."""
    forms = _forms(cast, quarter)
    sent_back = SENT_BACK.get(quarter.quarter.number, ())
    steps: list[Step] = []
    for unit, state in states(quarter).items():
        course = _Course(cast, quarter.quarter, unit, *forms[unit])
        steps += course.steps(state, sent_back=unit in sent_back)
    _at_hand = _everything(cast, quarter)
    for moment, who, act in sorted(steps, key=lambda step: step[:2]):
        with cast.acting(who, moment):
            act()


def _everything(cast: Cast, quarter: OpenQuarter) -> Sequence[Form]:
    """The forms with their lines: while somebody holds them, each step need not make them anew from what it reads."""
    query = (
        select(Form).where(Form.track_id == quarter.track_id).options(selectinload(Form.entries).joinedload(Entry.item))
    )
    return cast.session.scalars(query).all()


def states(quarter: OpenQuarter) -> dict[str, str]:
    """Unit code → the state in which the story leaves its form."""
    codes = [row["code"] for row in divisions()]
    if quarter.quarter.over:
        late = LATE.get(quarter.quarter.number)
        return {code: "untouched" if code == late else "approved" for code in codes}
    others = [code for code in codes if code != OWN_UNIT]
    Random(f"states {quarter.quarter.number}").shuffle(others)
    drawn = [state for state, count in UNDER_WAY.items() for _ in range(count)]
    drawn.remove("draft")  # the own unit's form is a draft, to go on with
    return {OWN_UNIT: "draft", **dict(zip(others, drawn, strict=True))}


def _forms(cast: Cast, quarter: OpenQuarter) -> dict[str, tuple[int, int]]:
    """Unit code → id and version of its form."""
    query = (
        select(Participant.code, Form.id, Form.version)
        .join(Form, Form.participant_id == Participant.id)
        .where(Form.track_id == quarter.track_id)
    )
    return {unit: (form_id, version) for unit, form_id, version in cast.session.execute(query)}


def _as_typed(value: FieldInput) -> FieldInput:
    """A whole number without a decimal point, as a person types it."""
    if isinstance(value.actual, float) and value.actual.is_integer():
        return replace(value, actual=str(int(value.actual)))
    return value
