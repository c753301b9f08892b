"""A text that may no longer be written while somebody has it open: in signing, signed, finalised."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import Seat
from tests.journeys.conftest import Office
from tests.journeys.paper import draft, paper, put_caret_behind

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
SIGNED, READY = "Oznámení záměru prodeje", "Zpráva o plnění rozpočtu"


def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    """The person's own session asks the server."""
    answer = page.request.fetch(path, method=method, data=body)
    assert answer.ok, (answer.status, answer.text())
    return answer.json() if answer.text() else None


def document_of(page: Page, title: str) -> str:
    found = ask(page, "GET", "/api/v1/documents?limit=100")["items"]
    return str(next(one["id"] for one in found if one["title"].startswith(title)))


def open_at(seat: Seat, title: str, query: str) -> str:
    id = document_of(seat.page, title)
    seat.open(f"/documents/{id}{query}")
    expect(seat.page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return id


def finalise(page: Page, document: str) -> dict[str, Any]:
    """The submitter's page makes the final version; it waits for its end."""
    job = ask(page, "POST", f"/api/v1/documents/{document}/finalize")
    while job["state"] in ("queued", "running"):
        page.wait_for_timeout(50)
        job = ask(page, "GET", f"/api/v1/jobs/{job['id']}")
    assert job["state"] == "done", job
    return dict(ask(page, "GET", f"/api/v1/documents/{document}/versions")["items"][-1])


def hand_to_sign(page: Page, document: str) -> None:
    version = finalise(page, document)
    steps = [{"signers": [ask(page, "GET", "/api/v1/session")["id"]], "order": "parallel"}]
    ask(page, "POST", f"/api/v1/versions/{version['id']}/signing", {"steps": steps})


def test_a_signed_text_is_read_and_nothing_breaks_when_somebody_types(office: Office) -> None:
    seat = office.sit("jelinek")
    open_at(seat, SIGNED, "?mode=write")
    page = seat.page
    expect(page.get_by_role("button", name="Rozepsaný text")).to_be_visible()
    expect(paper(page)).to_have_attribute("aria-readonly", "true")
    expect(page.get_by_text("Dokument je podepsaný, text se nemění.")).to_be_visible()
    expect(page.get_by_role("toolbar", name="Úpravy textu")).to_be_hidden()
    before = paper(page).inner_text()
    paper(page).click()
    page.keyboard.type("xyz")
    assert paper(page).inner_text() == before
    assert seat.complaints == []


def test_who_writes_when_the_text_is_handed_to_signing_sees_why_it_stopped(office: Office) -> None:
    submitter = office.sit("simek").page
    seat = office.sit("jelinek")
    document = open_at(seat, READY, "?mode=write")
    page = seat.page
    draft(page).click()
    expect(page.get_by_role("toolbar", name="Úpravy textu")).to_be_visible()
    hand_to_sign(submitter, document)
    expect(page.get_by_text("Verze 1 se podepisuje, text se teď nemění.")).to_be_visible()
    expect(paper(page)).to_have_attribute("aria-readonly", "true")
    expect(page.get_by_role("toolbar", name="Úpravy textu")).to_be_hidden()
    page.keyboard.type("xyz")
    expect(paper(page)).not_to_contain_text("xyz")
    assert seat.complaints == []


def test_words_typed_in_the_very_moment_come_back_with_the_reason(office: Office) -> None:
    """The page has not heard of it yet: its news are held."""
    submitter = office.sit("simek").page
    seat = office.sit("jelinek")
    page = seat.page
    page.route(re.compile("/socket.io/"), lambda route: route.abort())
    page.route_web_socket(re.compile("/socket.io/"), lambda socket: socket.close())
    document = open_at(seat, READY, "?mode=write")
    draft(page)
    first = paper(page).locator("p").first.inner_text()[:20]
    hand_to_sign(submitter, document)
    put_caret_behind(page, first)
    page.keyboard.press("Shift")  # inserted text alone is no hand on the keys
    page.keyboard.insert_text(" Napsáno pozdě.")
    page.keyboard.type("d")  # the rest of the sentence is no command
    lost = page.get_by_role("alert").filter(has_text="Tento váš text se do dokumentu nedostal.")
    expect(lost).to_contain_text("Napsáno pozdě.")
    expect(lost).to_contain_text("Dokument je mezitím u podpisu.")
    expect(lost).not_to_contain_text("editor")
    expect(lost).to_be_in_viewport()
    expect(paper(page)).not_to_contain_text("Napsáno pozdě.")
    expect(paper(page)).to_have_attribute("aria-readonly", "true")
    assert [line for line in seat.complaints if "state_unsafe" in line or "undefined" in line] == []


def test_the_page_of_a_round_stays_at_its_version(office: Office) -> None:
    """A version is made while a reviewer reads: the page tells of it, and does not leave what is being read."""
    submitter = office.sit("simek").page
    seat = office.sit("jelinek")
    page = seat.page
    document = document_of(page, READY)
    round = ask(page, "GET", f"/api/v1/documents/{document}/rounds")["items"][-1]
    seat.open(f"/documents/{document}?mode=review&round={round['id']}")
    expect(page.get_by_role("textbox", name=re.compile("^Verze 0.1"))).to_be_visible()
    paper(page).click()
    hand_to_sign(submitter, document)
    expect(page.get_by_text("podepisuje se", exact=True)).to_be_visible()
    expect(page.get_by_text("Čtete verzi 0.1, poslední je verze 1.")).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("^Verze 0.1"))).to_be_visible()
    page.get_by_role("button", name="Zobrazit verzi 1").click()
    expect(page.get_by_role("textbox", name=re.compile("^Verze 1:"))).to_be_visible()
    assert seat.complaints == []
