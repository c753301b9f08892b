"""Every screen, light and dark, at a desk and on a phone: as wide as its window, nothing for axe or the console to say.

With PARAPH_SCREENS=1 their pictures are taken, those that the documentation shows into docs/screens.
"""

from __future__ import annotations

import os
from itertools import groupby

import pytest
from playwright.sync_api import Page

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
        if PICTURES and screen.kept and name == "light":
            shot(page, KEPT, screen.name)
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
