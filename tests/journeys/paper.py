"""What people do with the paper of a document: open it, write, mark a passage."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Seat
from tests.journeys.conftest import Office

DIRECTIVE, WORDS = "Směrnice", "počíná dnem následujícím po rozeslání."
ONE, OTHER = "novotny", "jelinek"

SEEK = """(node, words) => {
  const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
  const texts = []
  let whole = ''
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    texts.push([whole.length, text])
    whole += text.data.replaceAll('\\u00a0', ' ')
  }
  const start = whole.indexOf(words)
  if (start < 0) throw new Error('the paper does not say: ' + words)
  const place = (at) => {
    const [begins, text] = texts.findLast(([begins]) => begins < at || at === 0)
    return [text, at - begins]
  }
  const range = document.createRange()
  range.setStart(...place(start + 1))
  range.setStart(range.startContainer, range.startOffset - 1)
  range.setEnd(...place(start + words.length))
  range.startContainer.parentElement.scrollIntoView({ block: 'center' })
  return range
}"""
# The editor hears of a selection before the next frame but one, unless a colleague's caret comes first: then it puts
# its own back, and the person has to choose again.
CHOOSE = """(node, words, caret) => {
  node.focus()
  const chosen = getSelection()
  const place = () => {
    const before = document.createRange()
    before.setStart(node, 0)
    before.setEnd(chosen.focusNode, chosen.focusOffset)
    return before.toString().length
  }
  const choose = async () => {
    const range = seek(node, words)
    if (caret) range.collapse(false)
    chosen.removeAllRanges()
    chosen.addRange(range)
    const wanted = place()
    await new Promise((heard) => requestAnimationFrame(() => requestAnimationFrame(heard)))
    if (place() !== wanted) await choose()
  }
  return choose()
}"""
MARK = f"(node, words) => {{ const seek = {SEEK}; return ({CHOOSE})(node, words, false) }}"
CARET = f"(node, words) => {{ const seek = {SEEK}; return ({CHOOSE})(node, words, true) }}"


def open_document(seat: Seat, title: str) -> None:
    """Through the list of documents, as people do."""
    seat.page.get_by_role("navigation", name="Hlavní").get_by_role("link", name="Dokumenty").click()
    seat.page.get_by_role("link", name=title).first.click()
    expect(seat.page.get_by_role("heading", level=1, name=title)).to_be_visible()


def both(office: Office) -> tuple[Page, Page]:
    """One draft before two people of two departments, everything saved."""
    pages = []
    for login in (ONE, OTHER):
        seat = office.sit(login)
        open_document(seat, DIRECTIVE)
        draft(seat.page)
        pages.append(seat.page)
    return pages[0], pages[1]


def document_id(page: Page) -> str:
    found = re.search(r"/documents/([^/?#]+)", page.url)
    assert found, page.url
    return found[1]


def paper(page: Page) -> Locator:
    """The text that is written or read."""
    return page.locator(".ProseMirror").first


def draft(page: Page) -> Locator:
    """The paper once it may be written into and all is on disk."""
    expect(page.locator(".ProseMirror:not([aria-readonly=true])")).to_be_visible()
    expect_saved(page)
    return paper(page)


def expect_saved(page: Page) -> None:
    expect(page.get_by_role("status").get_by_text("uloženo", exact=True)).to_be_visible()


def mark(page: Page, words: str) -> None:
    """Selects the first place that says these words."""
    paper(page).evaluate(MARK, words)


def put_caret_behind(page: Page, words: str) -> None:
    paper(page).evaluate(CARET, words)


def write_behind(page: Page, words: str, text: str) -> None:
    put_caret_behind(page, words)
    page.keyboard.type(text)
