"""Who is here, following a colleague through the text, and taking back one's own steps after a new load."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Office
from tests.journeys.paper import (
    DIRECTIVE,
    ONE,
    WORDS,
    both,
    draft,
    expect_saved,
    mark,
    open_document,
    paper,
    put_caret_behind,
    write_behind,
)

IN_SIGHT = (
    "(node) => { const { top, bottom } = node.getBoundingClientRect(); return top > 100 && bottom < innerHeight }"
)
KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open('paraph-past')
  request.onupgradeneeded = () => (request.transaction.abort(), resolve([]))
  request.onsuccess = () => {
    const all = request.result.transaction('past').objectStore('past').getAll()
    all.onsuccess = () => (request.result.close(), resolve(all.result))
  }
})"""
pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)


def caret_in_sight(page: Page, name: str) -> None:
    """The other one's caret is drawn within the window."""
    page.wait_for_function(
        f"name => [...document.querySelectorAll(`[data-who*='${{name}}']`)].some({IN_SIGHT})", arg=name
    )


def test_the_page_follows_a_colleague_until_one_does_something_oneself(office: Office) -> None:
    one, other = both(office)
    put_caret_behind(other, "Předmět a působnost")
    face = one.get_by_role("button", name="Sledovat: Tomáš Jelínek, Ekonomický odbor")
    face.focus()
    one.keyboard.press("Enter")
    band = one.get_by_role("status").filter(has_text="Sledujete: Tomáš Jelínek")
    expect(band).to_be_visible()
    for words in ("Závěrečná ustanovení", "Předmět a působnost", "Skartační režim"):
        put_caret_behind(other, words)
        caret_in_sight(one, "Jelínek")
    one.keyboard.press("Escape")
    expect(band).to_be_hidden()
    face.click()
    expect(band).to_be_visible()
    one.mouse.wheel(0, -400)
    expect(band).to_be_hidden()
    face.click()
    expect(band).to_be_visible()
    other.close()
    expect(band).to_be_hidden()


def test_the_name_at_a_caret_shows_while_it_moves_and_leaves_the_line_above_readable(office: Office) -> None:
    one, other = both(office)
    caret, named = one.locator(".caret"), one.locator(".caret.named")
    put_caret_behind(other, "Předmět a působnost")
    expect(named).to_have_count(1)
    expect(named).to_have_count(0)
    expect(caret).to_have_count(1)
    until_its_name_has_opacity(caret, 0)
    caret.hover()
    until_its_name_has_opacity(caret, 1)


def until_its_name_has_opacity(caret: Locator, wanted: int) -> None:
    has = f"node => getComputedStyle(node, '::after').opacity === '{wanted}'"
    caret.page.wait_for_function(has, arg=caret.element_handle())


def test_one_s_own_last_steps_are_taken_back_after_a_new_load_and_nobody_else_s(office: Office) -> None:
    one, other = both(office)
    mark(one, "následujícím")
    one.keyboard.press("Delete")
    expect(paper(other)).not_to_contain_text("dnem následujícím po")
    write_behind(other, "rozeslání", " všem")
    expect(paper(one)).to_contain_text("rozeslání všem")
    write_behind(one, "Předmět a působnost", " směrnice")
    expect_saved(one)
    one.reload()
    draft(one)
    paper(one).focus()
    one.keyboard.press("Control+z")
    expect(paper(other)).not_to_contain_text("působnost směrnice")
    one.keyboard.press("Control+z")
    expect(paper(one)).to_contain_text("počíná dnem následujícím po rozeslání všem")
    expect(paper(other)).to_contain_text("následujícím")
    expect_saved(one)
    expect(one.get_by_role("button", name="Vrátit moji poslední změnu")).to_be_disabled()


def test_signing_out_leaves_nothing_to_take_back(office: Office) -> None:
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    write_behind(seat.page, WORDS, " Moje.")
    expect_saved(seat.page)
    while len(seat.page.evaluate(KEPT)) != 1:
        seat.page.wait_for_timeout(20)
    seat.page.get_by_role("button", name="Jakub Novotný").click()
    seat.page.get_by_role("menuitem", name="Odhlásit se").click()
    expect(seat.page.get_by_label("Heslo")).to_be_visible()
    while seat.page.evaluate(KEPT):
        seat.page.wait_for_timeout(20)
