"""A load balancer without memory: each new TCP connection goes to the next server that takes it."""

from __future__ import annotations

import asyncio
from itertools import cycle
from types import TracebackType


class Balancer:
    """`async with Balancer([port, port]) as balancer:` then talk to `balancer.url`. `taken` counts by port."""

    def __init__(self, ports: list[int]) -> None:
        self._turns, self._size = cycle(ports), len(ports)
        self._connections: set[asyncio.StreamWriter] = set()
        self.taken = dict.fromkeys(ports, 0)
        self.url = ""

    async def __aenter__(self) -> Balancer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in list(self._connections):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await self._next()
        if behind is None:
            writer.transport.abort()
            return
        both = {writer, behind[1]}
        self._connections |= both
        try:
            await asyncio.gather(_pass(reader, behind[1]), _pass(behind[0], writer))
        except OSError:
            return
        finally:
            self._connections -= both
            for one in both:
                one.transport.abort()

    async def _next(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(self._size):
            port = next(self._turns)
            try:
                line = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            self.taken[port] += 1
            return line
        return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError
