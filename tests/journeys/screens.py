"""Takes the pictures of `docs/screens` from the demonstration office: `python -m tests.journeys.screens`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.journeys.browser import DESK, PHONE, chromium, seat, shot
from tests.servers.paraph import ROOT, demo, start

SCREENS = ROOT / "docs" / "screens"
INKED = """() => {
  const canvas = document.querySelector('canvas')
  if (!canvas || !canvas.width) return false
  const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  return dots.some((value, at) => at % 4 === 0 && value < 128 && dots[at + 3] > 0)
}"""
"""Whether anything dark has been drawn."""
RULES, STRUCTURE, CONTRACT = "Zásady pro poskytování dotací", "Organizační řád", "Smlouva o poskytnutí dotace"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A page with somebody signed in; `ask` fetches JSON as that person."""

    page: Page

    def ask(self, address: str) -> Any:
        return self.page.request.get(address).json()

    def document(self, title: str) -> dict[str, Any]:
        items: list[dict[str, Any]] = self.ask("/api/v1/documents?limit=200")["items"]
        return next(item for item in items if item["title"].startswith(title))

    def open(self, address: str) -> None:
        self.page.goto(address, wait_until="networkidle")
        self.page.evaluate("document.fonts.ready")


def settled(page: Page) -> None:
    """Two frames later nothing moves any more: smooth scrolling and motion are off."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def drawn(page: Page) -> None:
    """Pages of a PDF have their pictures."""
    expect(page.locator("canvas").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_function(INKED)


def tasks(at: Sitting) -> None:
    at.open("/")


def documents(at: Sitting) -> None:
    at.open("/documents")


def workspace(at: Sitting) -> None:
    at.open(f"/documents/{at.document(RULES)['id']}")
    expect(at.page.locator(".ProseMirror").first).to_contain_text("Úvodní ustanovení")
    at.page.get_by_text("marným uplynutím této lhůty").first.scroll_into_view_if_needed()
    settled(at.page)


def settlement(at: Sitting) -> None:
    at.open(f"/rounds/{at.document(RULES)['rounds'][0]}/settlement")


def signing(at: Sitting) -> None:
    at.open("/signing")
    expect(at.page.get_by_text(CONTRACT).first).to_be_visible()
    if (at.page.viewport_size or PHONE)["width"] > PHONE["width"]:
        drawn(at.page)


def comparison(at: Sitting) -> None:
    first, second = (version["id"] for version in at.document(STRUCTURE)["versions"])
    at.open(f"/versions/{first}/compare/{second}")


def rounds(at: Sitting) -> None:
    at.open("/rounds")


def registry(at: Sitting) -> None:
    at.open("/registry")


def verification(at: Sitting) -> None:
    """The first version, which was superseded."""
    version = at.document(STRUCTURE)["versions"][0]["id"]
    pdf = at.page.request.get(f"/api/v1/versions/{version}/file").body()
    at.open("/verify")
    file: FilePayload = {"name": "organizacni-rad.pdf", "mimeType": "application/pdf", "buffer": pdf}
    at.page.locator("input[type=file]").set_input_files(file)
    drawn(at.page)


def administration(at: Sitting) -> None:
    at.open("/administration")


SHOWN: dict[str, tuple[Callable[[Sitting], None], str]] = {
    "tasks": (tasks, "simek"),
    "documents": (documents, "novotny"),
    "workspace": (workspace, "novotny"),
    "settlement": (settlement, "novotny"),
    "signing": (signing, "malkova"),
    "comparison": (comparison, "kadlec"),
    "rounds": (rounds, "novotny"),
    "registry": (registry, "kucerova"),
    "verification": (verification, "kadlec"),
    "administration": (administration, "urban"),
}
DARK = ("tasks", "workspace", "signing")
SMALL = ("tasks", "workspace", "signing", "verification")


@contextmanager
def office() -> Iterator[tuple[str, dict[str, str]]]:
    """A demonstration office's address, and passwords by login."""
    with tempfile.TemporaryDirectory() as folder:
        people = demo(Path(folder))
        server = start(Path(folder))
        try:
            yield server.url, {person["login"]: person["password"] for person in people}
        finally:
            server.stop()


def take(browser: Browser, url: str, password: str, name: str, suffix: str = "", **look: Any) -> None:
    show, login = SHOWN[name]
    at = seat(browser, url, login, password, **look)
    show(Sitting(at.page))
    shot(at.page, SCREENS, f"{name}{suffix}")
    at.context.close()


def main() -> None:
    with office() as (url, passwords), chromium() as browser:
        for name, (_, login) in SHOWN.items():
            take(browser, url, passwords[login], name, size=DESK)
        for name in DARK:
            take(browser, url, passwords[SHOWN[name][1]], name, "-dark", dark=True)
        for name in SMALL:
            take(browser, url, passwords[SHOWN[name][1]], name, "-phone", size=PHONE)
        page = browser.new_page(base_url=url, locale="cs-CZ", viewport={"width": 1366, "height": 700})
        page.goto("/status")
        shot(page, SCREENS, "status")


if __name__ == "__main__":
    main()
