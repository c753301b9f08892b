"""Two people propose wordings inside one draft, and decide about them."""

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
    write_behind,
)
from tests.journeys.people import press, told

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)


def propose(page: Page) -> None:
    """From now on what this person writes is only proposed."""
    page.get_by_role("group", name="Způsob psaní").get_by_role("button", name="Navrhovat znění").click()
    expect(page.get_by_text("jen navrhujete")).to_be_visible()


def write_directly(page: Page) -> None:
    page.get_by_role("group", name="Způsob psaní").get_by_role("button", name="Psát").click()
    expect(page.get_by_text("jen navrhujete")).to_be_hidden()


def replace(page: Page, words: str, others: str) -> None:
    mark(page, words)
    page.keyboard.type(others)


def inserted(page: Page, words: str) -> Locator:
    return paper(page).locator("ins.suggested").filter(has_text=words)


def deleted(page: Page, words: str) -> Locator:
    return paper(page).locator("del.suggested").filter(has_text=words)


def cards(page: Page) -> Locator:
    return page.get_by_role("article", name="Návrh znění,")


def test_a_proposed_wording_travels_stays_after_reload_and_is_accepted_or_refused(office: Office) -> None:
    one, other = both(office)
    propose(one)
    replace(one, "následujícím", "prvním")
    write_behind(one, "po rozeslání", " všem odborům")
    expect_saved(one)
    for page in (one, other):
        expect(deleted(page, "následujícím")).to_be_visible()
        expect(inserted(page, "prvním")).to_be_visible()
        expect(cards(page)).to_have_count(2)
    expect(cards(other).first).to_contain_text("Jakub Novotný")
    one.reload()
    draft(one)
    expect(inserted(one, "všem odborům")).to_be_visible()
    first = cards(other).filter(has_text="prvním")
    press(first, "Přijmout")
    expect(cards(other)).to_have_count(1)
    press(cards(other).filter(has_text="všem odborům"), "Odmítnout")
    expect(cards(other)).to_have_count(0)
    for page in (one, other):
        expect(paper(page)).to_contain_text("počíná dnem prvním po rozeslání.")
        expect(paper(page).locator(".suggested")).to_have_count(0)
        expect_saved(page)


def test_all_are_decided_at_once_and_taken_back(office: Office) -> None:
    one, other = both(office)
    propose(one)
    replace(one, "následujícím", "prvním")
    propose(other)
    replace(other, "rozeslání", "vyhlášení")
    bar = one.get_by_role("region", name="Návrhy znění")
    expect(bar).to_contain_text("2 návrhy znění")
    press(bar, "Přijmout vše")
    told(one, "Přijaty 2 návrhy.")
    expect(paper(other)).to_contain_text("počíná dnem prvním po vyhlášení.")
    press(one.locator(".toast, [role=status]").filter(has_text="Přijaty 2 návrhy."), "Vrátit zpět")
    expect(bar).to_contain_text("2 návrhy znění")
    press(bar, "Odmítnout vše")
    for page in (one, other):
        expect(paper(page)).to_contain_text(WORDS.removesuffix("."))  # a caret stands before the full stop
        expect(paper(page).locator(".suggested")).to_have_count(0)


def test_what_cannot_be_proposed_is_explained_and_nothing_is_lost(office: Office) -> None:
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    before = draft(seat.page).inner_text()
    propose(seat.page)
    write_behind(seat.page, WORDS, "")
    for key in ("Enter", "Control+b"):
        if key == "Control+b":
            mark(seat.page, "následujícím")
        seat.page.keyboard.press(key)
    told(seat.page, "Navrhnout lze jen slova. Odstavce, seznamy a tabulky změňte přímo, nebo k nim napište poznámku.")
    told(seat.page, "Navrhnout lze jen slova. Vzhled písma změňte přímo.")
    assert paper(seat.page).inner_text() == before
    write_directly(seat.page)
    write_behind(seat.page, WORDS, "")
    seat.page.keyboard.press("Enter")
    seat.page.keyboard.type("Nový odstavec.")
    expect_saved(seat.page)
    expect(paper(seat.page).locator(".suggested")).to_have_count(0)


def test_the_keyboard_alone_walks_and_decides(office: Office) -> None:
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    propose(seat.page)
    replace(seat.page, "následujícím", "prvním")
    replace(seat.page, "rozeslání", "vyhlášení")
    expect(cards(seat.page)).to_have_count(2)
    seat.page.keyboard.press("Escape")
    expect(paper(seat.page)).not_to_be_focused()
    seat.page.keyboard.press("n")
    expect(seat.page.get_by_text("Návrh 1 ze 2")).to_be_visible()
    seat.page.keyboard.press("a")
    expect(cards(seat.page)).to_have_count(1)
    seat.page.keyboard.press("x")
    expect(paper(seat.page)).to_contain_text("počíná dnem prvním po rozeslání.")
    expect_saved(seat.page)


def test_letters_composed_by_a_dead_key_are_proposed_too(office: Office) -> None:
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    propose(seat.page)
    keys = seat.context.new_cdp_session(seat.page)
    mark(seat.page, "následujícím")
    for composed in ("ˇ", "ž"):
        at = {"selectionStart": 1, "selectionEnd": 1}
        keys.send("Input.imeSetComposition", {"text": composed, **at})
    keys.send("Input.insertText", {"text": "ž"})
    seat.page.keyboard.type("elezným")
    expect(inserted(seat.page, "železným")).to_have_text("železným")
    expect(deleted(seat.page, "následujícím")).to_be_visible()
    expect(cards(seat.page)).to_have_count(1)
    expect_saved(seat.page)
