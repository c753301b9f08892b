"""Somebody who types at next to no cost: updates are written by hand, and of all that others do nothing is kept.

A typist has one client id and types one run of text, every sign behind the last, every update one sign; now and then
the last sign is taken back. What the server has on disk of it is what the server's state vector says, and what was
reported saved must be in that.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from collab import protocol
from collab.lib0 import read_bytes, read_uint, write_string, write_uint
from collab.protocol import PARAPH
from collab.update import EMPTY, Id, read_vector

SIGNS = "abcdefghijklmnopqrstuvwxyzáčďéěíňóřšťúůýž "
TAKEN_BACK = 0.05
"""Of all edits."""

MOST_UNSAVED = 200
"""Signs on their way before a typist pauses."""

SAVED, REFUSED = 100, 101


@dataclass(slots=True)
class Typist:
    """`saved` signs were reported saved, and the deletion of the signs `cleared`; `gone` are all that are deleted."""

    client: int
    behind: Id
    pause: float
    text: str = ""
    saved: int = 0
    gone: dict[int, None] = field(default_factory=dict)
    cleared: set[int] = field(default_factory=set)
    refused: list[bytes] = field(default_factory=list)
    typing: bool = True
    _sent: int = 0
    _clearing: dict[int, list[int]] = field(default_factory=dict)
    _joined: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def visible(self) -> str:
        return "".join(sign for at, sign in enumerate(self.text) if at not in self.gone)

    @property
    def kept(self) -> int:
        """Edits that were reported saved."""
        return self.saved + len(self.cleared)

    @property
    def settled(self) -> bool:
        return self.kept == len(self.text) + len(self.gone)

    async def stay(self, session: aiohttp.ClientSession, url: str) -> None:
        """Until the connection ends, by whomever."""
        self._sent, self._clearing, self._joined = 0, {}, asyncio.Event()
        with suppress(aiohttp.ClientError, OSError):
            async with session.ws_connect(url, protocols=(PARAPH,), max_msg_size=0) as socket:
                await self._converse(socket)

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        typing = asyncio.create_task(self._type(socket))
        try:
            async for message in socket:
                await self._hear(socket, message.data)
        finally:
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse, message: bytes) -> None:
        if message[:2] == b"\x00\x00":
            await self._bring(socket, read_vector(read_bytes(message, 2)[0]).get(self.client, 0))
        elif message[0] == SAVED:
            vector, at = read_bytes(message, 1)
            self.saved = max(self.saved, read_vector(vector).get(self.client, 0))
            dealt = read_uint(message, at)[0]
            for n in [n for n in self._clearing if n <= dealt]:
                self.cleared.update(self._clearing.pop(n))
        elif message[0] == REFUSED:
            self.refused.append(message)

    async def _bring(self, socket: aiohttp.ClientWebSocketResponse, known: int) -> None:
        """All that the server does not have, and all deletions. What it has is on disk, as if reported saved."""
        self.saved = max(self.saved, known)
        update = self.update(known, self.text[known:], self.gone)
        await self._send(socket, protocol.sync_step_2(update), list(self.gone))
        self._joined.set()

    async def _type(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await self._joined.wait()
        with suppress(ConnectionError):
            while True:
                if self.typing and len(self.text) - self.saved < MOST_UNSAVED:
                    await self._edit(socket)
                await asyncio.sleep(random.uniform(0, 2 * self.pause))

    async def _edit(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        last = len(self.text) - 1
        if last > 0 and last not in self.gone and random.random() < TAKEN_BACK:
            self.gone[last] = None
            await self._send(socket, protocol.sync_update(self.update(last, "", (last,))), [last])
            return
        sign = random.choice(SIGNS)
        self.text += sign
        await self._send(socket, protocol.sync_update(self.update(last + 1, sign, ())))

    async def _send(
        self, socket: aiohttp.ClientWebSocketResponse, message: bytes, clearing: list[int] | None = None
    ) -> None:
        self._sent += 1
        if clearing:
            self._clearing[self._sent] = clearing
        await socket.send_bytes(message)

    def update(self, clock: int, typed: str, deleted: Iterable[int]) -> bytes:
        """Yjs 13, update encoding version 1: one piece of text behind the sign before it, and deletions."""
        structs = b"\x00"
        if typed:
            client, last = (self.client, clock - 1) if clock else self.behind
            place = b"\x84" + write_uint(client) + write_uint(last)
            structs = b"\x01\x01" + write_uint(self.client) + write_uint(clock) + place + write_string(typed)
        ranges = [write_uint(at) + b"\x01" for at in sorted(deleted)]
        if not ranges:
            return structs + b"\x00" if typed else EMPTY
        return structs + b"\x01" + write_uint(self.client) + write_uint(len(ranges)) + b"".join(ranges)
