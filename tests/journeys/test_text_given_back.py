"""Text that cannot stay in the draft is given back to who wrote it, with the true reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Office
from tests.journeys.paper import (
    WORDS,
    both,
    document_id,
    draft,
    expect_saved,
    paper,
    put_caret_behind,
    write_behind,
)

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
NOT_IN = "Tento váš text se do dokumentu nedostal."
SELECT_PARAGRAPH = """() => {
  const inside = getSelection().anchorNode
  const paragraph = (inside.nodeType === 1 ? inside : inside.parentElement).closest('.ProseMirror p')
  const range = document.createRange()
  range.selectNodeContents(paragraph)
  getSelection().removeAllRanges()
  getSelection().addRange(range)
  return new Promise((heard) => requestAnimationFrame(() => requestAnimationFrame(heard))).then(() => null)
}"""


def delete_paragraph(page: Page, words: str) -> None:
    """The paragraph goes with its words, as two presses of Backspace take it."""
    put_caret_behind(page, words)
    page.evaluate(SELECT_PARAGRAPH)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(paper(page)).not_to_contain_text(words)
    expect_saved(page)


def given_back(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text=NOT_IN)


def test_text_written_offline_into_a_passage_deleted_meanwhile_comes_back(office: Office) -> None:
    one, other = both(office)
    one.context.set_offline(True)
    expect(one.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    write_behind(one, WORDS, " Psáno ve vlaku bez spojení.")
    delete_paragraph(other, WORDS)
    one.context.set_offline(False)
    expect(given_back(one)).to_contain_text("Psáno ve vlaku bez spojení.")
    expect(given_back(one)).to_contain_text("Místo, do kterého jste psali, mezitím někdo smazal nebo přesunul.")
    expect(one.get_by_role("status").get_by_text("část textu se neuložila", exact=True)).to_be_visible()
    expect(one.get_by_role("status").get_by_text("uloženo", exact=True)).to_be_hidden()
    one.reload()
    expect(given_back(one)).to_contain_text("Psáno ve vlaku bez spojení.")
    given_back(one).get_by_role("button", name="Už ho nepotřebuji").click()
    draft(one)
    expect(given_back(one)).to_be_hidden()
    one.get_by_role("button", name="Vrátit zpět").click()
    expect(given_back(one)).to_contain_text("Psáno ve vlaku bez spojení.")


def assign(office: Office, whom: Page, role: str) -> None:
    """The submitter gives somebody another role."""
    submitter = office.sit("kadlec").page
    document = f"/api/v1/documents/{document_id(whom)}"
    person = whom.request.get("/api/v1/session").json()["id"]
    rev = submitter.request.get(document).json()["rev"]
    answer = submitter.request.put(
        f"{document}/members/{person}", data={"role": role}, headers={"If-Match": f'"{rev}"'}
    )
    assert answer.ok, (answer.status, answer.text())


def test_who_loses_the_right_to_write_is_told_at_once_until_it_is_put_away(office: Office) -> None:
    _, other = both(office)
    assign(office, other, "reader")
    told = other.get_by_role("alert").filter(has_text="Vaše role se změnila na: čtenář. Psát tu už nemůžete.")
    expect(told).to_be_visible()
    expect(paper(other)).to_have_attribute("aria-readonly", "true")
    told.get_by_role("button", name="Rozumím").click()
    expect(told).to_be_hidden()


def test_text_that_came_after_the_role_was_taken_says_so(office: Office) -> None:
    _, other = both(office)
    other.context.set_offline(True)
    expect(other.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    write_behind(other, WORDS, " Psáno už jako čtenář.")
    assign(office, other, "reader")
    other.context.set_offline(False)
    expect(given_back(other)).to_contain_text("Psáno už jako čtenář.")
    expect(given_back(other)).to_contain_text("Vaše role u dokumentu se mezitím změnila, psát do něj už nemůžete.")
    expect(other.get_by_role("status").get_by_text("část textu se neuložila", exact=True)).to_be_visible()
    expect(other.get_by_role("alert").filter(has_text="Vaše role se změnila na: čtenář.")).to_be_visible()
    assign(office, other, "editor")
    expect(given_back(other)).to_contain_text("Teď do něj zase psát můžete.")
    given_back(other).get_by_role("button", name="Vložit ke kurzoru").click()
    expect(paper(other)).to_contain_text("Psáno už jako čtenář.")
    expect(given_back(other)).to_be_hidden()
    expect_saved(other)
