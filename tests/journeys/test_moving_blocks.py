"""A paragraph goes elsewhere by its handle, its menu, the keys; what is said about it and who writes beside it stay."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import PHONE
from tests.journeys.conftest import Office
from tests.journeys.paper import (
    DIRECTIVE,
    ONE,
    both,
    document_id,
    draft,
    expect_saved,
    open_document,
    paper,
    put_caret_behind,
    write_behind,
)

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
REMARKED, BEFORE, AFTER = "Lhůta k uplatnění připomínek", "Materiály, které se týkají", "Připomínkové místo uplatní"
IDS = "node => [...node.querySelectorAll('[data-id]')].map(one => one.dataset.id)"


def block(page: Page, words: str) -> Locator:
    return paper(page).locator("> *").filter(has_text=words)


def place(page: Page, words: str) -> int:
    found: int = block(page, words).evaluate("node => [...node.parentElement.children].indexOf(node)")
    return found


def handle(page: Page, words: str) -> Locator:
    block(page, words).scroll_into_view_if_needed()
    block(page, words).hover()
    return page.get_by_role("button", name="Posunout odstavec")


def height(where: Locator) -> dict[str, Any]:
    box = where.bounding_box()
    assert box
    return dict(box)


def drag(page: Page, words: str, behind: str) -> None:
    grip, target = height(handle(page, words)), height(block(page, behind))
    page.mouse.move(grip["x"] + 12, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(grip["x"] + 20, grip["y"] + 30)
    page.mouse.move(grip["x"] + 40, target["y"] + target["height"] - 2, steps=4)


def threads(page: Page) -> Any:
    return page.request.get(f"/api/v1/documents/{document_id(page)}/threads").json()["items"]


def test_a_paragraph_is_dragged_and_its_remark_goes_with_it(office: Office) -> None:
    one, other = both(office)
    places = [thread["place"] for thread in threads(one)]
    drag(one, REMARKED, AFTER)
    one.mouse.up()
    expect(block(other, AFTER).locator("+ *")).to_contain_text(REMARKED)
    expect_saved(one)
    assert place(one, REMARKED) == place(one, AFTER) + 1
    assert [thread["place"] for thread in threads(one)] == places
    for page in (one, other):
        expect(block(page, REMARKED).locator(".passage")).to_have_text("nejméně pět pracovních dnů")
        ids = paper(page).evaluate(IDS)
        assert len(ids) == len(set(ids))
    one.keyboard.press("Control+z")
    expect(block(other, BEFORE).locator("+ *")).to_contain_text(REMARKED)


def test_escape_leaves_a_dragged_paragraph_where_it_was(office: Office) -> None:
    one, _ = both(office)
    drag(one, REMARKED, AFTER)
    expect(one.locator(".sheet > .line")).to_be_visible()
    one.keyboard.press("Escape")
    expect(one.locator(".sheet > .line")).to_be_hidden()
    one.mouse.up()
    assert place(one, REMARKED) == place(one, BEFORE) + 1
    expect(one.get_by_role("button", name="Vrátit moji poslední změnu")).to_be_disabled()


def test_a_colleague_writes_on_while_the_paragraphs_around_move(office: Office) -> None:
    one, other = both(office)
    put_caret_behind(other, "vznikají v systému")
    put_caret_behind(one, REMARKED)
    one.keyboard.press("Alt+Shift+ArrowUp")
    expect(block(other, REMARKED).locator("+ *")).to_contain_text(BEFORE)
    other.keyboard.type(" samém")
    expect(block(one, BEFORE)).to_contain_text("vznikají v systému samém")
    handle(one, REMARKED).click()
    one.get_by_role("menuitem", name="Posunout níž").click()
    expect(block(other, BEFORE).locator("+ *")).to_contain_text(REMARKED)
    one.keyboard.type("Nově: ")
    expect(block(one, REMARKED)).to_contain_text(f"Nově: {REMARKED}")
    expect(block(other, REMARKED)).to_contain_text("Nově: ")


def test_what_a_colleague_writes_into_the_paragraph_as_it_is_moved_is_given_back(office: Office) -> None:
    one, other = both(office)
    one.context.set_offline(True)
    expect(one.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    write_behind(other, "nejméně pět", " a nejvýše deset")
    expect_saved(other)
    drag(one, REMARKED, AFTER)
    one.mouse.up()
    expect(block(one, AFTER).locator("+ *")).to_contain_text(REMARKED)
    one.context.set_offline(False)
    expect(block(other, AFTER).locator("+ *")).to_contain_text(REMARKED)
    told = other.get_by_role("alert").filter(has_text="Tento váš text se do dokumentu nedostal.")
    expect(told).to_contain_text("a nejvýše deset")
    expect(told).to_contain_text("Místo, do kterého jste psali, mezitím někdo smazal nebo přesunul.")
    expect(block(other, REMARKED)).to_have_count(1)
    expect(block(one, REMARKED)).not_to_contain_text("a nejvýše deset")


def test_a_phone_has_no_handle_but_the_menu(office: Office) -> None:
    seat = office.sit(ONE, size=PHONE)
    open_document(seat, DIRECTIVE)
    page = seat.page
    draft(page)
    expect(handle(page, REMARKED)).to_be_hidden()
    put_caret_behind(page, REMARKED)
    page.get_by_role("button", name="Další úpravy").click()
    page.get_by_role("menuitem", name="Posunout výš").click()
    expect(block(page, REMARKED).locator("+ *")).to_contain_text(BEFORE)
