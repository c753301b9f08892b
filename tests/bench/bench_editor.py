"""A draft of thirty pages opened in a real browser: from asking for the page to the first letter on the paper."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.sync_api import Page, expect

from tests.bench.figure import Figure
from tests.journeys.browser import chromium, seat
from tests.servers.paraph import demo, paraph

SENTENCE = "Dotace se poskytuje na základě žádosti podané v dotačním systému kraje a jen na účel, který je v ní uveden."
ARTICLES, CLAUSES, SENTENCES = 30, 8, 4
PAGES = 30
WRITING = ".ProseMirror:not([aria-readonly=true])"
TIMES = 7


def content() -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for article in range(ARTICLES):
        blocks.append(_block("article", f"a{article}", f"Část {article + 1}"))
        blocks += [
            _block("clause", f"a{article}c{clause}", " ".join([SENTENCE] * SENTENCES)) for clause in range(CLAUSES)
        ]
    return {"schema": 1, "type": "doc", "content": blocks}


def _block(kind: str, id: str, text: str) -> dict[str, Any]:
    return {"type": kind, "attrs": {"id": id}, "content": [{"type": "text", "text": text.strip()}]}


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        people = demo(data)
        person = next(person for person in people if "submitter" in person["roles"])
        with paraph(data) as server, chromium() as browser:
            sat = seat(browser, server.url, person["login"], person["password"])
            address = _made(sat.page, server.url)
            first = [_opened(sat.page, address) for _ in range(TIMES)]
            letters = [_letter(sat.page) for _ in range(4 * TIMES)]
    return [
        Figure("30 pages, from the address to the first letter", statistics.median(first), "s", "≤ 1.5"),
        Figure("30 pages, a letter until it is painted", statistics.median(letters), "ms", "≤ 100"),
    ]


def _made(page: Page, url: str) -> str:
    """The address of a new draft of at least thirty pages."""
    me = page.request.get("/api/v1/session").json()
    body = {"title": "Třicet stran", "kind": "rules", "department": me["departments"][0]["id"], "content": content()}
    made = page.request.post("/api/v1/documents", data=body, headers={"Origin": url})
    assert made.ok, made.text()
    path = f"/documents/{made.json()['id']}"
    printed = page.request.get(f"/api/v1{path}/content?format=pdf").body()
    assert len(pypdfium2.PdfDocument(printed)) >= PAGES
    return path


def _opened(page: Page, address: str) -> float:
    """Seconds until a letter that was typed at the end of the paper stands there. The browser's cache is warm."""
    page.goto("/documents")
    expect(page.locator("li[data-row]").first).to_be_visible()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(WRITING).focus()
    page.keyboard.press("x")
    page.locator(WRITING, has_text="xČást 1").wait_for()
    taken = time.perf_counter() - began
    page.keyboard.press("Backspace")
    return taken


def _letter(page: Page) -> float:
    """Milliseconds from the key to the frame that shows it, by the browser's own clock."""
    taken: float = page.evaluate(
        """() => new Promise(done => {
          const begun = performance.now()
          document.execCommand('insertText', false, 'x')
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))
        })"""
    )
    return taken
