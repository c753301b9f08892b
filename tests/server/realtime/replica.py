"""Programs that join a draft over the real socket: a pycrdt replica, and the standard y-websocket client from npm."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from collab import protocol
from tests.collab.npm import packages
from tests.collab.party import Party


@dataclass(slots=True)
class Replica:
    """A `Party` whose wire is a WebSocket. `closed` is the close code once the server has ended it."""

    socket: ClientWebSocketResponse
    party: Party
    closed: int | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, noting: Callable[[bytes], None] = lambda message: None) -> None:
        """`noting` is shown what is said."""

        def say(message: bytes) -> None:
            noting(message)
            self._say(message)

        self.party.speak = say
        self._tasks.append(asyncio.create_task(self._read()))
        self.party.say(protocol.sync_step_1(self.party.doc.get_state()))

    def _say(self, message: bytes) -> None:
        task = asyncio.create_task(self._send(message))
        self._tasks.append(task)

    async def _send(self, message: bytes) -> None:
        with suppress(ConnectionError):
            await self.socket.send_bytes(message)

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is WSMsgType.BINARY:
                self.party.inbox.append(message.data)
                self.party.deliver()
                self._news.set()
        self.closed = self.socket.close_code
        self._news.set()

    async def ended(self) -> None:
        """Until the connection is closed, by whomever."""
        await asyncio.shield(self._tasks[0])

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(60):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def end(self) -> None:
        await self.socket.close()
        await asyncio.gather(*self._tasks)


@dataclass(slots=True)
class Npm:
    """The y-websocket provider in a Node process; commands are those of `joins.mjs`."""

    process: asyncio.subprocess.Process

    async def ask(self, command: str, **given: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"command": command, **given}).encode() + b"\n")
        async with asyncio.timeout(60):
            line = await self.process.stdout.readline()
        return json.loads(line)


@asynccontextmanager
async def npm_client(url: str, document: str, params: dict[str, str]) -> AsyncIterator[Npm]:
    folder = await asyncio.to_thread(packages)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "node", "joins.mjs", url, document, json.dumps(params), cwd=folder, stdin=pipe, stdout=pipe
    )
    client = Npm(process)
    try:
        yield client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
