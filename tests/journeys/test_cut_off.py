"""Without a connection: what the page promises, what it asks, and what it says when the server is back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.journeys.browser import Seat
from tests.journeys.conftest import Office
from tests.journeys.network import network
from tests.journeys.paper import DIRECTIVE, ONE, OTHER, WORDS, draft, expect_saved, open_document, paper, write_behind
from tests.journeys.people import questions_agreed_to

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
CUT_OFF = "Stránku nechte otevřenou"
KEPT, ONLY_HERE = "text je uchovaný v tomto počítači", "text je jen na této stránce"
# What the page says of saving and of the connection, every time that one of them changes.
LISTEN = """() => {
  const said = (window.said = [])
  const note = () => {
    const words = [...document.querySelectorAll('[role=status]')].map((one) => one.innerText).join(' | ').toLowerCase()
    if (said.at(-1) !== words) said.push(words)
  }
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""


def sit_down(office: Office, login: str = ONE, **more: str) -> Seat:
    seat = office.sit(login, **more)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    return seat


def cut_off(seat: Seat) -> Page:
    seat.context.set_offline(True)
    expect(seat.page.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    return seat.page


def test_nobody_is_signed_out_without_a_connection_and_the_page_says_so(office: Office) -> None:
    seat = sit_down(office)
    page = cut_off(seat)
    write_behind(page, WORDS, " Zůstalo tady.")
    expect(page.get_by_role("status").get_by_text(KEPT)).to_be_visible()
    asked = questions_agreed_to(page)
    page.get_by_role("navigation", name="Hlavní").get_by_role("button", name="Jakub Novotný").click()
    page.get_by_role("menuitem", name="Odhlásit se", exact=True).click()
    expect(page.get_by_text("Jste stále přihlášeni; bez připojení se odhlásit nelze.")).to_contain_text(
        "Váš text zůstal v tomto počítači."
    )
    assert asked == []
    expect(paper(page)).to_contain_text("Zůstalo tady.")
    seat.context.set_offline(False)
    expect_saved(page)
    page.reload()
    expect(draft(page)).to_contain_text("Zůstalo tady.")


def test_the_browser_asks_before_it_leaves_a_page_that_it_could_not_open_again(office: Office) -> None:
    page = cut_off(sit_down(office))
    expect(page.get_by_text(CUT_OFF)).to_be_visible()
    paper(page).click()
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    question: Dialog = asked.value
    assert question.type == "beforeunload"
    question.dismiss()
    expect(paper(page)).to_be_visible()


def test_what_is_said_of_saving_stands_still_while_typing_and_never_against_the_band(office: Office) -> None:
    page = sit_down(office).page
    office.running.server.kill()
    expect(page.get_by_text(CUT_OFF)).to_be_visible()
    page.evaluate(LISTEN)
    write_behind(page, WORDS, " Psáno do mrtvého serveru, písmeno za písmenem.")
    expect(page.get_by_role("status").get_by_text(KEPT)).to_be_visible()
    office.running.restart_after_kill()
    expect_saved(page)
    expect(page.get_by_text(CUT_OFF)).to_be_hidden()
    said: list[str] = page.evaluate("said")
    assert any(KEPT in words for words in said)
    assert [words for words in said if ONLY_HERE in words] == []
    assert [words for words in said if CUT_OFF.lower() in words and "uloženo" in words.replace("neuloženo", "")] == []


def test_a_line_that_died_without_a_word_is_noticed_by_who_writes_and_by_who_reads(office: Office) -> None:
    with network(office.running.server.url) as line:
        writer = sit_down(office, ONE, through=line.proxy.url).page
        reader = sit_down(office, OTHER, through=line.proxy.url).page
        direct = sit_down(office, ONE).page
        line.forget()
        write_behind(writer, WORDS, " Psáno do prázdna.")
        with reader.expect_websocket(lambda socket: "/sync/" in socket.url, timeout=45_000):
            expect(paper(direct)).to_contain_text("Psáno do prázdna.", timeout=45_000)
            expect_saved(writer)
        expect(paper(reader)).to_contain_text("Psáno do prázdna.")
        expect_saved(reader)
