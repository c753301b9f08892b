"""Somebody who writes through whatever happens: the copy stays, the connection is made anew as often as it breaks."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from collab.protocol import PARAPH
from tests.collab.party import Party, Told
from tests.server.realtime.replica import Replica


@dataclass(slots=True)
class Roamer:
    """`words` are those typed, `kept` those reported saved. `urls` are tried in turn; one may be a balancer's."""

    name: str
    urls: list[str]
    document: str
    cookies: dict[str, str]
    party: Party = field(default_factory=lambda: Party(""))
    words: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    connections: int = 0
    refusals: list[tuple[int, str, str]] = field(default_factory=list)
    typing: bool = True
    _brought: dict[int, list[str]] = field(default_factory=dict)

    @property
    def all_kept(self) -> bool:
        return self.kept.issuperset(self.words)

    async def stay(self) -> None:
        """Until cancelled: connected, and again when that ends."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookies=self.cookies, cookie_jar=jar) as session:
            while True:
                with suppress(aiohttp.ClientError, OSError, TimeoutError):
                    await self._visit(session, self.urls[self.connections % len(self.urls)])
                self.connections += 1
                await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _visit(self, session: aiohttp.ClientSession, url: str) -> None:
        async with asyncio.timeout(5):
            socket = await session.ws_connect(f"{url}/sync/{self.document}", protocols=(PARAPH,), heartbeat=4)
        self.party.told, self.party.sent, self._brought = Told(), 0, {}
        self.party.inbox.clear()
        replica = Replica(socket, self.party)
        try:
            replica.begin(self._noting)
            await replica.ended()
        finally:
            self.look()
            self.party.speak = lambda message: None
            await replica.end()

    def _noting(self, message: bytes) -> None:
        """A whole brings every word there is, an update the last one."""
        if message[:2] == b"\x00\x01":
            self._brought[self.party.sent] = list(self.words)
        elif message[:2] == b"\x00\x02":
            self._brought[self.party.sent] = self.words[-1:]

    async def type(self, pause: float) -> None:
        """A word now and then, while `typing`; connected or not."""
        while self.typing:
            if self.party.words:
                self.words.append(f"<{self.name}.{len(self.words)}>")
                self.party.type(self.words[-1])
            await asyncio.sleep(random.uniform(pause / 2, pause * 3 / 2))

    def look(self) -> None:
        """What became of the words: each update up to the number told is saved, unless it was refused."""
        told = self.party.told
        refused = {n for n, _, _ in told.refused}
        self.refusals += [one for one in told.refused if one not in self.refusals]
        dealt = told.saved[-1][1] if told.saved else 0
        for n in [n for n in self._brought if n <= dealt]:
            words = self._brought.pop(n)
            self.kept.update(() if n in refused else words)
