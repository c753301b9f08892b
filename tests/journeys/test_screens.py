"""Every screen, light and dark, at a desk and on a phone: nothing for axe to find, nothing in the console.

With PARAPH_SCREENS=1 their pictures go into docs/screens.
"""

from __future__ import annotations

import os
from itertools import groupby

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import shot
from tests.journeys.conftest import SEEN, Office
from tests.journeys.screens import KEPT, LOOKS, SCREENS, Screen, broken, look

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
PICTURES = bool(os.environ.get("PARAPH_SCREENS"))


def seen(page: Page, screen: Screen) -> list[str]:
    """The screen in all its looks; what is wrong with it."""
    look(page, *LOOKS["light"])
    screen.go(page)
    found = []
    for name, (size, scheme) in LOOKS.items():
        look(page, size, scheme)
        found += [f"{screen.name} {name}: {line}" for line in broken(page, scheme)]
        if PICTURES and name in screen.kept:
            shot(page, KEPT, screen.name if name == "light" else f"{screen.name}-{name}")
        elif PICTURES:
            shot(page, SEEN, f"{screen.name}-{name}")
    return found


def test_axe_and_the_console_have_nothing_to_say_about_any_screen(office: Office) -> None:
    found: list[str] = []
    for login, screens in groupby(SCREENS, key=lambda screen: screen.login):
        seat = office.sit(login)
        for screen in screens:
            found += seen(seat.page, screen)
        found += [f"console of {login}: {line}" for line in seat.complaints]
        seat.context.close()
    assert found == []


def tab_into(page: Page, inside: str, most: int = 60) -> None:
    """Presses Tab until the focus is there."""
    for _ in range(most):
        if page.evaluate("where => document.activeElement?.closest(where) !== null", inside):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {inside}")


def test_the_main_path_is_walked_with_the_keyboard_alone(office: Office) -> None:
    """From the tasks to a document, a comment on a passage, to the desk, and a signature."""
    seat = office.sit("malkova")
    page, keys = seat.page, seat.page.keyboard
    expect(page.locator("li[data-row]").first).to_be_visible()
    chosen = page.locator("li.chosen")
    for _ in range(20):
        keys.press("j")
        if "vyhláška" in chosen.inner_text():
            break
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="vyhláška")).to_be_visible()
    expect(page.locator(".ProseMirror")).to_be_visible()
    tab_into(page, ".ProseMirror")
    for press in ("Control+Home", "ArrowDown", "ArrowDown", "Home", *["Shift+Control+ArrowRight"] * 3):
        keys.press(press)
    keys.press("Control+Alt+m")
    keys.type("Doplnit odkaz na zákon.")
    keys.press("Control+Enter")
    expect(page.get_by_role("article").filter(has_text="Doplnit odkaz na zákon.")).to_be_visible()
    keys.press("Escape")
    keys.press("Control+k")
    keys.type("podepisování")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Podepisování")).to_be_visible()
    expect(page.locator("li[data-row]")).to_have_count(12)
    keys.press("s")
    expect(page.get_by_role("dialog").get_by_label("PIN")).to_be_focused()
    keys.type(next(person["pin"] for person in office.running.people if person["login"] == "malkova"))
    keys.press("Enter")
    expect(page.get_by_text("Hotovo: podepsáno 12 z 12.")).to_be_visible(timeout=30_000)
    assert seat.complaints == []
