from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import aiohttp
import pytest

from review.content import Content, Node, Text
from review.exchange import Dialect
from review.schema import schema
from server.intake.pandoc import give_out
from signing.typeset import Masthead, typeset
from tests.server.world import Browser, World

MARKDOWN = "# Čl. 1 Účel\n\n(1) Žluťoučký kůň.\n\n(2) Úpěl *ďábelské* ódy.\n"


async def bring(browser: Browser, document: str, name: str, data: bytes) -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    path = f"/api/v1/documents/{document}/imports"
    async with browser.client.post(path, data=form) as response:
        return response.status, await response.json()


async def ended(world: World, browser: Browser, job: dict[str, Any]) -> dict[str, Any]:
    await world.office.jobs.finished(job["id"])
    found: dict[str, Any] = (await browser.get(f"/api/v1/jobs/{job['id']}")).json
    return found


async def text_of(browser: Browser, document: str) -> str:
    return (await browser.get(f"/api/v1/documents/{document}/content?format=text")).raw.decode()


@pytest.mark.parametrize("dialect", [Dialect.DOCX, Dialect.ODT, Dialect.HTML])
async def test_a_file_becomes_the_draft(world: World, dialect: Dialect) -> None:
    browser, document = await world.browser("novakova"), await world.document()
    content = Content(schema().version, (Node("paragraph", content=(Text("Žluťoučký kůň úpěl."),)),))
    status, job = await bring(browser, document["id"], f"Návrh.{dialect}", await give_out(content, dialect))
    assert status == 202
    assert (await ended(world, browser, job))["state"] == "done"
    assert await text_of(browser, document["id"]) == "Žluťoučký kůň úpěl."


async def test_markdown_brings_articles_and_clauses(world: World) -> None:
    browser, document = await world.browser("novakova"), await world.document()
    _, job = await bring(browser, document["id"], "navrh.md", MARKDOWN.encode())
    await ended(world, browser, job)
    content = (await browser.get(f"/api/v1/documents/{document['id']}/content?format=json")).json
    assert [node["type"] for node in content["content"]] == ["article", "clause", "clause"]


async def test_the_text_of_a_pdf_becomes_paragraphs(world: World) -> None:
    browser, document = await world.browser("novakova"), await world.document()
    content = Content(schema().version, (Node("paragraph", {"id": "p"}, (Text("Obecní úřad oznamuje."),)),))
    masthead = Masthead("Oznámení", "Krajský úřad", "notice", date(2026, 11, 23))
    pages = await asyncio.to_thread(typeset, content, masthead)
    _, job = await bring(browser, document["id"], "oznameni.PDF", pages.pdf)
    assert (await ended(world, browser, job))["state"] == "done"
    assert "Obecní úřad oznamuje." in await text_of(browser, document["id"])


async def test_a_file_that_cannot_be_read_leaves_the_draft_alone(world: World) -> None:
    browser, document = await world.browser("novakova"), await world.document()
    _, first = await bring(browser, document["id"], "navrh.md", b"Platny text.")
    await ended(world, browser, first)
    for name in ("navrh.docx", "navrh.pdf", "navrh.odt"):
        _, job = await bring(browser, document["id"], name, b"to neni soubor")
        failed = await ended(world, browser, job)
        assert (failed["state"], failed["problem"]["code"]) == ("failed", "unreadable_file")
    assert await text_of(browser, document["id"]) == "Platny text."


async def test_only_known_kinds_are_taken_and_only_from_who_may_edit(world: World) -> None:
    document = await world.document()
    status, problem = await bring(await world.browser("novakova"), document["id"], "virus.exe", b"MZ")
    assert (status, problem["code"]) == (415, "wrong_media_type")
    status, problem = await bring(await world.browser("dvorak"), document["id"], "navrh.md", b"x")
    assert (status, problem["code"]) == (403, "forbidden")
