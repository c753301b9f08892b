"""A region in small: two server processes, one MongoDB, one Redis, and a proxy before everything that can fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from collab.update import read_vector
from review.ids import PersonId
from tests.collab.party import Party
from tests.reliability.roaming import Roamer
from tests.server.world import World, open_world
from tests.servers import mongodb, paraph, redis
from tests.servers.balancer import Balancer
from tests.servers.proxy import Outage, Proxy

HEALED = 5.0
"""Seconds in which everybody is to have everything once a fault is over."""

WRITERS = ("novakova", "dvorak")
PARAGRAPH = {"type": "paragraph", "attrs": {"id": "p"}, "content": [{"type": "text", "text": "|"}]}
TEXT = {"type": "doc", "content": [PARAGRAPH]}


@dataclass(slots=True)
class Node:
    """One process, and its own ways to the database and to Redis."""

    data: Path
    port: int
    database: Proxy
    redis: Proxy | None
    server: paraph.Server | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def start(self) -> None:
        where = self.redis.url if self.redis else ""
        self.server = await asyncio.to_thread(
            paraph.start, self.data, self.database.url, self.port, where, "http://localhost:8000"
        )

    async def kill(self) -> None:
        if self.server and self.server.process.poll() is None:
            await asyncio.to_thread(self.server.kill)


@dataclass(slots=True)
class Region:
    nodes: list[Node]
    redis: redis.Server | None
    balancer: Balancer
    document: str
    cookies: dict[str, dict[str, str]]
    people: dict[str, PersonId]
    database: str
    roamers: list[Roamer] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def roam(self, count: int, pause: float, urls: Sequence[str] = ()) -> None:
        """So many people begin to write, half of them as one person, half as another; through the balancer."""
        for at in range(count):
            login = WRITERS[at % len(WRITERS)]
            roamer = Roamer(f"{login[0]}{at}", list(urls) or [self.balancer.url], self.document, self.cookies[login])
            self.roamers.append(roamer)
            self.tasks += [asyncio.create_task(roamer.stay()), asyncio.create_task(roamer.type(pause))]

    async def written(self, more: int) -> None:
        """Until so many more words are reported saved."""
        goal = self._kept() + more
        await self.until(lambda: self._kept() >= goal, 30)

    def _kept(self) -> int:
        for roamer in self.roamers:
            roamer.look()
        return sum(len(roamer.kept) for roamer in self.roamers)

    async def until(self, true: Callable[[], object], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.02)

    async def healed(self) -> None:
        """What was typed until now is saved and with everybody, soon enough; while all go on writing."""
        typed = {word for roamer in self.roamers for word in roamer.words}

        def everywhere() -> bool:
            self._kept()
            kept = {word for roamer in self.roamers for word in roamer.kept}
            return typed <= kept and all(typed <= words_in(roamer) for roamer in self.roamers)

        await self.until(everywhere, HEALED)

    async def settled(self) -> None:
        """Everybody stops; then all copies are equal, in state vector and content, and hold every word."""
        for roamer in self.roamers:
            roamer.typing = False
        await self.until(self._equal, HEALED)
        for roamer in self.roamers:
            assert roamer.kept == set(roamer.words), roamer.name
            assert roamer.kept <= words_in(roamer)

    def _equal(self) -> bool:
        self._kept()
        first, *others = [roamer.party for roamer in self.roamers]
        same = [other.words == first.words and clocks(other) == clocks(first) for other in others]
        return all(same) and all(roamer.all_kept for roamer in self.roamers)


def words_in(roamer: Roamer) -> set[str]:
    return {f"<{part}>" for part in roamer.party.words.strip("|\n<>").split("><") if part}


def clocks(party: Party) -> dict[int, int]:
    return read_vector(party.doc.get_state())


@asynccontextmanager
async def region(folder: Path, *, bell: bool = True) -> AsyncIterator[Region]:
    """`bell` tells whether there is a Redis."""
    async with AsyncExitStack() as stack:
        url = mongodb.fresh(stack.enter_context(mongodb.mongodb()))
        document, cookies, people = await an_office(folder, url)
        ringing = stack.enter_context(redis.redis()) if bell else None
        nodes: list[Node] = []
        for name in ("a", "b"):
            database = await stack.enter_async_context(Proxy(url))
            line = await stack.enter_async_context(Proxy(ringing.url)) if ringing else None
            nodes.append(Node(folder / name, paraph.free_port(), database, line))
            share_secrets(folder, nodes[-1].data)
            stack.push_async_callback(nodes[-1].kill)
        for node in nodes:
            await node.start()
        balancer = await stack.enter_async_context(Balancer([node.port for node in nodes]))
        made = Region(nodes, ringing, balancer, document, cookies, people, url)
        try:
            yield made
        finally:
            for task in made.tasks:
                task.cancel()
            await asyncio.gather(*made.tasks, return_exceptions=True)
            for node in nodes:
                node.database.outage = Outage.NONE


def share_secrets(source: Path, target: Path) -> None:
    """An office has one set of keys, whichever process needs them."""
    (target / "secrets").mkdir(parents=True)
    for key in (source / "secrets").iterdir():
        (target / "secrets" / key.name).write_bytes(key.read_bytes())


async def an_office(data: Path, database: str) -> tuple[str, dict[str, dict[str, str]], dict[str, PersonId]]:
    """One document that both writers may write in, their cookies, and everybody's ids."""
    async with open_world(data, database) as world:
        document = str((await world.document(content=TEXT))["id"])
        eva = await world.browser("novakova")
        member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
        assert (await eva.ask("PUT", member, {"role": "editor"})).status == 200
        cookies = {login: await cookies_of(world, login) for login in WRITERS}
        people = {login: person.id for login, person in world.people.items()}
    return document, cookies, people


async def cookies_of(world: World, login: str) -> dict[str, str]:
    jar = (await world.browser(login)).client.session.cookie_jar
    return {morsel.key: morsel.value for morsel in jar}
