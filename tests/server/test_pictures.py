from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from review.content import parse
from review.schema import schema
from tests.server.test_drafts import png, upload
from tests.server.world import World


def showing(src: str) -> dict[str, Any]:
    image = {"type": "image", "attrs": {"src": src, "alt": "plán"}}
    return {"schema": schema().version, "type": "doc", "content": [image]}


async def secret(world: World) -> tuple[str, str]:
    """A confidential document and the picture in it."""
    document = (await world.document(confidentiality="confidential"))["id"]
    answer = await upload(world, "novakova", document, png())
    assert answer.status == 201, answer.raw
    return document, answer.json["src"]


async def sees(world: World, src: str, *logins: str) -> list[int]:
    return [(await (await world.browser(login)).get(src)).status for login in logins]


async def test_a_picture_is_for_who_reads_its_document(world: World) -> None:
    document, src = await secret(world)
    assert await sees(world, src, "novakova", "dvorak", "kralova", "spravce") == [200, 404, 404, 404]
    member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
    assert (await (await world.browser("novakova")).ask("PUT", member, {"role": "reader"})).status == 200
    assert await sees(world, src, "dvorak", "kralova") == [200, 404]
    assert (await (await world.browser()).get(src)).status == 401


async def test_a_picture_put_into_another_document_is_for_its_readers_too(world: World) -> None:
    _, src = await secret(world)
    await world.document(title="Pro všechny v odboru", content=showing(src))
    assert await sees(world, src, "dvorak", "ticha") == [200, 404]


async def test_a_pasted_picture_is_seen_by_who_is_in_the_draft_and_then_by_its_readers(world: World) -> None:
    _, src = await secret(world)
    other = (await world.document(title="Koncept odboru"))["id"]
    eva, petr = world.people["novakova"].id, await world.browser("dvorak")
    ticket = (await petr.post("/api/v1/tickets")).json["ticket"]
    async with AsyncExitStack() as stack:
        socket = await stack.enter_async_context(petr.client.ws_connect(f"/sync/{other}?ticket={ticket}"))
        await socket.receive()
        assert await sees(world, src, "dvorak") == [404]
        content = parse(showing(src))
        await world.office.rooms.edit(other, eva, lambda draft: draft.become(content))
        assert await sees(world, src, "ticha", "dvorak") == [404, 200]
    assert await sees(world, src, "hlava", "ticha") == [200, 404]
