"""The way to one browser: WebSocket frames written straight to the transport, each message framed once for everybody.

What a document's members are sent at once is the same bytes; most of what a frame costs is the system call. Frames are
unmasked and unfragmented, as a server's are (RFC 6455 § 5.1, 5.2).
"""

from __future__ import annotations

import asyncio
import struct

from aiohttp import web

CLOSING = 5.0
"""Seconds a client has to answer a close before the connection is cut."""


class Framer:
    """Frames the message last asked for once."""

    __slots__ = ("_framed", "_message")

    def __init__(self) -> None:
        self._message = self._framed = b""

    def framed(self, message: bytes) -> bytes:
        if message is not self._message:
            self._message, self._framed = message, frame(message)
        return self._framed


def frame(message: bytes) -> bytes:
    """One binary frame: opcode 2 with FIN, the length in 7, 16 or 64 bits."""
    size = len(message)
    if size < 126:
        return bytes((0x82, size)) + message
    if size < 65536:
        return b"\x82\x7e" + struct.pack(">H", size) + message
    return b"\x82\x7f" + struct.pack(">Q", size) + message


class SocketWire:
    """`collab.ports.Wire` on an open socket. `quiet` tells that nothing was sent since it was last reset."""

    __slots__ = ("_closing", "_framer", "_socket", "_transport", "quiet")

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport, framer: Framer) -> None:
        self._socket, self._transport, self._framer = socket, transport, framer
        self._closing: asyncio.Task[None] | None = None
        self.quiet = True

    def send(self, message: bytes) -> None:
        if self._closing is None and not self._transport.is_closing():
            self.quiet = False
            self._transport.write(self._framer.framed(message))

    def backlog(self) -> int:
        return self._transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSING):
                await self._socket.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError):
            self._transport.abort()

    async def closed(self) -> None:
        """Until a close that was begun is done."""
        if self._closing is not None:
            await asyncio.wait({self._closing})
