from __future__ import annotations

from typing import Any

from collab.document.draft import Draft
from review.content import parse, to_json
from tests.server.world import World

TEXT = {
    "type": "doc",
    "content": [
        {"type": "paragraph", "attrs": {"id": "p0"}, "content": [{"type": "text", "text": "Poplatek činí 400 Kč."}]},
        {"type": "paragraph", "attrs": {"id": "p1"}, "content": [{"type": "text", "text": "Odbor vede evidenci."}]},
    ],
}


async def remark(world: World, login: str, document: str, **body: Any) -> Any:
    browser = await world.browser(login)
    answer = await browser.post(f"/api/v1/documents/{document}/threads", body)
    assert answer.status == 201, answer.raw
    return answer.json


async def listed(world: World, login: str, document: str) -> list[Any]:
    answer = await (await world.browser(login)).get(f"/api/v1/documents/{document}/threads")
    items: list[Any] = answer.json["items"]
    return items


async def test_a_remark_follows_its_passage_and_stays_when_the_passage_is_gone(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    anchor = {"block": "p0", "start": 14, "end": 20, "quote": "400 Kč"}
    thread = await remark(world, "dvorak", document, anchor=anchor, text="Proč tolik? @Eva Nováková")
    assert thread["place"] == {"block": "p0", "start": 14, "end": 20}
    assert thread["anchor"]["prefix"] == "Poplatek činí "
    assert thread["mentions"] == [world.people["novakova"].id]

    def prepend(draft: Draft) -> None:
        raw = to_json(draft.content())
        raw["content"][0]["content"].insert(0, {"type": "text", "text": "Roční "})
        draft.become(parse(raw))

    await world.office.rooms.edit(document, "x", prepend)
    assert (await listed(world, "novakova", document))[0]["place"] == {"block": "p0", "start": 20, "end": 26}

    def cut(draft: Draft) -> None:
        raw = to_json(draft.content())
        del raw["content"][0]
        draft.become(parse(raw))

    await world.office.rooms.edit(document, "x", cut)
    [orphan] = await listed(world, "novakova", document)
    assert orphan["place"] == "orphaned"
    assert orphan["anchor"]["quote"] == "400 Kč"


async def test_replies_stand_in_order_and_a_remark_is_resolved_with_its_tag(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    thread = await remark(world, "dvorak", document, text="Chybí účinnost.")
    assert thread["place"] == "whole"
    eva = await world.browser("novakova")
    answer = await eva.post(f"/api/v1/threads/{thread['id']}/replies", {"text": "Doplním."})
    assert (answer.status, answer.json["text"], answer.json["author"]) == (201, "Doplním.", world.people["novakova"].id)
    one = await eva.get(f"/api/v1/threads/{thread['id']}")
    assert [reply["text"] for reply in one.json["replies"]] == ["Doplním."]
    path = f"/api/v1/threads/{thread['id']}"
    assert (await eva.ask("PATCH", path, {"resolved": True})).status == 428
    assert (await eva.change("PATCH", path, {"resolved": True}, rev=thread["rev"])).status == 412
    done = await eva.change("PATCH", path, {"resolved": True}, rev=one.json["rev"])
    assert done.json["resolved"] is True


async def test_a_passage_that_is_not_there_is_refused(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    browser = await world.browser("novakova")
    for anchor in (
        {"block": "p0", "start": 14, "end": 20, "quote": "500 Kč"},
        {"block": "nic", "start": 0, "end": 1, "quote": "x"},
        {"block": "p0", "start": 5, "end": 999, "quote": "x"},
    ):
        answer = await browser.post(f"/api/v1/documents/{document}/threads", {"anchor": anchor, "text": "?"})
        assert (answer.status, answer.code) == (422, "invalid"), answer.raw


async def test_a_strangers_remark_is_answered_as_if_there_were_no_document(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    ticha = await world.browser("ticha")
    assert (await ticha.post(f"/api/v1/documents/{document}/threads", {"text": "?"})).status == 404
    thread = await remark(world, "dvorak", document, text="Chybí účinnost.")
    assert (await ticha.get(f"/api/v1/threads/{thread['id']}")).status == 404
    assert (await ticha.post(f"/api/v1/threads/{thread['id']}/replies", {"text": "?"})).status == 404
    auditor = await world.browser("auditor")
    assert (await auditor.post(f"/api/v1/documents/{document}/threads", {"text": "?"})).status == 403
