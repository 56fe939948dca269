"""What the demo is made of: its calendar, its scheme and its figures make sense by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.operations.form_values import options_of
from models.scheme import Item
from plugins.engine import check_scheme
from plugins.registry import build_registry
from seeds.demo_scheme import demo_scheme, indicators, written
from seeds.demo_units import divisions
from seeds.demo_values import entered, targets
from seeds.region_names import english_name
from seeds.tables import table
from seeds.timeline import Timeline

ZONE = ZoneInfo("Asia/Shanghai")
CLOSED_AFTER = timedelta(days=9)


@given(st.integers(0, 80 * 365 * 24))
def test_at_any_hour_three_quarters_are_over_and_the_fourth_is_open(hours: int) -> None:
    timeline = Timeline(datetime(2020, 1, 1, tzinfo=ZONE) + timedelta(hours=hours), ZONE)
    quarters = timeline.quarters()
    assert [quarter.number for quarter in quarters] == [1, 2, 3, 4]
    for quarter in quarters[:3]:
        assert quarter.end_on < quarter.opens_at.date()
        assert quarter.due_at + CLOSED_AFTER <= timeline.now
    last = quarters[3]
    assert last.opens_at < timeline.now < last.due_at
    assert quarters[2].due_at + CLOSED_AFTER < last.opens_at or timeline.now.date() < timeline.at(last.end_on, 0).date()
    assert timeline.set_up < quarters[0].opens_at


def test_a_year_of_quarters_has_no_gaps() -> None:
    quarters = Timeline(datetime(2026, 11, 23, 10, tzinfo=ZONE), ZONE).quarters()
    assert [quarter.code for quarter in quarters] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert quarters[0].start_on.isoformat() == "2026-01-01"
    assert quarters[3].end_on.isoformat() == "2026-12-31"
    for before, after in pairwise(quarters):
        assert before.end_on + timedelta(days=1) == after.start_on


def test_the_scheme_could_be_published_as_it_is() -> None:
    findings = check_scheme(demo_scheme(), build_registry(), publish=True)
    assert [str(finding.text) for finding in findings] == []


def test_the_scheme_uses_every_method_and_kind_of_item_there_is_to_show() -> None:
    scheme = demo_scheme()
    methods = {item.method for item in scheme.items if item.kind == "indicator"}
    assert methods == {
        "ratio", "goalpost", "steps", "interpolate", "efficacy", "deduct", "accumulate", "choice", "formula",
    }  # fmt: skip
    assert {item.kind for item in scheme.items} == {"dimension", "indicator", "bonus", "deduction", "veto"}
    assert len(indicators()) == 25
    assert 4 <= len(written()["dimensions"]) <= 5
    assert scheme.grades[0].quota == 0.2


def test_everything_in_the_scheme_is_said_in_both_languages() -> None:
    for part in ("dimensions", "indicators", "adjustments"):
        for code, said in written()[part].items():
            assert said["name"], code
            assert said["name_en"].isascii(), code
            if part != "dimensions":
                chinese, english = said["standard"].split("\n")
                assert chinese
                assert english.isascii(), code


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_figure_is_one_that_its_indicator_takes(number: int) -> None:
    for row in divisions():
        values = entered(row["code"], f"2026Q{number}", number)
        assert list(values) == list(indicators())
        for code, said in indicators().items():
            value = values[code]
            if value.not_applicable:
                assert said["values"]["not_applicable"]
            elif said["value_type"] == "choice":
                assert value.choice in options_of(Item(table_rows=said["table"]))
            elif said["value_type"] == "yes_no":
                assert value.actual in {"yes", "no"}
            else:
                low, high = said.get("range", (0, 100))
                assert isinstance(value.actual, float)
                assert low <= value.actual <= high
                assert said["value_type"] != "count" or value.actual.is_integer()


def test_figures_are_the_same_at_every_seeding_and_differ_between_units() -> None:
    assert entered("BUDGET", "2026Q1", 1) == entered("BUDGET", "2026Q1", 1)
    assert entered("BUDGET", "2026Q1", 1) != entered("TAX", "2026Q1", 1)
    assert entered("BUDGET", "2026Q1", 1) != entered("BUDGET", "2026Q2", 2)
    assert targets(1)["B1"] < targets(4)["B1"]


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("石家庄市", "Shijiazhuang City"),
        ("长安区", "Chang'an District"),
        ("井陉矿区", "Jingxing Mining District"),
        ("赵县", "Zhao County"),
        ("蔚县", "Yu County"),
        ("乐亭县", "Laoting County"),
        ("信都区", "Xindu District"),
        ("泊头市", "Botou City"),
        ("围场满族蒙古族自治县", "Weichang Manchu and Mongol Autonomous County"),
    ],
)
def test_regions_are_called_as_on_maps(name: str, english: str) -> None:
    assert english_name(name) == english


def test_tables_fit_each_other() -> None:
    codes = {row["code"] for row in divisions()}
    assert len(codes) == 40
    assert {row["unit"] for row in table("posts")} == codes
    regions = {row["code"] for row in table("regions")}
    assert all(row["parent_code"] in regions for row in table("regions") if row["level"] == "county")
    assert not codes & regions
