"""The page of a document on a phone: what stays on the screen, and that nothing moves the text under one's eyes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE
from tests.journeys.conftest import Office
from tests.journeys.paper import DIRECTIVE, ONE, OTHER, WORDS, open_document, write_behind

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
ROW = 60  # CSS pixels
COVERED = """() => {
  let y = 0
  while (document.elementFromPoint(innerWidth / 2, y)?.closest('header')) y += 1
  return y
}"""
PLACE = "() => document.querySelector('.ProseMirror').getBoundingClientRect().top + scrollY"


def test_one_row_stays_and_a_colleague_moves_nothing(office: Office) -> None:
    seat = office.sit(ONE, size=PHONE)
    open_document(seat, DIRECTIVE)
    page = seat.page
    expect(page.get_by_role("toolbar", name="Úpravy textu")).to_be_visible()
    place = page.evaluate(PLACE)
    open_document(office.sit(OTHER), DIRECTIVE)
    expect(page.get_by_role("list", name="Právě zde")).to_be_visible()
    assert page.evaluate(PLACE) == place
    page.mouse.wheel(0, 600)
    expect(page.get_by_role("heading", level=1)).not_to_be_in_viewport()
    expect(page.get_by_role("status").get_by_text("uloženo", exact=True)).to_be_in_viewport()
    assert page.evaluate(COVERED) < ROW


def lose_connection(page: Page) -> None:
    page.context.set_offline(True)
    write_behind(page, WORDS, " Psáno v tunelu.")


@pytest.mark.parametrize("size", [PHONE, {"width": 1360, "height": 860}], ids=["phone", "desk"])
def test_where_unsaved_text_is_can_be_read_whole_and_moves_nothing(office: Office, size: dict[str, int]) -> None:
    seat = office.sit(ONE, size=size)
    open_document(seat, DIRECTIVE)
    page = seat.page
    expect(page.get_by_role("toolbar", name="Úpravy textu")).to_be_visible()
    lose_connection(page)
    place = page.evaluate(PLACE)
    band = page.get_by_role("status").filter(has_text="Bez spojení. Text je uchovaný v tomto počítači.")
    expect(band).to_be_in_viewport(ratio=1)
    assert page.evaluate(PLACE) == place
    assert band.locator("p").evaluate("node => node.scrollWidth <= node.clientWidth")
    expect(band.get_by_role("button", name="Zkusit hned")).to_be_in_viewport(ratio=1)
    page.context.set_offline(False)
    expect(band).to_be_hidden()


def test_how_long_a_document_waits_for_a_signature_can_be_read_whole(office: Office) -> None:
    page = office.sit("malkova", size=PHONE).page
    page.goto("/signing", wait_until="domcontentloaded")
    waiting = page.get_by_role("listitem").get_by_text("čeká od")
    expect(waiting.first).to_be_in_viewport(ratio=1)
    assert waiting.evaluate_all("lines => lines.every(line => line.scrollWidth <= line.clientWidth)")
