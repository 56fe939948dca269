"""One evaluation cycle from start to finish, as each person would do it: the main job, walked in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.browser.words import choice, word
from tests.support.browser import Watch
from tests.support.server import LiveServer, Serve

Shot = Callable[[Page, str], Path]
SCHEME, CYCLE = "WALK", "2026M12"




@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl of the ranking's data bars
@pytest.mark.parametrize(("language", "kind"), [("en", "sqlite"), ("zh_Hans", "postgresql")])
def test_a_cycle_from_start_to_finish(
    serve: Serve,
    new_page: Callable[..., Page],
    watch: Watch,
    shot: Shot,
    tmp_path: Path,
    language: str,
    kind: str,
) -> None:
    watch.expect("status of 422")  # what is refused on purpose
    server = serve(kind)
    walk = Walk(server, new_page, shot, tmp_path, language)
    walk.add_unit_and_sign_in()
    walk.change_units_in_a_spreadsheet()
    walk.appoint_a_person()
    walk.import_and_publish_a_scheme()
    walk.open_a_cycle()
    walk.fill_in_the_form()
    walk.return_and_approve()
    walk.score_and_propose()
    walk.publish()
    walk.take_the_workbooks()
    walk.read_the_audit_trail()


class Walk:
    """The steps, in order; each person keeps a browser of their own."""

    def __init__(
        self, server: LiveServer, new_page: Callable[..., Page], shot: Shot, folder: Path, language: str
    ) -> None:
        self.server, self.new_page, self.folder, self.language = server, new_page, folder, language
        self._shot = shot
        self._people: dict[str, Visitor] = {}

    def as_(self, name: str) -> Visitor:
        """The person signed in as `name`."""
        if name not in self._people:
            self._people[name] = Visitor(self.new_page, self.server, name, self.language)
        return self._people[name]

    def shot(self, visitor: Visitor, name: str) -> None:
        self._shot(visitor.page, f"{self.language}-{name}")

    def say(self, english: str) -> str:
        return word(self.language, english)

    def add_unit_and_sign_in(self) -> None:
        admin = self.as_("admin")
        admin.go("/unit/add")
        admin.fill(code="PILOT", name="试点工作处", name_en="Pilot Division", kind="division", opened_on="2026-01-01")
        admin.pick("parent", "DEPT")
        self.shot(admin, "1-unit-add")
        admin.press("Add")
        admin.go("/user/add")
        admin.fill(username="pilot", first_name="一鸣", last_name="陈", email="pilot@example.org", role="liaison")
        admin.fill(scope="unit", password="Walk-the-plumb-7")
        admin.pick("unit", "PILOT")
        admin.press("Add")
        admin.sees("pilot")
        admin.go("/unit/list/")
        admin.fill(q="PILOT", kind="division")
        admin.press("Show")
        expect(admin.page.locator("main tbody tr")).to_have_count(1)
        self.shot(admin, "1-unit-list")

    def change_units_in_a_spreadsheet(self) -> None:
        admin = self.as_("admin")
        admin.go("/unit/list/?q=PILOT")
        file = admin.download("Export workbook", self.folder)
        book = openpyxl.load_workbook(file)
        sheet = book["unit"]
        cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Pilot Division")
        cell.value = "Proving Division"
        book.save(file)
        admin.go("/import/unit")
        admin.page.set_input_files("input[type=file]", file)
        admin.press("Check the workbook")
        self.shot(admin, "1-import-report")
        admin.press("Import now")
        admin.go("/unit/list/?q=Proving+Division")
        expect(admin.page.locator("main tbody tr")).to_have_count(1)

    def appoint_a_person(self) -> None:
        personnel = self.as_("personnel")
        personnel.go("/post/add")
        personnel.fill(code="PILOT-1", name="试点专员", name_en="Pilot officer")
        personnel.pick("unit", "PILOT")
        personnel.press("Add")
        personnel.go("/person/add")
        personnel.fill(code="P90001", name="陈一鸣", joined_on="2026-02-01")
        personnel.pick("unit", "PILOT")
        personnel.press("Add")
        personnel.go("/appointment/add")
        personnel.pick("person", "P90001")
        personnel.pick("post", "PILOT-1")
        personnel.fill(start_on="2026-03-01", end_on="2026-02-01")
        personnel.press("Add")
        expect(personnel.page.locator("main [role=alert]").first).to_be_visible()
        personnel.fill(end_on="")
        personnel.press("Add")
        personnel.go("/appointment/list/?q=P90001")
        self.shot(personnel, "1-appointments")

    def import_and_publish_a_scheme(self) -> None:
        indicator = self.as_("indicator")
        indicator.go("/console/scheme/1")
        file = indicator.download("Export workbook", self.folder)
        _rewrite_scheme(file)
        indicator.go("/import/scheme")
        indicator.page.set_input_files("input[type=file]", file)
        indicator.press("Check the workbook")
        indicator.press("Import now")
        self.shot(indicator, "2-scheme-off")
        indicator.press("Publish")
        expect(indicator.page.locator("main .sum")).to_be_visible()
        weight = indicator.page.locator("tr:has(th:has-text('A1 ')) input").first
        weight.fill("8")
        weight.press("Enter")
        expect(indicator.page.locator("#wrong .chip")).to_have_count(0)
        self.shot(indicator, "2-scheme-right")
        indicator.press("Publish")
        indicator.sees(choice(self.language, "scheme_version", "state", "published"))
        expect(indicator.page.locator("main table input")).to_have_count(0)

    def open_a_cycle(self) -> None:
        comprehensive = self.as_("comprehensive")
        comprehensive.go("/console/cycle/new/")
        now = datetime.now(ZoneInfo("Asia/Shanghai"))
        comprehensive.fill(code=CYCLE, name="2026年12月考核", name_en="December 2026", kind="month")
        comprehensive.fill(start_on="2026-12-01", end_on="2026-12-31")
        comprehensive.fill(
            opens_at=(now - timedelta(days=2)).strftime("%Y-%m-%dT09:00"),
            due_at=(now + timedelta(days=5)).strftime("%Y-%m-%dT18:00"),
        )
        comprehensive.pick("previous", "2026Q3")
        comprehensive.press("Add")
        comprehensive.go(f"/console/cycle/{self._id_of(comprehensive, '/console/cycle/', CYCLE)}")
        comprehensive.pick("scheme_version", SCHEME)
        comprehensive.press("Bind as a track")
        comprehensive.press("Add participants")
        self.shot(comprehensive, "3-cycle-draft")
        comprehensive.press("Open the cycle")
        comprehensive.sees(choice(self.language, "cycle", "state", "open"))
        self.shot(comprehensive, "3-cycle-open")

    def _id_of(self, visitor: Visitor, path: str, code: str) -> int:
        visitor.go(f"{path}?q={code}")
        href = visitor.page.locator("main tbody tr th a").first.get_attribute("href") or ""
        return int("".join(character for character in href.rpartition("/")[2] if character.isdigit()))

    def fill_in_the_form(self) -> None:
        liaison = self.as_("liaison")
        liaison.go("/")
        self.shot(liaison, "4-home")
        self._open_form(liaison)
        numbers = liaison.page.locator("main input.in.n")
        numbers.first.fill("912")
        liaison.press("Save draft")
        self.shot(liaison, "4-form-errors")
        liaison.press("Check and submit")
        expect(liaison.page.locator("main .sum")).to_be_visible()
        assert numbers.first.input_value() == "912", "what was typed stays"
        self._fill_all(liaison)
        liaison.press("Save draft")
        liaison.go("/forms/")
        self._open_form(liaison)
        assert numbers.first.input_value() == "96", "the draft was kept"
        expect(liaison.page.locator("main .foot b").first).not_to_have_text("–")
        self.shot(liaison, "4-form")
        liaison.press("Check and submit")
        liaison.sees(choice(self.language, "form", "state", "submitted"))

    def _open_form(self, visitor: Visitor) -> None:
        cycle = "December 2026" if self.language == "en" else "2026年12月考核"
        visitor.go("/forms/")
        visitor.page.locator("main tbody tr").filter(has_text=cycle).get_by_role("link").first.click()
        visitor.page.wait_for_load_state()

    def _fill_all(self, visitor: Visitor) -> None:
        for field in visitor.page.locator("main .field").all():
            box = field.locator("input.in:not([type=checkbox])").first
            if box.count():
                box.fill("96" if "%" in field.inner_text() else "3")
            else:
                field.locator("select").first.select_option(index=1)

    def return_and_approve(self) -> None:
        leader, liaison = self.as_("leader"), self.as_("liaison")
        leader.go("/")
        self._review(leader)
        leader.page.locator("main textarea[id^=reason]").first.fill("请核对数据来源。")
        self.shot(leader, "5-review")
        leader.press("Return with reasons")
        self._open_form(liaison)
        liaison.sees("请核对数据来源。")
        self.shot(liaison, "5-form-returned")
        liaison.page.locator("main input.in.n").first.fill("95.5")
        liaison.press("Check and submit")
        self._review(leader)
        leader.press("Approve")
        leader.sees(choice(self.language, "form", "state", "approved"))

    def _review(self, leader: Visitor) -> None:
        self._open_form(leader)
        if "/review" not in leader.page.url:
            leader.go(leader.page.url.removeprefix(self.server.url).split("?")[0] + "/review")

    def score_and_propose(self) -> None:
        indicator = self.as_("indicator")
        indicator.go("/cycles/")
        cycle = "December 2026" if self.language == "en" else "2026年12月考核"
        indicator.page.locator("main").get_by_role("link", name=cycle).first.click()
        self.shot(indicator, "6-progress")
        track = indicator.page.locator("main a[href*='/tracks/']").first.get_attribute("href") or ""
        indicator.go(track.removeprefix(self.server.url))
        indicator.press("Run the scoring now")
        if "/runs/" not in indicator.page.url:
            indicator.page.locator("main a[href*='/runs/']").first.click()
            indicator.page.wait_for_load_state()
        self.run = indicator.page.url.removeprefix(self.server.url).split("?")[0].split("#")[0]
        self.shot(indicator, "6-ranking-draft")
        indicator.page.locator("main a[href*='why=']").first.click()
        indicator.press("The whole arithmetic")
        self.shot(indicator, "6-explanation")
        indicator.go(self.run)
        indicator.press("Propose for publication")

    def publish(self) -> None:
        leadership = self.as_("leadership")
        leadership.go("/")
        self.shot(leadership, "6-leadership-home")
        leadership.go(self.run)
        leadership.press("Publish")
        self.shot(leadership, "7-ranking")
        leadership.go("/")
        leadership.sees("December 2026" if self.language == "en" else "2026年12月考核")
        self.shot(leadership, "7-home")

    def take_the_workbooks(self) -> None:
        leadership, personnel = self.as_("leadership"), self.as_("personnel")
        leadership.go(self.run)
        ranking = openpyxl.load_workbook(leadership.download("Export workbook", self.folder))
        cells = [cell.value for row in ranking.worksheets[0].iter_rows() for cell in row]
        assert "BUDGET" in cells
        personnel.go("/reports/")
        self.shot(personnel, "7-reports")
        roster = openpyxl.load_workbook(personnel.download("Download the roster", self.folder))
        cells = [cell.value for row in roster.worksheets[0].iter_rows() for cell in row]
        assert "P90001" in cells

    def read_the_audit_trail(self) -> None:
        supervision = self.as_("supervision")
        for who in ("admin", "personnel", "indicator", "comprehensive", "liaison", "leader", "leadership"):
            supervision.go(f"/audit/?who={who}")
            assert supervision.page.locator("main tbody tr").count() > 1, f"nothing is kept of what {who} did"
        supervision.go("/audit/?entity=run")
        self.shot(supervision, "8-audit")


def _rewrite_scheme(file: Path) -> None:
    """Another scheme, with one weight wrong."""
    book = openpyxl.load_workbook(file)
    for row in book["scheme"].iter_rows():
        if row[0].value == "code":
            row[1].value = SCHEME
        if row[0].value == "name":
            row[1].value = "十二月试行方案"
    headings = {cell.value: cell.column for row in book["items"].iter_rows() for cell in row if cell.value}
    for row in book["items"].iter_rows():
        if row[0].value == "A1":
            book["items"].cell(row[0].row, headings["weight"]).value = 7
    book.save(file)
