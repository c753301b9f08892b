"""Debian's Chromium, driven by Playwright: one per test run, a fresh profile per person."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESK = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=15_000)


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Seat:
    """One person at one browser. `complaints` are errors that the page wrote to its console."""

    context: BrowserContext
    page: Page
    login: str
    complaints: list[str]

    def open(self, address: str) -> None:
        self.page.goto(address, wait_until="domcontentloaded")


def seat(
    browser: Browser, url: str, login: str, password: str, *, size: dict[str, int] = DESK, dark: bool = False
) -> Seat:
    """A new profile, signed in through the sign-in page."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": size["width"], "height": size["height"]},
        locale="cs-CZ",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto("/", wait_until="domcontentloaded")
    sign_in(page, login, password)
    complaints.clear()
    return Seat(context, page, login, complaints)


def sign_in(page: Page, login: str, password: str) -> None:
    """On the sign-in page that is open."""
    page.get_by_label("Přihlašovací jméno").fill(login)
    page.get_by_label("Heslo").fill(password)
    page.get_by_role("button", name="Přihlásit").click()
    expect(page.get_by_role("navigation", name="Hlavní")).to_be_visible()


def shot(page: Page, folder: Path, name: str) -> None:
    """A PNG of what is in the window, in the 256 colours that lie nearest to all of it, small green words included."""
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as seen:
        flat = seen.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        flat.save(folder / f"{name}.png", optimize=True)
