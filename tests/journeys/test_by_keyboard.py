"""The main path walked by the keyboard alone: the mouse is never touched."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Office

ORDINANCE = "Obecně závazná vyhláška"
OFFICE = "Kancelář ředitele"
pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)


def tab_into(page: Page, inside: str, most: int = 60) -> None:
    """Presses Tab until the focus is there."""
    expect(page.locator(inside).first).to_be_visible()
    for _ in range(most):
        if page.evaluate("where => document.activeElement?.closest(where) !== null", inside):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {inside}")


def choose_row(page: Page, words: str, most: int = 20) -> None:
    """Walks down the list with J until the chosen line says this."""
    expect(page.locator("li[data-row]").first).to_be_visible()
    chosen = page.locator("li.chosen")
    for _ in range(most):
        page.keyboard.press("j")
        if words in chosen.inner_text():
            return
    raise AssertionError(f"J does not lead to {words}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def comment_card(page: Page, words: str) -> Locator:
    return page.get_by_role("article", name=OFFICE).filter(has_text=words)


def test_a_reviewer_comments_on_a_passage_and_submits_the_opinion(office: Office) -> None:
    seat = office.sit("kadlec")
    page, keys = seat.page, seat.page.keyboard
    choose_row(page, ORDINANCE)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name=ORDINANCE)).to_be_visible()
    text = page.locator(".ProseMirror[aria-readonly=true]")
    expect(text).to_be_visible()

    tab_into(page, ".ProseMirror")
    press(page, "Control+Home", "ArrowDown", "ArrowDown", "Home", *["Shift+Control+ArrowRight"] * 3, "Control+Alt+m")
    expect(page.get_by_role("textbox", name="Připomínka")).to_be_focused()
    keys.type("Doplnit odkaz na zákon.")
    press(page, "Control+Enter", "Control+Enter")  # twice is once
    card = comment_card(page, "Doplnit odkaz na zákon.")
    expect(card).to_be_visible()
    expect(text).to_be_focused()
    expect(page.locator("[data-passage].on")).to_have_text("Zastupitelstvo Podlesního kraje")

    press(page, *["Shift+Control+ArrowRight"] * 3, "Control+Alt+m")
    expect(page.get_by_role("textbox", name="Připomínka")).to_be_focused()
    keys.type("A ještě datum usnesení.")
    keys.press("Control+Enter")
    expect(comment_card(page, "A ještě datum usnesení.")).to_be_visible()
    expect(text).to_be_focused()

    press(page, "Escape", "o")
    window = page.get_by_role("dialog", name="Stanovisko")
    expect(window.get_by_role("listitem").filter(has_text="Doplnit odkaz na zákon.")).to_have_count(1)
    tab_into(page, "dialog button[type=submit]")
    keys.press("Enter")
    expect(page.get_by_text("Stanovisko je odevzdané.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="2 ze 3 stanovisek")).to_be_visible()
    assert seat.complaints == []


def test_a_comment_is_changed_until_it_goes_out_with_the_opinion(office: Office) -> None:
    seat = office.sit("kadlec")
    page, keys = seat.page, seat.page.keyboard
    choose_row(page, ORDINANCE)
    keys.press("Enter")
    tab_into(page, ".ProseMirror")
    press(page, "Control+Home", "ArrowDown", "ArrowDown", "Home", *["Shift+Control+ArrowRight"] * 2, "Control+Alt+m")
    keys.type("Doplnit.")
    keys.press("Control+Enter")
    card = page.get_by_role("article", name=OFFICE)
    expect(card).to_contain_text("Doplnit.")
    tab_into(page, "article[aria-current]")
    tab_into(page, "article[aria-current] button")
    expect(card.get_by_role("button", name="Upravit")).to_be_focused()
    keys.press("Enter")
    expect(card.get_by_role("textbox", name="Připomínka")).to_be_focused()
    press(page, "Control+End")
    keys.type(" Odkaz na zákon.")
    keys.press("Control+Enter")
    expect(card).to_be_focused()
    expect(card).to_contain_text("Doplnit. Odkaz na zákon.")
    assert seat.complaints == []


def test_an_approver_signs_all_that_waits(office: Office) -> None:
    seat = office.sit("malkova")
    page, keys = seat.page, seat.page.keyboard
    expect(page.locator("li[data-row]").first).to_be_visible()
    keys.press("Control+k")
    keys.type("podepisování")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Podepisování")).to_be_visible()
    expect(page.locator("li[data-row]")).to_have_count(12)
    keys.press("Control+a")
    expect(page.get_by_text("vybráno 12")).to_be_visible()
    keys.press("s")
    expect(page.get_by_role("dialog").get_by_label("PIN")).to_be_focused()
    keys.type(next(person["pin"] for person in office.running.people if person["login"] == "malkova"))
    keys.press("Enter")
    expect(page.get_by_text("Hotovo: podepsáno 12 ze 12.")).to_be_visible(timeout=30_000)
    assert seat.complaints == []


def test_the_obvious_act_of_a_task_is_one_key(office: Office) -> None:
    seat = office.sit("kadlec")
    page = seat.page
    choose_row(page, ORDINANCE)
    page.keyboard.press("e")
    expect(page.get_by_role("dialog", name="Stanovisko")).to_be_visible()
    assert page.url.endswith("?mode=review")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1, name=ORDINANCE)).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert seat.complaints == []


def test_the_text_and_its_tools_are_a_key_away(office: Office) -> None:
    page = office.sit("novotny").page
    page.goto("/documents")
    page.get_by_role("link", name="Směrnice").first.press("Enter")
    text, tools = page.locator(".ProseMirror"), page.get_by_role("toolbar", name="Úpravy textu")
    expect(tools).to_be_visible()
    page.get_by_role("link", name="Přejít na obsah").press("Enter")
    expect(text).to_be_focused()
    press(page, "Alt+F10")
    expect(tools.get_by_role("button", name="Psát", exact=True)).to_be_focused()
    press(page, *["ArrowRight"] * 3)
    expect(tools.get_by_role("button", name="Tučně")).to_be_focused()
    press(page, "Escape")
    expect(text).to_be_focused()
    press(page, "Alt+F10")
    expect(tools.get_by_role("button", name="Tučně")).to_be_focused()
    expect(tools.locator('[tabindex="0"]')).to_have_count(1)
    press(page, "Escape")
    expect(text).to_be_focused()
    press(page, "Escape")
    expect(text).not_to_be_focused()
    press(page, "?")
    expect(page.get_by_role("dialog", name="Klávesy")).to_contain_text("Z textu na lištu úprav")
