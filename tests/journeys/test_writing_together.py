"""Two people of two departments write one draft in two browsers; one of them without a network for a while."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, WebSocketRoute, expect

from tests.journeys.browser import Seat, shot, sign_in
from tests.journeys.conftest import SEEN, Office
from tests.journeys.outside import SAVED
from tests.journeys.paper import (
    DIRECTIVE,
    ONE,
    OTHER,
    WORDS,
    both,
    draft,
    expect_saved,
    open_document,
    paper,
    write_behind,
)
from tests.journeys.people import questions_agreed_to

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)


KEPT = "text je uchovaný v tomto počítači"


def test_each_sees_the_other_s_text_and_name_and_undoes_only_their_own(office: Office) -> None:
    one, other = both(office)
    write_behind(one, WORDS, " Toto píše odbor kultury.")
    expect(paper(other)).to_contain_text("Toto píše odbor kultury.")
    expect(paper(other).locator("[data-who*='Novotný']")).to_have_attribute(
        "data-who", "Mgr. Jakub Novotný, Odbor kultury a památkové péče"
    )
    write_behind(other, "Toto píše odbor kultury.", " A toto ekonomický odbor.")
    expect(paper(one)).to_contain_text("A toto ekonomický odbor.")
    expect(one.get_by_role("list", name="Právě zde").get_by_title("Tomáš Jelínek, Ekonomický odbor")).to_be_visible()
    one.keyboard.press("Control+z")
    expect(paper(other)).not_to_contain_text("Toto píše odbor kultury.")
    expect(paper(other)).to_contain_text("A toto ekonomický odbor.")
    for page in (one, other):
        expect_saved(page)
    one.reload()
    draft(one)
    expect(paper(one)).to_contain_text("A toto ekonomický odbor.")


def test_the_text_is_coloured_by_who_wrote_it(office: Office) -> None:
    one, other = both(office)
    write_behind(other, WORDS, " Připsal odbor ekonomický 😀.")
    expect_saved(other)
    one.get_by_role("button", name="Další úkony").click()
    one.get_by_role("menuitem", name="Kdo co napsal").click()
    legend = one.get_by_role("region", name="Kdo co napsal")
    expect(legend.get_by_role("listitem").filter(has_text="Tomáš Jelínek")).to_contain_text("Ekonomický odbor")
    his = paper(one).locator(".written[title^='Tomáš Jelínek, ']")
    expect(his.filter(has_text="Připsal odbor ekonomický 😀.")).to_be_visible()
    write_behind(other, "Připsal odbor ekonomický 😀.", " A ještě něco.")
    expect(his.filter(has_text="A ještě něco.")).to_be_visible()
    legend.get_by_role("button", name="Skrýt autory textu").click()
    expect(paper(one).locator(".written")).to_have_count(0)


def test_the_history_tells_what_has_changed_since_a_moment(office: Office) -> None:
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    write_behind(seat.page, WORDS, " Dopsáno potom.")
    expect_saved(seat.page)
    seat.page.get_by_role("button", name="Další úkony").click()
    seat.page.get_by_role("menuitem", name="Historie textu").click()
    history = seat.page.get_by_role("dialog", name="Historie textu")
    expect(history.get_by_label("Text v tom okamžiku")).to_contain_text(f"{WORDS} Dopsáno potom.")
    moments = history.get_by_role("list", name="Okamžiky").get_by_role("button")
    restore = history.get_by_role("button", name="Vrátit text do tohoto okamžiku")
    expect(moments.first).to_contain_text("nyní")
    expect(restore).to_be_hidden()
    history.get_by_role("button", name="Co se od té doby změnilo").click()
    expect(history.get_by_text("Od té doby se text nezměnil.")).to_be_visible()
    moments.last.click()
    expect(restore).to_be_visible()
    changes = history.get_by_role("article", name="Co se od té doby změnilo")
    expect(changes.get_by_role("insertion")).to_contain_text("Dopsáno potom")
    shot(seat.page, SEEN, "history")
    history.get_by_role("button", name="Text v tom okamžiku").click()
    expect(history.locator(".ProseMirror")).not_to_contain_text("Dopsáno potom.")


def test_saved_is_said_only_after_the_server_has_said_so(office: Office) -> None:
    seat, held, holding = office.sit(ONE), list[bytes](), list[WebSocketRoute]()

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if holding and isinstance(message, bytes) and message[0] == SAVED:
                held.append(message)
            else:
                socket.send(message)

        server.on_message(pass_on)
        sockets.append(socket)

    sockets: list[WebSocketRoute] = []
    seat.page.route_web_socket(re.compile("/sync/"), between)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    holding.append(sockets[-1])
    write_behind(seat.page, WORDS, " Ještě není na disku.")
    expect(seat.page.get_by_role("status").get_by_text("ukládá se", exact=True)).to_be_visible()
    expect.soft(seat.page.get_by_role("status").get_by_text("uloženo", exact=True)).to_be_hidden()
    while not held:
        seat.page.wait_for_timeout(20)
    expect(seat.page.get_by_role("status").get_by_text("ukládá se", exact=True)).to_be_visible()
    holding.clear()
    for message in held:
        sockets[-1].send(message)
    expect_saved(seat.page)


def test_who_loses_the_network_keeps_writing_and_both_texts_are_there(office: Office) -> None:
    one, other = both(office)
    one.context.set_offline(True)
    expect(one.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    write_behind(one, WORDS, " Psáno ve vlaku bez spojení.")
    write_behind(other, "Předmět a působnost", " a její účel")
    expect_saved(other)
    expect(paper(other)).not_to_contain_text("ve vlaku")
    one.context.set_offline(False)
    expect(paper(one)).to_contain_text("a její účel")
    expect(paper(other)).to_contain_text("Psáno ve vlaku bez spojení.")
    expect_saved(one)


def write_offline(office: Office, text: str) -> Seat:
    """Somebody writes this into the draft after the network went away, and has mistyped before."""
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    write_behind(seat.page, WORDS, "xy")
    for _ in "xy":
        seat.page.keyboard.press("Backspace")
    expect_saved(seat.page)
    seat.context.set_offline(True)
    expect(seat.page.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    write_behind(seat.page, WORDS, text)
    return seat


def come_back(seat: Seat, address: str) -> None:
    """The same browser with the network back, in a new page."""
    seat.context.set_offline(False)
    seat.page = seat.context.new_page()
    seat.open(address)
    draft(seat.page)


def test_what_was_written_without_a_network_outlives_a_page_closed_at_once(office: Office) -> None:
    seat = write_offline(office, " Psáno a zavřeno.")
    address = seat.page.url
    seat.page.close(run_before_unload=False)
    come_back(seat, address)
    expect(paper(seat.page)).to_contain_text(f"{WORDS} Psáno a zavřeno.")
    expect_saved(seat.page)
    other = office.sit(OTHER)
    other.open(address)
    expect(draft(other.page)).to_contain_text(f"{WORDS} Psáno a zavřeno.")


def test_a_page_that_cannot_be_loaded_again_without_a_network_has_lost_nothing(office: Office) -> None:
    seat = write_offline(office, " Psáno a načteno znovu.")
    expect(seat.page.get_by_role("status").get_by_text(KEPT)).to_be_visible()
    address = seat.page.url
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        seat.page.reload()
    come_back(seat, address)
    expect(paper(seat.page)).to_contain_text(f"{WORDS} Psáno a načteno znovu.")
    expect_saved(seat.page)


def test_signing_out_says_what_it_deletes_and_leaves_nothing_in_the_browser(office: Office) -> None:
    seat = write_offline(office, " Nikomu neukázáno.")
    address = seat.page.url
    seat.page.close(run_before_unload=False)
    seat.context.set_offline(False)
    seat.page = seat.context.new_page()
    asked = questions_agreed_to(seat.page)
    seat.open("/profile")
    seat.page.get_by_role("button", name="Odhlásit se všude").click()
    expect(seat.page.get_by_role("button", name="Přihlásit")).to_be_visible()
    assert len(asked) == 1
    assert "čeká text k jednomu dokumentu" in asked[0]
    sign_in(seat.page, ONE, office.running.password(ONE))
    seat.open(address)
    expect(draft(seat.page)).not_to_contain_text("Nikomu neukázáno.")
