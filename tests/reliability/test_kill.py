"""kill -9 of the real server while people type: whatever was reported saved is there after the restart."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from collab.protocol import PARAPH
from collab.update import Id, read
from tests.collab.party import Party, Told
from tests.reliability.crowd import WRITERS, an_office
from tests.reliability.disk import first_text, on_disk
from tests.reliability.soak import SHARE, of
from tests.reliability.typist import Typist
from tests.server.realtime.replica import Replica
from tests.servers import paraph
from tests.servers.cradle import Cradle, cradle

EDITS, KILLS = of(1_000_000, at_least=20_000), of(500, at_least=20)
TYPISTS, WATCHERS = 47, 3
PAUSE = 0.03
"""Seconds between two edits of a typist."""

LASTS = 1.8 if SHARE else 0.9
"""Seconds of typing between two kills, on average."""

HEALED = 60.0

BLOCKS = [{"type": "paragraph", "attrs": {"id": f"p{at}"}, "content": [{"type": "text", "text": "|"}]} for at in (0, 1)]
TEXT = {"type": "doc", "content": BLOCKS}


@dataclass(slots=True)
class Watcher:
    """One of few with a whole replica, which lives through every kill; writes words into the second paragraph."""

    name: str
    party: Party = field(default_factory=lambda: Party(""))
    words: list[str] = field(default_factory=list)
    saved: dict[int, int] = field(default_factory=dict)
    typing: bool = True

    async def stay(self, session: aiohttp.ClientSession, url: str) -> None:
        self.party.told, self.party.sent = Told(), 0
        with suppress(aiohttp.ClientError, OSError):
            replica = await joined(session, url, self.party)
            while replica.closed is None:
                if self.typing:
                    self.words.append(f"<{self.name}.{len(self.words)}>")
                    self.party.type(self.words[-1], 1)
                await asyncio.sleep(random.uniform(0.05, 0.5))
            await replica.end()
        self.party.speak = lambda message: None
        for vector, _ in self.party.told.saved:
            self.saved |= vector

    @property
    def settled(self) -> bool:
        told = self.party.told.saved
        return bool(told) and told[-1][1] == self.party.sent

    @property
    def promised(self) -> dict[int, int]:
        """What was reported saved, and what came from others: nobody may see what a crash takes away."""
        own = self.party.doc.client_id
        return {client: clock for client, clock in self.party.clocks.items() if client != own} | self.saved


@dataclass(slots=True)
class Office:
    servers: Cradle
    document: str
    cookies: dict[str, dict[str, str]]
    beginning: dict[int, int]
    typists: list[Typist]
    watchers: list[Watcher]

    @property
    def people(self) -> list[Typist | Watcher]:
        return [*self.typists, *self.watchers]

    @property
    def kept(self) -> int:
        return sum(typist.kept for typist in self.typists)

    @property
    def path(self) -> str:
        return f"/sync/{self.document}"

    def session(self, login: str) -> aiohttp.ClientSession:
        unbounded = aiohttp.TCPConnector(limit=0)
        return aiohttp.ClientSession(self.servers.url, cookies=self.cookies[login], connector=unbounded)

    async def open_again(self) -> None:
        """What the server said before it was killed is there for somebody who knows nothing, before anybody is back."""
        await asyncio.to_thread(self.servers.start)
        async with self.session(WRITERS[0]) as session:
            stranger = await joined(session, self.path, Party(""))
            reached, deleted = stranger.party.clocks, deletions(stranger.party)
            await stranger.end()
        for typist in self.typists:
            assert reached.get(typist.client, 0) >= typist.saved
            assert {(typist.client, at) for at in typist.cleared} <= deleted
        for watcher in self.watchers:
            lost = {c: clock for c, clock in watcher.promised.items() if reached.get(c, 0) < clock}
            assert lost == {}, watcher.name
            assert deletions(watcher.party) <= deleted

    async def write(self, seconds: float) -> None:
        """All come back and type, until the kill so many seconds after."""
        async with self._present():
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.servers.kill)

    async def settle(self) -> None:
        """All come back and type no more; until everything is saved and with everybody."""
        for one in self.people:
            one.typing = False
        async with self._present(), asyncio.timeout(HEALED):
            while not all(one.settled for one in self.people) or not self._equal():
                await asyncio.sleep(0.02)
            await asyncio.to_thread(self.servers.kill)

    def _equal(self) -> bool:
        return all(watcher.party.clocks == self.expected for watcher in self.watchers)

    @property
    def expected(self) -> dict[int, int]:
        """The state vector that everybody is to have in the end."""
        written = {typist.client: len(typist.text) for typist in self.typists if typist.text}
        own = {w.party.doc.client_id: w.party.clocks[w.party.doc.client_id] for w in self.watchers if w.words}
        return self.beginning | written | own

    @property
    def said(self) -> str:
        """What the first paragraph is to say in the end: what is typed behind one sign stands by its client ids."""
        return "|" + "".join(typist.visible for typist in sorted(self.typists, key=lambda typist: typist.client))

    @asynccontextmanager
    async def _present(self) -> AsyncIterator[None]:
        """Everybody connects; until they have found out that the server is gone."""
        async with AsyncExitStack() as stack:
            sessions = [await stack.enter_async_context(self.session(login)) for login in WRITERS]
            people = enumerate(self.people)
            staying = [asyncio.create_task(one.stay(sessions[at % 2], self.path)) for at, one in people]
            yield
            await asyncio.gather(*staying)
        assert [typist.refused for typist in self.typists] == [[]] * len(self.typists)
        assert [watcher.party.told.refused for watcher in self.watchers] == [[]] * len(self.watchers)


async def joined(session: aiohttp.ClientSession, path: str, party: Party) -> Replica:
    replica = Replica(await session.ws_connect(path, protocols=(PARAPH,), max_msg_size=0), party)
    frames = party.frames
    replica.begin()
    await replica.until(lambda: replica.closed or (party.told.saved and party.frames > frames))
    return replica


def deletions(party: Party) -> set[Id]:
    """An update beyond all that a replica has holds its deletions only."""
    deleted = read(party.doc.get_update(party.doc.get_state())).deletions
    return {(client, clock + at) for client, clock, length in deleted for at in range(length)}


async def opened(servers: Cradle, data: Path) -> Office:
    document, cookies = await an_office(data, text=TEXT)
    draft = await on_disk(data, document)
    pen = random.sample(range(1, 2**32), TYPISTS)
    typists = [Typist(client, first_text(draft), PAUSE) for client in pen]
    watchers = [Watcher(f"w{at}") for at in range(WATCHERS)]
    return Office(servers, document, cookies, draft.clocks(), typists, watchers)


async def test_what_was_reported_saved_or_seen_by_others_survives_every_kill(tmp_path: Path) -> None:
    with cradle(tmp_path) as servers:
        office, began, kills = await opened(servers, tmp_path), time.monotonic(), 0
        while kills < KILLS or office.kept < EDITS:
            await office.open_again()
            await office.write(random.uniform(0, 2 * LASTS))
            kills += 1
        await office.open_again()
        await office.settle()
        took, kept = time.monotonic() - began, office.kept
        await asyncio.to_thread(servers.start)
        async with office.session(WRITERS[0]) as session:
            stranger = await joined(session, office.path, Party(""))
            await stranger.end()
    draft = await on_disk(tmp_path, office.document)
    assert stranger.party.clocks == draft.clocks() == office.expected
    texts = {party.words for party in (stranger.party, *(watcher.party for watcher in office.watchers))}
    assert texts == {draft.content().plain}
    first, second = stranger.party.words.split("\n")
    assert first == office.said
    assert all(second.count(word) == 1 for watcher in office.watchers for word in watcher.words)
    assert "unaltered and complete" in paraph.run("verify", "--data", str(tmp_path))
    print(f"{kept} edits kept, {kills} kills in {took:.0f} s, {kept / took:.0f} edits a second")
    print(f"a start took {max(servers.started_in[1:]) * 1000:.0f} ms at most")
