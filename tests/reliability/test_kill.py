"""kill -9 of the real server while people type: whatever was reported saved is there after the restart."""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from collab.protocol import PARAPH
from tests.collab.party import Party
from tests.server.realtime.replica import Replica
from tests.server.world import open_world
from tests.servers.paraph import Server, free_port, start

ROUNDS = 100 if os.environ.get("PARAPH_SOAK") else 10
WRITERS = ("novakova", "dvorak")
CLIENTS = 4
PARAGRAPH = {"type": "paragraph", "attrs": {"id": "p"}, "content": [{"type": "text", "text": "|"}]}
TEXT = {"type": "doc", "content": [PARAGRAPH]}


@dataclass(slots=True)
class Typist:
    """One client of one round, and the words it wrote by the number of their update."""

    replica: Replica
    words: dict[int, str] = field(default_factory=dict)

    @property
    def saved(self) -> list[str]:
        """Words reported saved."""
        dealt = self.replica.party.told.saved[-1][1]
        return [word for n, word in self.words.items() if n <= dealt]

    @property
    def seen(self) -> set[str]:
        """Words that came from others."""
        text = self.replica.party.words.replace("|", "").strip("<>\n")
        return {f"<{part}>" for part in text.split("><") if part} - set(self.words.values())


async def an_office(data: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """One document that both writers may write in, and the writers' cookies: they outlive every restart."""
    cookies: dict[str, dict[str, str]] = {}
    async with open_world(data) as world:
        document = str((await world.document(content=TEXT))["id"])
        eva = await world.browser("novakova")
        member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
        assert (await eva.ask("PUT", member, {"role": "editor"})).status == 200
        for login in WRITERS:
            jar = (await world.browser(login)).client.session.cookie_jar
            cookies[login] = {morsel.key: morsel.value for morsel in jar}
    return document, cookies


async def join(stack: AsyncExitStack, url: str, cookies: dict[str, str], document: str) -> Replica:
    session = await stack.enter_async_context(aiohttp.ClientSession(url, cookies=cookies))
    replica = Replica(await session.ws_connect(f"/sync/{document}", protocols=(PARAPH,)), Party(""))
    stack.push_async_callback(replica.end)
    replica.begin()
    await replica.until(lambda: replica.party.told.saved and replica.party.words)
    return replica


async def type_until_killed(typist: Typist, name: str) -> None:
    """A word every few milliseconds."""
    party, at = typist.replica.party, 0
    while typist.replica.closed is None:
        word = f"<{name}.{at}>"
        party.type(word)
        typist.words[party.sent] = word
        at += 1
        await asyncio.sleep(random.uniform(0.001, 0.01))


async def one_round(
    server: Server, document: str, cookies: dict[str, dict[str, str]], name: str, before: list[Typist]
) -> list[Typist]:
    """What the round before was told is there for somebody who knows nothing yet; then all type until the kill."""
    async with AsyncExitStack() as stack:
        fresh = await join(stack, server.url, cookies[WRITERS[0]], document)
        for typist in before:
            assert typist.replica.party.told.refused == []
            assert [word for word in typist.saved if word not in fresh.party.words] == []
            assert [word for word in typist.seen if word not in fresh.party.words] == []
        typists = [
            Typist(await join(stack, server.url, cookies[WRITERS[at % len(WRITERS)]], document))
            for at in range(CLIENTS)
        ]
        typing = [asyncio.create_task(type_until_killed(each, f"{name}.{at}")) for at, each in enumerate(typists)]
        await asyncio.sleep(random.uniform(0.2, 1.2))
        await asyncio.to_thread(server.kill)
        await asyncio.gather(*typing)
    return typists


async def test_what_was_reported_saved_or_seen_by_others_survives_every_kill(tmp_path: Path) -> None:
    document, cookies = await an_office(tmp_path)
    port, saved = free_port(), 0
    typists: list[Typist] = []
    for at in range(ROUNDS + 1):
        server = await asyncio.to_thread(start, tmp_path, "", port)
        try:
            typists = await one_round(server, document, cookies, str(at), typists)
        finally:
            await asyncio.to_thread(server.kill)
        saved += sum(len(typist.saved) for typist in typists)
    assert saved > 20 * ROUNDS
