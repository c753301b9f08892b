"""A region in small: two server processes, one MongoDB, one Redis, and a proxy before everything that can fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.crowd import Crowd, an_office
from tests.servers import mongodb, paraph, redis
from tests.servers.balancer import Balancer
from tests.servers.proxy import Outage, Proxy


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


@dataclass(slots=True, kw_only=True)
class Region(Crowd):
    nodes: list[Node]
    redis: redis.Server | None
    balancer: Balancer

    def roam(self, count: int, pause: float, urls: Sequence[str] = ()) -> None:
        """Through the balancer, unless the ways are named."""
        self.come(count, pause, urls or [self.balancer.url])


@asynccontextmanager
async def region(folder: Path, *, bell: bool = True) -> AsyncIterator[Region]:
    """`bell` tells whether there is a Redis."""
    async with AsyncExitStack() as stack:
        url = mongodb.fresh(stack.enter_context(mongodb.mongodb()))
        document, cookies = await an_office(folder, url)
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
        made = Region(nodes=nodes, redis=ringing, balancer=balancer, document=document, cookies=cookies)
        try:
            yield made
        finally:
            await made.go()
            for node in nodes:
                node.database.outage = Outage.NONE


def share_secrets(source: Path, target: Path) -> None:
    """An office has one set of keys, whichever process needs them."""
    (target / "secrets").mkdir(parents=True)
    for key in (source / "secrets").iterdir():
        (target / "secrets" / key.name).write_bytes(key.read_bytes())
