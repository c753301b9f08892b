"""The sign-in ends while somebody works: the page says so, keeps what is written, and goes on after signing in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import Seat
from tests.journeys.conftest import Office
from tests.journeys.paper import DIRECTIVE, WORDS, draft, expect_saved, open_document, paper, write_behind
from tests.journeys.people import act, dialog, press

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
ENDED = "Přihlášení skončilo."


def end_everywhere(office: Office, seat: Seat) -> None:
    """At another computer the same person signs out everywhere."""
    other = office.sit(seat.login)
    assert other.page.request.delete("/api/v1/session?all=true").ok


def fill_in(where: Page, office: Office, login: str) -> None:
    window = where.get_by_role("dialog", name="Přihlaste se znovu")
    window.get_by_label("Přihlašovací jméno").fill(login)
    window.get_by_label("Heslo").fill(office.running.password(login))
    press(window, "Přihlásit se")


def test_the_page_says_that_the_sign_in_ended_and_sends_the_text_after_signing_in(office: Office) -> None:
    seat = office.sit("novotny")
    page = seat.page
    open_document(seat, DIRECTIVE)
    draft(page)
    end_everywhere(office, seat)
    expect(page.get_by_text(ENDED)).to_be_visible()
    expect(page.get_by_text("Bez spojení se serverem.")).to_be_hidden()
    write_behind(page, WORDS, " Psáno po odhlášení.")
    expect(page.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    press(page, "Přihlásit se znovu")
    fill_in(page, office, seat.login)
    expect_saved(page)
    expect(page.get_by_text(ENDED)).to_be_hidden()
    other = office.sit("jelinek")
    other.open(page.url)
    expect(draft(other.page)).to_contain_text("Psáno po odhlášení.")


def test_signing_in_at_another_tab_is_enough(office: Office) -> None:
    seat = office.sit("novotny")
    open_document(seat, DIRECTIVE)
    draft(seat.page)
    end_everywhere(office, seat)
    expect(seat.page.get_by_text(ENDED)).to_be_visible()
    write_behind(seat.page, WORDS, " Psáno mezi kartami.")
    tab = seat.context.new_page()
    tab.goto("/")
    tab.get_by_label("Přihlašovací jméno").fill(seat.login)
    tab.get_by_label("Heslo").fill(office.running.password(seat.login))
    press(tab, "Přihlásit se")
    expect(tab.get_by_role("heading", level=1, name="Moje úkoly")).to_be_visible()
    expect(seat.page.get_by_text(ENDED)).to_be_hidden()
    expect_saved(seat.page)
    expect(paper(seat.page)).to_contain_text("Psáno mezi kartami.")


def test_what_stands_in_a_dialog_is_there_after_signing_in_over_it(office: Office) -> None:
    seat = office.sit("novotny")
    page = seat.page
    open_document(seat, "Memorandum")
    draft(page)
    act(page, "Přejmenovat")
    dialog(page).get_by_label("Název dokumentu").fill("Memorandum s novým názvem")
    end_everywhere(office, seat)
    expect(page.get_by_text(ENDED)).to_be_visible()
    press(dialog(page), "Přejmenovat")
    fill_in(page, office, seat.login)
    window = page.get_by_role("dialog", name="Přejmenovat")
    expect(window.get_by_label("Název dokumentu")).to_have_value("Memorandum s novým názvem")
    press(window, "Přejmenovat")
    expect(page.get_by_role("heading", level=1, name="Memorandum s novým názvem")).to_be_visible()


def test_empty_fields_of_the_door_say_what_is_missing(office: Office, browser: Browser) -> None:
    page = browser.new_page(locale="cs-CZ")
    page.goto(office.running.server.url)
    press(page, "Přihlásit se")
    expect(page.get_by_text("Napište přihlašovací jméno.")).to_be_visible()
    expect(page.get_by_text("Napište heslo.")).to_be_visible()
    page.context.close()
