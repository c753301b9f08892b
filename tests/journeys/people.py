"""People at their browsers in one story, and what their hands do: choose from a menu, press, read a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.journeys.browser import Seat
from tests.journeys.conftest import Office


@dataclass(slots=True)
class Story:
    """The people at their browsers, who sit down when they are needed; `document` is the one it is about."""

    office: Office
    title: str
    document: str = ""
    chairs: dict[str, Seat] = field(default_factory=dict)

    def page(self, login: str) -> Page:
        if login not in self.chairs:
            self.chairs[login] = self.office.sit(login)
        return self.chairs[login].page

    def at_document(self, login: str, query: str = "") -> Page:
        """The person's page with the document open."""
        page = self.page(login)
        page.goto(f"/documents/{self.document}{query}", wait_until="domcontentloaded")
        expect(page.get_by_role("heading", level=1, name=self.title)).to_be_visible()
        return page

    def pin(self, login: str) -> str:
        return str(next(person["pin"] for person in self.office.running.people if person["login"] == login))

    def api(self, login: str, path: str) -> Any:
        """What the person's own session reads."""
        answer = self.page(login).request.get(path)
        assert answer.ok, (answer.status, answer.text())
        return answer.json()

    def complaints(self) -> dict[str, list[str]]:
        return {login: seat.complaints for login, seat in self.chairs.items() if seat.complaints}


def act(page: Page, name: str, menu: str = "Další úkony") -> None:
    """Chooses from a menu."""
    page.get_by_role("button", name=menu).click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def press(where: Page | Locator, name: str) -> None:
    where.get_by_role("button", name=name, exact=True).click()


def told(page: Page, words: str) -> None:
    """A short message at the edge of the page says so."""
    expect(page.get_by_text(words, exact=True).last).to_be_visible()


def questions_agreed_to(page: Page) -> list[str]:
    """What the page asks from now on; every question is answered with yes."""
    asked: list[str] = []

    def agree(question: Dialog) -> None:
        asked.append(question.message)
        question.accept()

    page.on("dialog", agree)
    return asked
