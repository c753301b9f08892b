"""Tiptap with y-websocket on somebody else's page writes in a draft beside Paraph's own, as the guide says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import Seat
from tests.journeys.conftest import Office
from tests.journeys.network import network
from tests.journeys.paper import draft, expect_saved, paper, write_behind
from tests.servers.paraph import ROOT

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)

HEADING, WORDS, LAST = "Výše dotace", "Dotace činí nejvýše 300 000 Kč.", "Spoluúčast činí alespoň 30 %."


def block(type: str, id: str, text: str, **attrs: Any) -> dict[str, Any]:
    return {"type": type, "attrs": {"id": id, **attrs}, "content": [{"type": "text", "text": text}]}


DRAFTS = {
    "plain": [
        block("heading", "b1", HEADING, level=2),
        block("paragraph", "b2", WORDS, textAlign="justify"),
        block("paragraph", "b3", LAST),
    ],
    "paraph": [block("article", "b1", HEADING), block("clause", "b2", WORDS), block("clause", "b3", LAST)],
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *_: object) -> None:
        """Nobody reads that."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of other people's page: another origin than Paraph's."""
    built = ROOT / "tests/target/wild"
    vite = ROOT / "web/node_modules/.bin/vite"
    subprocess.run([vite, "build", "--config", ROOT / "tests/journeys/wild/vite.config.mjs"], check=True)
    html = "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><body></body><script src=page.js></script>"
    Path(built, "index.html").write_text(html, "utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def begin(seat: Seat, content: list[dict[str, Any]]) -> str:
    """A document that says this, open before the person."""
    ask = seat.page.request
    department = ask.get("/api/v1/session").json()["departments"][0]["id"]
    body = {"title": "Dotace", "department": department, "content": {"type": "doc", "content": content}}
    answer = ask.post("/api/v1/documents", data=body)
    assert answer.ok, answer.text()
    document = str(answer.json()["id"])
    seat.open(f"/documents/{document}")
    draft(seat.page)
    return document


def visit(elsewhere: str, browser: Browser, seat: Seat, **asked: str) -> Page:
    """Knows nobody; its server gives it tickets of the person."""
    page = browser.new_context().new_page()
    page.expose_function("ticket", lambda: seat.page.request.post("/api/v1/tickets").json()["ticket"])
    page.goto(f"{elsewhere}?{urlencode(asked)}")
    return page


@pytest.mark.parametrize("nodes", DRAFTS)
def test_it_writes_beside_paraph_s_own_and_comes_back_after_a_cut(
    office: Office, browser: Browser, elsewhere: str, nodes: str
) -> None:
    seat = office.sit("novotny")
    document = begin(seat, DRAFTS[nodes])
    with network(office.running.server.url) as line:
        sync = f"{line.proxy.url.replace('http', 'ws', 1)}/sync"
        page = visit(elsewhere, browser, seat, sync=sync, document=document, nodes=nodes)
        own, theirs = paper(seat.page), paper(page)
        expect(theirs).to_contain_text(LAST)
        write_behind(page, WORDS, " Z Tiptapu.")
        expect(own).to_contain_text(f"{WORDS} Z Tiptapu.")
        write_behind(seat.page, LAST, " Z Paraphu.")
        expect(theirs).to_contain_text(f"{LAST} Z Paraphu.")
        line.cut()
        expect(page).to_have_title("disconnected")
        write_behind(page, "Z Tiptapu.", " Bez sítě.")
        page.keyboard.press("Enter")
        page.keyboard.type("Nový odstavec.")
        write_behind(seat.page, HEADING, " a lhůty")
        expect_saved(seat.page)
        expect(theirs).not_to_contain_text("a lhůty")
        line.mend()
        expect(theirs).to_contain_text(f"{HEADING} a lhůty")
        expect(own).to_contain_text("Nový odstavec.")
        agree(page, seat, document, [block["type"] for block in DRAFTS[nodes]])
        page.context.close()


def agree(page: Page, seat: Seat, document: str, types: list[str]) -> None:
    """Both say what is on disk, and the blocks that were there are still themselves."""
    expect_saved(seat.page)
    content = seat.page.request.get(f"/api/v1/documents/{document}/content").json()["content"]
    texts = ["".join(text["text"] for text in one["content"]) for one in content]
    heading, first, new, last = texts
    assert (heading, last) == (f"{HEADING} a lhůty", f"{LAST} Z Paraphu.")
    assert (first, new) == (f"{WORDS} Z Tiptapu. Bez sítě.", "Nový odstavec.")
    assert page.locator(".ProseMirror > *").all_text_contents() == texts
    assert [one["attrs"]["id"] for one in content if one["attrs"].get("id", "").startswith("b")] == ["b1", "b2", "b3"]
    assert [content[0]["type"], content[1]["type"], content[3]["type"]] == types
