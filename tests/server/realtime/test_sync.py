from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import pytest

from collab.protocol import PARAPH
from tests.collab.party import Party
from tests.server.realtime.replica import Replica, npm_client
from tests.server.world import World

TEXT = {
    "type": "doc",
    "content": [{"type": "paragraph", "attrs": {"id": "p0"}, "content": [{"type": "text", "text": "Úvod"}]}],
}


async def join(
    world: World, stack: AsyncExitStack, login: str | None, document: str, paraph: bool = True, **query: Any
) -> Replica:
    browser = await world.browser(login)
    socket = await browser.client.ws_connect(f"/sync/{document}", params=query, protocols=(PARAPH,) if paraph else ())
    replica = Replica(socket, Party(login or ""))
    stack.push_async_callback(replica.end)
    replica.begin()
    return replica


@pytest.fixture
async def stack() -> Any:
    async with AsyncExitStack() as stack:
        yield stack


async def test_a_standard_client_joins_with_a_ticket_and_converges(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    python = await join(world, stack, "novakova", document)
    browser = await world.browser("novakova")
    ticket = (await browser.post("/api/v1/tickets")).json["ticket"]
    url = str(world.server.make_url("/sync")).replace("http", "ws")
    npm = await stack.enter_async_context(npm_client(url, document, {"ticket": ticket}))
    assert await npm.ask("synced")
    await npm.ask("type", words=" z npm 😀")
    await python.until(lambda: "z npm 😀" in python.party.words)
    python.party.type(" z Pythonu")
    await npm.ask("until", words="z Pythonu")
    assert await npm.ask("paragraphs") == [python.party.words]
