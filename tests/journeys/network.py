"""A network between a browser and its server that can be cut, or die without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from tests.servers.proxy import Outage, Proxy


@dataclass(slots=True)
class Network:
    proxy: Proxy
    loop: asyncio.AbstractEventLoop

    def cut(self) -> None:
        self.loop.call_soon_threadsafe(setattr, self.proxy, "outage", Outage.HANGS_UP)

    def mend(self) -> None:
        self.loop.call_soon_threadsafe(setattr, self.proxy, "outage", Outage.NONE)

    def forget(self) -> None:
        """Connections there are lead nowhere any more, new ones do."""
        self.loop.call_soon_threadsafe(self.proxy.forget)


@contextmanager
def network(url: str) -> Iterator[Network]:
    """Playwright's loop is none that anything else can run in."""
    loop, proxy = asyncio.new_event_loop(), Proxy(url)
    thread = Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(proxy.__aenter__(), loop).result(10)
    try:
        yield Network(proxy, loop)
    finally:
        asyncio.run_coroutine_threadsafe(proxy.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
