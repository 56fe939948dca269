"""A person at the browser: signs in, fills in forms by the names of their inputs, and speaks the page's language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from tests.browser.words import LOCALES, word
from tests.support.server import LiveServer


class Visitor:
    """One signed-in person with a browser of their own; `page` is what they look at."""

    def __init__(self, new_page: Callable[..., Page], server: LiveServer, name: str, language: str) -> None:
        self.server, self.name, self.language = server, name, language
        self.page = new_page(locale=LOCALES[language], accept_downloads=True)
        self.page.on("dialog", lambda dialog: dialog.accept())  # asked whether they are sure, they are
        self.go("/login/")
        self.fill(username=name, password=server.password)
        self.page.locator("main, body").first.locator("input[name=password]").press("Enter")
        expect(self.page.locator("nav").first).to_be_visible()

    def go(self, path: str) -> None:
        """Open an address of the platform; it must answer."""
        answer = self.page.goto(self.server.url + path)
        assert answer is not None
        assert answer.ok, f"{path} answered {answer.status}"

    def fill(self, **values: str) -> None:
        """Fill in inputs by their names; selects are chosen by value."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']:not([type=hidden]), body:not(:has(main)) [name='{name}']").first
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def pick(self, name: str, text: str) -> None:
        """Choose a record in the combobox of the reference `name`: type, and take what is found."""
        box = self.page.locator(f".combo:has(input[type=hidden][name='{name}'])").first
        box.get_by_role("combobox").press_sequentially(text)
        box.get_by_role("option").filter(has_text=text).first.click()

    def press(self, english: str, within: Locator | None = None) -> None:
        """Press the button or follow the link that says so."""
        place = within or self.page.locator("main")
        name = word(self.language, english)
        button = place.get_by_role("button", name=name, exact=True).or_(place.get_by_role("link", name=name, exact=True))
        button.first.click()
        self.page.wait_for_load_state()

    def download(self, english: str, folder: Path) -> Path:
        """The file that a button or link hands out."""
        with self.page.expect_download() as waiting:
            name = word(self.language, english)
            main = self.page.locator("main")
            main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()
        given: Download = waiting.value
        path = folder / given.suggested_filename
        given.save_as(path)
        return path

    def sees(self, *texts: str) -> None:
        """Each of `texts` stands in the page's content."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
