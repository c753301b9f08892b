"""A TCP proxy that makes outages: it hangs up, falls silent, or lets requests through and loses the answers."""

from __future__ import annotations

import asyncio
from enum import Enum
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit


class Outage(Enum):
    NONE = "none"
    HANGS_UP = "hangs up"
    SILENT = "silent"
    LOSES_ANSWERS = "loses answers"


class Proxy:
    """`async with Proxy(url) as proxy:` then talk to `proxy.url` and set `proxy.outage`.

    What is silent keeps its connections and delivers late, as a network does that lost packets for a while.
    """

    def __init__(self, url: str) -> None:
        self._behind = urlsplit(url)
        self._connections: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._at_work: set[asyncio.Task[None]] = set()
        self._outage = Outage.NONE
        self._speaks = asyncio.Event()
        self._speaks.set()
        self.lost = asyncio.Event()
        self.url = ""

    @property
    def outage(self) -> Outage:
        return self._outage

    @outage.setter
    def outage(self, outage: Outage) -> None:
        self._outage = outage
        if outage is Outage.SILENT:
            self._speaks.clear()
        else:
            self._speaks.set()
        if outage is Outage.HANGS_UP:
            self.hang_up()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1")
        port = self._server.sockets[0].getsockname()[1]
        self.url = urlunsplit(self._behind._replace(netloc=f"127.0.0.1:{port}"))
        return self

    async def __aexit__(
        self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """End every connection, in the middle of whatever it is doing."""
        for writer in list(self._connections):
            writer.transport.abort()

    def forget(self) -> None:
        """What there is leads nowhere from now on and neither end is told; new connections are served."""
        self._forgotten |= self._connections

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.outage is Outage.HANGS_UP:
            writer.transport.abort()
            return
        try:
            behind, to_behind = await asyncio.open_connection(self._behind.hostname, self._behind.port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, to_behind}
        self._connections |= both
        try:
            await asyncio.gather(self._pass(reader, to_behind), self._answer(behind, writer))
        except OSError:
            return
        finally:
            self._connections -= both
            self._forgotten -= both
            for one in both:
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._hand_on(data, writer)
        self._end(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self.outage is Outage.LOSES_ANSWERS:
                self.hang_up()
                self.lost.set()
            await self._hand_on(data, writer)
        self._end(writer)

    async def _hand_on(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        await self._speaks.wait()
        if writer not in self._forgotten:
            writer.write(data)
            await writer.drain()

    def _end(self, writer: asyncio.StreamWriter) -> None:
        """The other end hears of it, where it still hears anything."""
        if writer not in self._forgotten:
            raise ConnectionResetError
