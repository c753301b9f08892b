"""What hostile or careless hands put into a document harms nobody else."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from collab.document.draft import Draft
from review.content import MAX_DEPTH
from review.size import MOST_NODES
from server.intake.pandoc import Source, take_in
from server.services.spreadsheet import Table, workbook
from tests.server.world import Answer, World

WORD = {"type": "text", "text": "slovo"}
PARAGRAPH: dict[str, Any] = {"type": "paragraph", "content": [WORD]}


def doc(*nodes: Any) -> dict[str, Any]:
    return {"type": "doc", "content": list(nodes)}


def table(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    cells = [[{"type": "tableCell", "attrs": attrs, "content": [PARAGRAPH]} for attrs in row] for row in rows]
    return {"type": "table", "content": [{"type": "tableRow", "content": row} for row in cells]}


def link(href: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [WORD | {"marks": [{"type": "link", "attrs": {"href": href}}]}]}


def nested(count: int) -> dict[str, Any]:
    node = PARAGRAPH
    for _ in range(count):
        node = {"type": "blockquote", "content": [node]}
    return node


REFUSED: dict[str, dict[str, Any]] = {
    "a span beyond all numbers": table([{"colspan": 2**62}]),
    "a span of three million": table([{"colspan": 3_000_000}]),
    "a start beyond all numbers": {"type": "orderedList", "attrs": {"start": 2**60}, "content": []},
    "a script": link("javascript:alert(1)"),
    "nesting without end": nested(MAX_DEPTH + 1),
    "an empty list": {"type": "bulletList"},
    "a long name": {"type": "paragraph", "attrs": {"x" * 100_000: 1}},
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_the_schema_forbids_is_refused_and_leaves_nothing(world: World, what: str) -> None:
    browser = await world.browser("novakova")
    body = {"title": "X", "department": world.departments["EO"].id, "content": doc(REFUSED[what])}
    refused = await browser.post("/api/v1/documents", body)
    assert (refused.status, refused.code) == (422, "bad_content")
    assert len(refused.raw) < 2000
    assert (await browser.get("/api/v1/documents")).json["items"] == []


async def test_a_document_has_a_most_of_parts_and_building_one_keeps_nobody_waiting(world: World) -> None:
    browser, other = await world.browser("novakova"), await world.browser("dvorak")
    body = {"title": "X", "department": world.departments["EO"].id}
    too_long = doc(*[PARAGRAPH] * (MOST_NODES + 1))
    raw = io.BytesIO(json.dumps(body | {"content": too_long}).encode())
    headers = {"Content-Type": "application/json"}
    async with browser.client.post("/api/v1/documents", data=raw, headers=headers) as answer:
        refused = Answer(answer.status, answer.headers, await answer.read())
    assert (refused.status, refused.code) == (413, "content_too_large")
    made = asyncio.create_task(browser.post("/api/v1/documents", body | {"content": doc(*[PARAGRAPH] * 5000)}))
    asked = 0
    while not made.done():
        assert (await other.get("/healthz")).status == 200
        asked += 1
    assert made.result().status == 201
    assert asked > 10


async def spoil(world: World, document: str, change: Callable[[Draft], None]) -> None:
    def changed(draft: Draft) -> None:
        with draft._editing():
            change(draft)

    await world.office.rooms.edit(document, world.people["dvorak"].id, changed)


def empty_the_list(draft: Draft) -> None:
    del draft._body.children[1].children[0:2]


LIST = {"type": "bulletList", "content": [{"type": "listItem", "content": [PARAGRAPH]}] * 2}


async def test_a_list_that_lost_all_its_items_harms_no_list_of_documents(world: World) -> None:
    document = (await world.document(content=doc(PARAGRAPH, LIST)))["id"]
    await spoil(world, document, empty_the_list)
    eva, path = await world.browser("novakova"), f"/api/v1/documents/{document}"
    [item] = (await eva.get("/api/v1/documents")).json["items"]
    assert item["draft"]["words"] == 1
    said = (await eva.get(f"{path}/content")).json
    assert [node["type"] for node in said["content"]] == ["paragraph"]
    assert (await eva.change("PATCH", path, {"title": "Jinak"}, rev=1)).status == 200


async def test_what_is_frozen_was_mended_in_the_draft_by_who_froze_it(world: World) -> None:
    document = (await world.document(content=doc(PARAGRAPH, LIST)))["id"]
    await spoil(world, document, empty_the_list)
    eva, path = await world.browser("novakova"), f"/api/v1/documents/{document}"
    content = await world.office.rooms.settle(document, world.people["novakova"].id)
    assert (await eva.get(f"{path}/content")).json["content"] == [
        {"type": "paragraph", "attrs": {"id": content.nodes[0].id}, "content": [WORD]}
    ]
    [latest, *_] = (await eva.get(f"{path}/history")).json["items"]
    assert (latest["author"], latest["server"]) == (world.people["novakova"].id, True)


RAGGED = table([{}, {}], [{}])


@pytest.mark.parametrize(
    "content", [RAGGED, table([{"colspan": 100, "rowspan": 1000}]), table([{"colspan": 2}, {}], [{}])]
)
async def test_any_table_is_given_out_in_every_format(world: World, content: dict[str, Any]) -> None:
    document = (await world.document(content=doc(content)))["id"]
    eva = await world.browser("novakova")
    for form in ("json", "text", "html", "markdown", "docx"):
        answer = await eva.get(f"/api/v1/documents/{document}/content?format={form}")
        assert answer.status == 200, (form, answer.raw)


async def test_a_long_document_is_given_out_while_others_are_served(world: World) -> None:
    document = (await world.document(content=doc(*[PARAGRAPH] * 4000)))["id"]
    eva, other = await world.browser("novakova"), await world.browser("dvorak")
    for form in ("markdown", "docx"):
        given = asyncio.create_task(eva.get(f"/api/v1/documents/{document}/content?format={form}"))
        asked = 0
        while not given.done():
            assert (await other.get("/healthz")).status == 200
            asked += 1
        assert given.result().status == 200, given.result().raw
        assert asked > 10


async def test_a_file_with_values_beyond_their_bounds_is_imported_without_them(world: World) -> None:
    reading = await take_in(b"123456789012. prvn\xc3\xad", Source.MARKDOWN, lambda _: None)
    assert [(node.type, dict(node.attrs)) for node in reading.content.nodes] == [("orderedList", {})]


UNWRITABLE = "Zá\x00sady\ufffe\uffff \u202edotací\U000e0041"


async def test_signs_that_nobody_can_have_meant_are_dropped_from_every_text(world: World) -> None:
    document = await world.document(
        title=UNWRITABLE, matter=UNWRITABLE, content=doc({**PARAGRAPH, "content": [{**WORD, "text": UNWRITABLE}]})
    )
    assert (document["title"], document["matter"]) == ("Zásady dotací", "Zásady dotací")
    eva = await world.browser("novakova")
    said = await eva.get(f"/api/v1/documents/{document['id']}/content?format=text")
    assert said.raw.decode() == "Zásady dotací"
    empty = await eva.post("/api/v1/documents", {"title": "\u202e", "department": world.departments["EO"].id})
    assert empty.json["fields"][0]["path"] == "title"


def test_a_workbook_takes_any_text() -> None:
    """Also what was kept before texts were cleaned."""
    table = Table("Vypořádání", ("Název",), (("Zá\x00sady\ufffe\uffff\ud800",),), (10,))
    sheet = load_workbook(io.BytesIO(workbook([table])))["Vypořádání"]
    assert sheet["A2"].value == "Zásady"
