"""A text with pictures is pasted: what it carries comes into the document, what it only names is told."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.browser import shot
from tests.journeys.conftest import SEEN, Office
from tests.journeys.paper import WORDS, both, expect_saved, paper, put_caret_behind
from tests.journeys.people import told

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
PASTE = """(node, html) => {
  const data = new DataTransfer()
  data.setData('text/html', html)
  node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}"""
ORDER = "node => [...node.querySelectorAll('p, img[src]')].map(one => one.alt ?? one.textContent)"


def carried() -> str:
    written = io.BytesIO()
    Image.new("RGB", (240, 120), (37, 66, 155)).save(written, "PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()


def paste(page: Page, html: str) -> None:
    put_caret_behind(page, WORDS)
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    paper(page).evaluate(PASTE, html)


def test_a_carried_picture_comes_between_its_words_and_the_named_ones_are_told(office: Office) -> None:
    one, other = both(office)
    asked: list[str] = []
    one.on("request", lambda request: asked.append(request.url))
    paste(
        one,
        '<p class="MsoNormal">Plán budovy</p><p class="MsoNormal"><img src="file:///C:/Temp/clip_image001.png"></p>'
        f'<img src="{carried()}" alt="Plán"><p>Popis plánu<img src="https://web.example/logo.png"></p>',
    )
    told = one.get_by_text("2 obrázky se nevložily: ze zkopírovaného textu je převzít nejde.")
    expect(told).to_be_visible()
    expect(paper(one).get_by_role("img", name="Plán")).to_have_js_property("naturalWidth", 240)
    expect(paper(other).get_by_role("img", name="Plán")).to_be_attached()
    shot(one, SEEN, "pasted-pictures")
    expect_saved(one)
    order = paper(other).evaluate(ORDER)
    at = order.index("Plán")
    assert "Plán budovy" in order[:at]
    assert order[at + 1].startswith("Popis plánu")
    assert not [url for url in asked if "web.example" in url or url.startswith("file:")]


def test_a_picture_copied_on_the_web_comes_from_the_clipboard(office: Office) -> None:
    one, other = both(office)
    put_caret_behind(one, WORDS)
    paper(one).evaluate(
        """async (node, carried) => {
          const data = new DataTransfer()
          data.setData('text/html', '<img src="https://web.example/plan.png">')
          const bytes = Uint8Array.from(atob(carried.split(',')[1]), (sign) => sign.charCodeAt(0))
          data.items.add(new File([bytes], 'plan.png', { type: 'image/png' }))
          node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
        }""",
        carried(),
    )
    expect(paper(one).get_by_role("img", name="plan")).to_have_js_property("naturalWidth", 240)
    expect(paper(other).get_by_role("img", name="plan")).to_be_attached()
    expect(one.get_by_text("se nevložil")).to_be_hidden()


def test_who_proposes_pastes_words_and_no_picture_is_sent(office: Office) -> None:
    one, other = both(office)
    sent: list[str] = []
    one.on("request", lambda request: sent.append(request.url) if request.url.endswith("/images") else None)
    one.get_by_role("group", name="Způsob psaní").get_by_role("button", name="Navrhovat znění").click()
    put_caret_behind(one, "po rozeslání")
    paper(one).evaluate(PASTE, f'<p>všem odborům</p><p class="MsoNormal"><img src="{carried()}" alt="Plán"></p>')
    told(one, "Navrhnout lze jen slova. Poznámky pod čarou, obrázky a konce řádků změňte přímo.")
    expect(paper(other).locator("ins.suggested")).to_have_text("všem odborům")
    expect_saved(one)
    for page in (one, other):
        expect(paper(page).get_by_role("img", name="Plán")).to_have_count(0)
    assert sent == []
