"""Every screen of the product: who opens it, how, and what tells that it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.browser import DESK, PHONE
from tests.journeys.paper import document_id, expect_saved

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
KEPT = ROOT / "docs" / "screens"

RULES, DIRECTIVE, STRUCTURE = "Zásady pro poskytování dotací", "Směrnice ředitele", "Organizační řád"
STILL = "[...document.getAnimations()].every(one => one.playState !== 'running') && document.fonts.status === 'loaded'"
BROKEN = """only => axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) }).then(found =>
  found.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`))"""
WIDE = """() => document.documentElement.scrollWidth - innerWidth"""


@dataclass(frozen=True, slots=True)
class Screen:
    """`kept` is one whose picture, in the light and at a desk, is in the documentation."""

    name: str
    login: str
    go: Callable[[Page], None]
    kept: bool = False


LOOKS = {  # one change at a time: the window is what costs most
    "light": (DESK, "light"),
    "dark": (DESK, "dark"),
    "phone-dark": (PHONE, "dark"),
    "phone": (PHONE, "light"),
}


def look(page: Page, size: dict[str, int], scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    while not page.evaluate(STILL):  # by polling from here: the policy forbids `eval` in the page
        page.wait_for_timeout(20)


def broken(page: Page, scheme: str) -> list[str]:
    """What axe finds. Only colours differ in the dark, so only they are looked at there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(BROKEN, ["color-contrast"] if scheme == "dark" else None)
    if page.evaluate(WIDE) > 0:
        found.append(f"the page is wider than its window by {page.evaluate(WIDE)} px")
    return found


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def tasks(page: Page) -> None:
    page.goto("/")
    heading(page, "Moje úkoly")
    expect(page.locator("li[data-row]").first).to_be_visible()


def documents(page: Page) -> None:
    page.goto("/documents")
    expect(page.locator("li[data-row]").first).to_be_visible()


def open_by_list(page: Page, title: str) -> None:
    documents(page)
    page.get_by_role("link", name=title).first.click()
    heading(page, title)


def writing(page: Page) -> None:
    """Where the remarks are."""
    open_by_list(page, DIRECTIVE)
    expect_saved(page)
    page.get_by_role("article", name="Poznámka, Mgr. Jakub Novotný").click()
    expect(page.locator("[data-passage].on, [data-passage]").first).to_be_visible()


def reviewing(page: Page) -> None:
    open_by_list(page, RULES)
    page.goto(f"/documents/{document_id(page)}?mode=review")
    page.get_by_role("article", name="Připomínka č.").first.click()


def settlement(page: Page) -> None:
    open_by_list(page, RULES)
    page.get_by_role("link", name="Vypořádání", exact=True).click()
    heading(page, "Vypořádání připomínek")
    page.get_by_role("button", name="Vše").click()
    expect(page.locator("tr[data-comment]").first).to_be_visible()
    page.locator("tr[data-comment]").first.click()


def rounds(page: Page) -> None:
    page.goto("/rounds")
    heading(page, "Kola připomínek")
    expect(page.get_by_text("stanovisek").first).to_be_visible()


def notifications(page: Page) -> None:
    page.goto("/notifications")
    heading(page, "Oznámení")


def signing(page: Page) -> None:
    page.goto("/signing")
    expect(page.locator("canvas").first).to_be_visible(timeout=30_000)


def comparing(page: Page) -> None:
    open_by_list(page, STRUCTURE)
    page.get_by_role("button", name="nahrazeno").click()
    page.get_by_role("group", name="Pohled").get_by_role("button", name="Porovnat").click()
    expect(page.locator(".change").first).to_be_visible()


def verifying(page: Page) -> None:
    """The signed file that is current."""
    open_by_list(page, STRUCTURE)
    versions = page.request.get(f"/api/v1/documents/{document_id(page)}/versions").json()
    items = versions["items"] if isinstance(versions, dict) else versions
    data = page.request.get(f"/api/v1/versions/{items[-1]['id']}/file").body()
    page.goto("/verify")
    file: Any = {"name": "organizacni-rad.pdf", "mimeType": "application/pdf", "buffer": data}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Toto je platné znění.")).to_be_visible(timeout=30_000)
    expect(page.locator("canvas").first).to_be_visible()


def registry(page: Page) -> None:
    page.goto("/registry")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()


def profile(page: Page) -> None:
    page.goto("/profile")
    heading(page, "Můj profil")


def administration(page: Page) -> None:
    page.goto("/administration")
    expect(page.get_by_text("Mgr. Jakub Novotný").first).to_be_visible()


def section(name: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(f"/administration/{name}")
        heading(page, "Správa")
        page.wait_for_load_state("networkidle")

    return go


def trail(page: Page) -> None:
    open_by_list(page, RULES)
    page.get_by_role("button", name="Další úkony").click()
    page.get_by_role("menuitem", name="Záznam událostí").click()
    expect(page.get_by_role("dialog").get_by_text("Dokument založen")).to_be_visible()


def status(page: Page) -> None:
    """The answer, for a code that the submitter issued."""
    open_by_list(page, RULES)
    made = page.request.post(
        f"/api/v1/documents/{document_id(page)}/status-codes", headers={"Origin": page.url.split("/documents")[0]}
    )
    assert made.ok, made.text()
    page.goto("/status")
    page.get_by_label("Kód").fill(made.json()["code"])
    page.get_by_role("button", name="Zjistit stav").click()
    expect(page.get_by_text("právě teď")).to_be_visible()


SCREENS = (
    Screen("tasks", "novotny", tasks, kept=True),
    Screen("documents", "novotny", documents),
    Screen("workspace", "novotny", writing, kept=True),
    Screen("review", "novotny", reviewing),
    Screen("settlement", "novotny", settlement, kept=True),
    Screen("rounds", "novotny", rounds),
    Screen("notifications", "novotny", notifications),
    Screen("status", "novotny", status),
    Screen("signing", "malkova", signing, kept=True),
    Screen("comparison", "malkova", comparing, kept=True),
    Screen("verification", "malkova", verifying, kept=True),
    Screen("registry", "malkova", registry, kept=True),
    Screen("profile", "malkova", profile),
    Screen("administration", "urban", administration),
    Screen("administration-departments", "urban", section("departments")),
    Screen("administration-clients", "urban", section("clients")),
    Screen("administration-trust", "urban", section("trust")),
    Screen("trail", "kucerova", trail),
)
