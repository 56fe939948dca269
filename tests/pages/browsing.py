"""A visitor who reads pages, follows forms as they stand in the page, and sees whether everybody could."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.pages.markup import Node, read

HEADERS = {"en": "en-US", "zh_Hans": "zh-CN"}


class Page:
    """An answer, and its markup when it has any."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.text = answer.get_data(as_text=True) if answer.mimetype in {"text/html", "application/json"} else ""

    @cached_property
    def tree(self) -> Node:
        """The page's markup."""
        assert self.answer.mimetype == "text/html", f"{self.status} {self.answer.mimetype} is no page"
        return read(self.text)

    @property
    def main(self) -> Node:
        """The content, without the frame."""
        return self.tree.one("main")

    @property
    def words(self) -> str:
        """What a person reads in the content."""
        return self.main.words

    @property
    def heading(self) -> str:
        """The one heading of the first level."""
        return self.tree.one("h1").words

    def links(self) -> list[str]:
        """Where the content's links lead."""
        return [link.get("href") for link in self.main.all("a")]

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form whose action ends so, with the values they have in the page."""
        (found,) = [form for form in self.tree.all("form") if form.get("action").endswith(action)]
        return found.fields()

    def leads_to(self, action: str) -> bool:
        """Whether a form, or a button of one, sends to an address that ends so."""
        targets = [form.get("action") for form in self.main.all("form")]
        targets += [button.get("formaction") for button in self.main.all("button")]
        return any(target.endswith(action) for target in targets)

    def row(self, heading: str) -> Node:
        """The table row whose heading begins so."""
        found = [
            row for row in self.main.all("tr") if any(h.words.startswith(heading) for h in row.all("th", scope="row"))
        ]
        assert len(found) == 1, f"{len(found)} rows for {heading}"
        return found[0]


class Visitor:
    """A client with cookies of its own that asks for one language."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": HEADERS[language], "Accept": "text/html"}

    def get(self, path: str, *, follow: bool = True) -> Page:
        """The page at `path`."""
        return Page(self.client.get(path, headers=self.headers, follow_redirects=follow))

    def post(self, path: str, fields: dict[str, Any], *, follow: bool = True, **headers: str) -> Page:
        """What comes of sending `fields` to `path`; `headers`: `Accept="application/json"`."""
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return Page(self.client.post(path, data=fields, headers=sent, follow_redirects=follow))

    def token(self) -> dict[str, str]:
        """What shows that a form comes from our pages."""
        fields = self.get("/").tree.all("input", name="csrf_token")
        return {"csrf_token": fields[0].get("value")}

    def sign_in(self, name: str, password: str) -> Page:
        """Sign in by the form of the sign-in page."""
        page = self.get("/login/")
        (form,) = [form for form in page.tree.all("form") if form.all("input", type="password")]
        found = self.post("/login/", form.fields() | {"username": name, "password": password})
        assert found.status == 200, found.text[:500]
        assert not found.tree.all("input", type="password"), f"{name} could not sign in: {found.words}"
        return found


def complaints(page: Page) -> Iterator[str]:
    """What would keep some people from using a page, as far as markup alone can show it."""
    tree = page.tree
    if len(tree.all("h1")) != 1:
        yield f"{len(tree.all('h1'))} headings of the first level"
    if not tree.one("html").get("lang") or not tree.one("title").words:
        yield "no language or no title"
    ids = [node.get("id") for node in tree.walk() if node.get("id")]
    yield from (f"id twice: {name}" for name in sorted({one for one in ids if ids.count(one) > 1}))
    yield from _unlabelled(tree, set(ids))
    yield from (
        "a table without headers"
        for table in tree.all("table")
        if not any(cell.get("scope") for cell in table.all("th"))
    )
    for control in tree.all("a", "button", "summary"):
        if not control.words and not control.get("aria-label"):
            yield f"nothing to read: {control.tag} {control.attributes}"
    targets = {link.get("href")[1:] for link in tree.all("a") if link.get("href").startswith("#")}
    yield from (f"a link that leads nowhere: #{name}" for name in targets - set(ids))


def _unlabelled(tree: Node, ids: set[str]) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.all("label")}
    for field in tree.all("input", "select", "textarea"):
        if field.get("type") in {"hidden", "submit"}:
            continue
        if not (field.get("aria-label") or field.inside("label") or field.get("id") in labelled):
            yield f"no label: {field.tag} {field.attributes}"
        for name in field.get("aria-describedby").split():
            if name not in ids:
                yield f"described by {name}, which is not there"
