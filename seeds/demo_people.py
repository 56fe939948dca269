"""The demo's posts and people: invented, some 600, the same at every seeding."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from faker import Faker
from sqlalchemy.orm import Session

from models.bulk import insert_rows
from models.organization import Appointment, Person, Post
from seeds.demo_units import DEPARTMENT, divisions
from seeds.tables import table

SEED = 20260101
GENERAL = {
    "chief": ("处长", "Division Chief", "division_chief", "主持全面工作"),
    "deputy": ("副处长", "Deputy Division Chief", "division_deputy", "协助处长工作，分管有关业务"),
    "affairs": ("综合管理岗", "General Affairs Officer", "section_chief", "承担文秘、内勤、统计和绩效联络工作"),
}
INSTITUTION = {
    "处长": "主任",
    "副处长": "副主任",
    "Division Chief": "Director",
    "Deputy Division Chief": "Deputy Director",
}
HEADS = {
    "chief": ("厅长", "Director-General", "bureau_chief", "主持厅全面工作"),
    "deputy": ("副厅长", "Deputy Director-General", "bureau_deputy", "协助厅长工作，分管有关处室单位"),
}
LEVELS = ("section_chief", "section_deputy", "clerk", "clerk")


@dataclass(slots=True)
class PostPlan:
    """A post to be made, with how many people hold it."""

    unit: str
    role: str
    code: str
    name: str
    name_en: str
    level: str
    duties: str
    people: int


@dataclass(slots=True)
class Staff:
    """Who was seeded: (unit code, role of the post) → ids and names of the people who hold it, in order."""

    holders: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    def one(self, unit: str, role: str, number: int = 0) -> tuple[int, str]:
        """The `number`th person (id, name) who holds a post of `role` (chief, deputy, affairs, business) in `unit`."""
        return self.holders[unit, role][number]


def seed_people(session: Session, units: dict[str, int], today: date) -> Staff:
    """Add posts, people and appointments in bulk.  `today`: the day by which everybody is in their post."""
    plans = [*_heads(), *(plan for row in divisions() for plan in _posts(row))]
    posts = insert_rows(
        session,
        Post,
        {
            "code": [plan.code for plan in plans],
            "name": [plan.name for plan in plans],
            "name_en": [plan.name_en for plan in plans],
            "unit_id": [units[plan.unit] for plan in plans],
            "level": [plan.level for plan in plans],
            "establishment": [plan.people + (number % 7 == 3) for number, plan in enumerate(plans)],
            "duties": [plan.duties for plan in plans],
            "version": [1] * len(plans),
        },
    )
    places = [(plan, post) for plan, post in zip(plans, posts, strict=True) for _ in range(plan.people)]
    made = _invented([plan for plan, _ in places], today)
    people = insert_rows(
        session, Person, {**made, "unit_id": [units[plan.unit] for plan, _ in places], "version": [1] * len(places)}
    )
    _appoint(session, places, people, made["joined_on"], today)
    staff = Staff()
    for (plan, _), person, name in zip(places, people, made["name"], strict=True):
        staff.holders[plan.unit, plan.role].append((person, name))
    return staff


def _heads() -> list[PostPlan]:
    return [
        PostPlan(DEPARTMENT, role, f"{DEPARTMENT}-{number:02}", *HEADS[role], people)
        for number, (role, people) in enumerate((("chief", 1), ("deputy", 4)), 1)
    ]


def _posts(unit: dict[str, str]) -> list[PostPlan]:
    """A chief, one or two deputies, the general affairs post, and the unit's own business posts for the rest."""
    code, size = unit["code"], int(unit["size"])
    deputies = 2 if size >= 13 else 1
    business = [row for row in table("posts") if row["unit"] == code]
    rest = size - 1 - deputies - 1
    plans: list[PostPlan] = []
    for role, people in (("chief", 1), ("deputy", deputies), ("affairs", 1)):
        name, name_en, level, duties = GENERAL[role]
        if unit["kind"] == "institution":
            name, name_en = INSTITUTION.get(name, name), INSTITUTION.get(name_en, name_en)
        post = f"{code}-{len(plans) + 1:02}"
        plans.append(PostPlan(code, role, post, name, name_en, level, duties, people))
    for number, row in enumerate(business):
        share = rest // len(business) + (number < rest % len(business))
        level = LEVELS[number % len(LEVELS)]
        post = f"{code}-{len(plans) + 1:02}"
        plans.append(PostPlan(code, "business", post, row["name"], row["name_en"], level, row["duties"], share))
    return plans


def _invented(plans: list[PostPlan], today: date) -> dict[str, list[Any]]:
    """Columns of invented people, one for each place."""
    faker, random = Faker("zh_CN"), Random(SEED)
    faker.seed_instance(SEED)
    columns: dict[str, list[Any]] = defaultdict(list)
    for number, plan in enumerate(plans, 1):
        female = random.random() < 0.42
        age = {"chief": 52, "deputy": 46}.get(plan.role, 37) + random.randint(-7, 7)
        born = date(today.year - age, random.randint(1, 12), random.randint(1, 28))
        joined = min(date(born.year + random.randint(22, 27), random.choice((7, 8, 9)), 1), today - timedelta(days=120))
        columns["code"].append(f"P{number:04}")
        columns["name"].append(faker.name_female() if female else faker.name_male())
        columns["gender"].append("female" if female else "male")
        columns["born_on"].append(born)
        columns["joined_on"].append(joined)
        columns["phone"].append(f"0311-00{number:06}")  # no number begins like this
        columns["email"].append(f"p{number:04}@finance.example")
    return columns


def _appoint(
    session: Session,
    places: list[tuple[PostPlan, int]],
    people: list[int],
    joined: list[date],
    today: date,
) -> None:
    """Everybody's present appointment, and for some an earlier one that it took over from."""
    random = Random(SEED + 1)
    of_role = {role: sorted({post for plan, post in places if plan.role == role}) for role in ("business", "chief")}
    columns: dict[str, list[object]] = defaultdict(list)

    def add(person: int, post: int, start: date, end: date | None) -> None:
        values = {"person_id": person, "post_id": post, "start_on": start, "end_on": end, "document": _document(start)}
        for name, value in (values | {"is_primary": True, "version": 1}).items():
            columns[name].append(value)

    for (plan, post), person, since in zip(places, people, joined, strict=True):
        start = date(random.randint(2016, today.year), random.randint(1, 12), 1)
        start = min(max(since, start), today - timedelta(days=60))
        promoted = plan.role in {"chief", "deputy"} or random.random() < 0.2
        earlier = random.choice(of_role["chief" if plan.unit == DEPARTMENT else "business"])
        if promoted and earlier != post and since < start - timedelta(days=400):
            add(person, earlier, since, start - timedelta(days=1))
        add(person, post, start, None)
    insert_rows(session, Appointment, columns)


def _document(on: date) -> str:
    return f"财人〔{on.year}〕{on.month * 3 + on.day % 3}号"
