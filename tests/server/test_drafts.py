from __future__ import annotations

import io
from typing import Any

import aiohttp
from PIL import Image

from collab.document.draft import Draft
from review.content import parse, to_json
from tests.server.world import Answer, World

TEXT = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"id": "h", "level": 1}, "content": [{"type": "text", "text": "Zásady"}]},
        {"type": "paragraph", "attrs": {"id": "p0"}, "content": [{"type": "text", "text": "Poplatek činí 400 Kč."}]},
    ],
}


def png(width: int = 8, height: int = 6) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (200, 20, 20)).save(written, "PNG")
    return written.getvalue()


async def upload(world: World, login: str, document: str, data: bytes, name: str = "obr.png") -> Answer:
    browser = await world.browser(login)
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    async with browser.client.post(f"/api/v1/documents/{document}/images", data=form) as response:
        return Answer(response.status, response.headers, await response.read())


async def rewrite(world: World, document: str, words: str) -> None:
    def change(draft: Draft) -> None:
        raw = to_json(draft.content())
        raw["content"][1]["content"] = [{"type": "text", "text": words}]
        draft.become(parse(raw))

    await world.office.rooms.edit(document, world.people["dvorak"].id, change)


async def test_the_draft_is_read_in_every_format(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    eva = await world.browser("novakova")
    got: dict[str, Any] = {}
    for form in ("json", "text", "html", "markdown", "docx", "pdf"):
        got[form] = await eva.get(f"/api/v1/documents/{document}/content?format={form}")
        assert got[form].status == 200, got[form].raw
    assert got["json"].json["content"][1]["content"][0]["text"] == "Poplatek činí 400 Kč."
    assert got["text"].raw.decode() == "Zásady\nPoplatek činí 400 Kč."
    assert ">Poplatek činí 400 Kč.</p>" in got["html"].raw.decode()
    assert "# Zásady" in got["markdown"].raw.decode()
    assert got["docx"].raw.startswith(b"PK")
    assert got["pdf"].raw.startswith(b"%PDF-")
    assert got["pdf"].headers["Content-Disposition"] == "attachment; filename*=UTF-8''Z%C3%A1sady.pdf"
    assert (await eva.get(f"/api/v1/documents/{document}/content?format=exe")).code == "bad_query"
    assert (await (await world.browser("ticha")).get(f"/api/v1/documents/{document}/content")).status == 404


async def test_history_names_who_wrote_and_brings_a_text_back_as_an_edit(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    await rewrite(world, document, "Poplatek činí 900 Kč.")
    eva = await world.browser("novakova")
    moments = (await eva.get(f"/api/v1/documents/{document}/history")).json["items"]
    assert [moment["author"] for moment in moments] == [world.people["dvorak"].id, world.people["novakova"].id]
    first = moments[-1]["seq"]
    then = await eva.get(f"/api/v1/documents/{document}/history/{first}?format=text")
    assert "400 Kč" in then.raw.decode()
    restored = await eva.post(f"/api/v1/documents/{document}/history/{first}/restore")
    assert restored.status == 200, restored.raw
    now = await eva.get(f"/api/v1/documents/{document}/content?format=text")
    assert now.raw == then.raw
    assert (await eva.get(f"/api/v1/documents/{document}/history")).json["items"][0]["seq"] == restored.json["seq"]
    assert (await eva.get(f"/api/v1/documents/{document}/history/999")).code == "no_such_moment"
    assert (await eva.get(f"/api/v1/documents/{document}/history/nic")).status == 404
    auditor = await world.browser("auditor")
    assert (await auditor.post(f"/api/v1/documents/{document}/history/{first}/restore")).status == 403


async def test_a_remark_is_no_moment_and_is_still_marked_in_what_is_brought_back(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    eva = await world.browser("novakova")
    path = f"/api/v1/documents/{document}/history"
    [before] = (await eva.get(path)).json["items"]
    anchor = {"block": "p0", "start": 0, "end": 8, "quote": "Poplatek"}
    thread = await eva.post(f"/api/v1/documents/{document}/threads", {"anchor": anchor, "text": "Kolik?"})
    assert thread.status == 201, thread.raw
    [moment] = (await eva.get(path)).json["items"]
    assert (moment["until"], moment["authors"]) == (before["until"], before["authors"])
    marked = await eva.get(f"{path}/{moment['seq']}")
    assert thread.json["id"] in marked.raw.decode()


async def test_what_has_changed_since_a_moment(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    await rewrite(world, document, "Poplatek činí 900 Kč.")
    eva = await world.browser("novakova")
    changed = await eva.get(f"/api/v1/documents/{document}/history/1/compare")
    assert (changed.json["before"], changed.json["after"]) == ("1", "draft")
    assert changed.json["summary"]["changed"] == 1
    shown = await eva.get(f"/api/v1/documents/{document}/history/1/compare?format=html")
    assert "<ins" in shown.raw.decode()
    assert (await eva.get(f"/api/v1/documents/{document}/history/77/compare")).code == "no_such_moment"
    stranger = await world.browser("ticha")
    assert (await stranger.get(f"/api/v1/documents/{document}/history/1/compare")).status == 404


async def test_who_wrote_which_words(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    await rewrite(world, document, "Poplatek činí 950 Kč.")
    eva = await world.browser("novakova")
    answer = await eva.get(f"/api/v1/documents/{document}/authorship")
    assert answer.json["seq"] == 2
    novakova, dvorak = world.people["novakova"].id, world.people["dvorak"].id
    blocks = {block["block"]: block["runs"] for block in answer.json["blocks"]}
    runs = {id: [(run["start"], run["end"], run["by"]) for run in found] for id, found in blocks.items()}
    assert runs == {"h": [(0, 6, novakova)], "p0": [(0, 14, novakova), (14, 17, dvorak), (17, 21, novakova)]}
    assert all(run["at"].endswith("Z") for found in blocks.values() for run in found)
    assert (await (await world.browser("ticha")).get(f"/api/v1/documents/{document}/authorship")).status == 404


async def test_history_comes_in_pages(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    await rewrite(world, document, "Jinak.")
    eva = await world.browser("novakova")
    first = (await eva.get(f"/api/v1/documents/{document}/history?limit=1")).json
    second = (await eva.get(f"/api/v1/documents/{document}/history?limit=1&after={first['next']}")).json
    assert [item["author"] for item in second["items"]] == [world.people["novakova"].id]
    assert "next" not in second


async def test_a_picture_is_kept_once_decoded_and_served_under_its_hash(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    answer = await upload(world, "novakova", document, png())
    assert answer.status == 201, answer.raw
    assert (answer.json["width"], answer.json["height"], answer.json["mediaType"]) == (8, 6, "image/png")
    eva = await world.browser("novakova")
    shown = await eva.get(answer.json["src"])
    assert (shown.status, shown.headers["Content-Type"], shown.raw) == (200, "image/png", png())


async def test_what_is_no_picture_is_refused(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    for data in (b"GIF89a nic", png()[:40], b"<svg/>", b""):
        answer = await upload(world, "novakova", document, data)
        assert (answer.status, answer.code) == (415, "unreadable_file"), answer.raw
    eva = await world.browser("novakova")
    answer = await eva.post(f"/api/v1/documents/{document}/images", {})
    assert (answer.status, answer.code) == (415, "wrong_media_type")
    assert (await upload(world, "auditor", document, png())).status == 403
    text = await world.office.blobs.put(b"no picture")
    assert (await eva.get(f"/api/v1/blobs/{text}")).status == 404
