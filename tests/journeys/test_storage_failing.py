"""The server's disk fails: the page says so, keeps what is typed, pauses in time, and recovers by itself."""

from __future__ import annotations

import resource

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Office
from tests.journeys.paper import (
    DIRECTIVE,
    ONE,
    OTHER,
    WORDS,
    document_id,
    draft,
    expect_saved,
    open_document,
    paper,
    write_behind,
)

LONG = "Dlouhá věta, která se vloží mnohokrát za sebou. " * 3_000
pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)


def break_disk(process: int) -> None:
    """Every write of the process to a file fails from now on; SQLite then writes no more until it is started again."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.prlimit(process, resource.RLIMIT_FSIZE)[1]))


def test_what_is_typed_while_the_disk_fails_waits_and_is_saved_without_a_new_load(office: Office) -> None:
    one, other = office.sit(ONE).page, office.sit(OTHER).page
    for page in (one, other):
        page.goto("/documents")
        page.get_by_role("link", name=DIRECTIVE).first.click()
        draft(page)
    band = one.get_by_role("status").filter(has_text="Porucha úložiště")
    break_disk(office.running.server.process.pid)
    write_behind(one, WORDS, " Psáno na vadný disk.")
    expect(one.get_by_role("status").get_by_text("neuloženo", exact=True)).to_be_visible()
    expect(band).to_contain_text("Text je uchovaný v tomto počítači.")
    write_behind(one, "Psáno na vadný disk.", " A dál.")
    paper(one).evaluate(
        "(node, text) => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true })) }",
        LONG,
    )
    expect(one.get_by_role("alert").filter(has_text="Psaní je pozastavené.")).to_be_visible()
    expect(one.locator(".ProseMirror[aria-readonly=true]")).to_be_visible()
    expect(paper(other)).not_to_contain_text("vadný disk")
    office.running.restart_after_kill()
    expect_saved(one)
    expect(one.get_by_role("alert").filter(has_text="Psaní je pozastavené.")).to_be_hidden()
    draft(one)
    expect(paper(other)).to_contain_text("Psáno na vadný disk. A dál.")
    seat = office.sit(ONE)
    open_document(seat, DIRECTIVE)
    text = seat.page.request.get(f"/api/v1/documents/{document_id(seat.page)}/content?format=text").text()
    assert "Psáno na vadný disk. A dál.Dlouhá věta" in text
