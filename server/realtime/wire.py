"""The way to one browser and back, at the least cost for each message. All that bypasses aiohttp's own is here.

Out: WebSocket frames are written straight to the transport, each message framed once for everybody; what a document's
members are sent at once is the same bytes. Frames are unmasked and unfragmented, as a server's are (RFC 6455 § 5.1,
5.2). In: messages and pings are heard as soon as they are read, without a task that is woken for each.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.models import WSMessageTextBytes
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketReader, WebSocketWriter

from collab.room.member import SLOW
from server.realtime.budget import Untaken

CLOSING = 5.0
"""Seconds a client has to answer a close before the connection is cut."""

PARTING = 1.0
"""Seconds that a close is on its way to a client that is not listened to any more."""

UNHEARD = 64 * 1024
"""Bytes that are kept of a client that speaks before anybody listens; then reading pauses."""

LONG = 64 * 1024
"""Bytes of a frame that is kept whole until its last byte is taken, and counts whole as long."""

UNANSWERED = 9
"""Beats that a client may leave unanswered. After as many in which it took nothing of what waits for it, it is cut."""

MISSED = 2
"""Beats of silence after which a client is missed: at the first it was asked."""

PING = b"\x89\x00"

HEARD = frozenset((WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG))

Heard = WSMessage | WSMessageTextBytes
Ear = Callable[[Heard], bool]
"""Takes a message, or tells that it has to wait."""


class Queue(WebSocketDataQueue):
    """Messages go to the ear in the order they came; without one, and what ends the connection, they wait."""

    ear: Ear | None = None
    heard = True

    def feed_data(self, data: Heard, size: int) -> None:
        self.heard = True
        if self.ear is None or self._buffer or data.type not in HEARD or not self.ear(data):
            super().feed_data(data, size)


class DirectSocket(web.WebSocketResponse):
    """A WebSocket that is listened to by `listen`; what it then still receives came before that, or is no message."""

    def listen(self, ear: Ear) -> None:
        """From now on. The ear must not raise."""
        self._queue.ear = ear

    def deafen(self) -> None:
        """From now on what comes waits to be received, and when much waits the network holds the client back."""
        self._queue.ear = None

    @property
    def all_heard(self) -> bool:
        """Nothing waits to be received."""
        return not self._queue._buffer

    def take_heard(self) -> bool:
        """Whether anything came since this was asked before."""
        heard, self._queue.heard = self._queue.heard, False
        return heard

    @property
    def _queue(self) -> Queue:
        assert isinstance(self._reader, Queue)
        return self._reader

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        """What aiohttp does there, with a queue of ours."""
        assert self._loop is not None
        self._ws_protocol, self._writer = protocol, writer
        self._reader = Queue(request.protocol, UNHEARD, loop=self._loop)
        self._parser = WebSocketReader(self._reader, self._max_msg_size, compress=False, decode_text=self._decode_text)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)


class Framer:
    """The message last asked for, and its frame."""

    __slots__ = ("framed", "message")

    def __init__(self) -> None:
        self.message = self.framed = b""

    def take(self, message: bytes) -> None:
        self.message, self.framed = message, frame(message)


def frame(message: bytes) -> bytes:
    """One binary frame: opcode 2 with FIN, the length in 7, 16 or 64 bits."""
    size = len(message)
    if size < 126:
        return bytes((0x82, size)) + message
    if size < 65536:
        return b"\x82\x7e" + struct.pack(">H", size) + message
    return b"\x82\x7f" + struct.pack(">Q", size) + message


def pong_frame(said: bytes) -> bytes:
    """The answer to a ping that said this (RFC 6455 § 5.5.3), at most 125 bytes."""
    return bytes((0x8A, len(said))) + said


def close_frame(code: int, reason: str) -> bytes:
    """A control frame has at most 125 bytes (RFC 6455 § 5.5.1)."""
    said = struct.pack(">H", code) + reason.encode()[:123]
    return bytes((0x88, len(said))) + said


def _nobody_misses() -> None:
    """Who is in no room."""


class SocketWire:
    """`collab.room.ports.Wire` on an open socket. `quiet` are the beats since something was sent.

    `missed` is told when the client has left a beat unanswered.
    """

    __slots__ = (
        "_closing",
        "_framer",
        "_given",
        "_long",
        "_silent",
        "_socket",
        "_stuck",
        "_taken",
        "_transport",
        "_untaken",
        "missed",
        "quiet",
    )

    def __init__(self, socket: DirectSocket, transport: asyncio.Transport, framer: Framer, untaken: Untaken) -> None:
        self._socket, self._transport, self._framer, self._untaken = socket, transport, framer, untaken
        self._closing: asyncio.Task[None] | None = None
        self._silent = self._stuck = self._given = self._taken = 0
        self._long: deque[tuple[int, int]] = deque()
        self.quiet = 0
        self.missed: Callable[[], None] = _nobody_misses

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Meanwhile what is kept here counts among what waits for the person."""
        self._untaken.backlogs.add(self.kept)
        try:
            yield
        finally:
            self._untaken.backlogs.discard(self.kept)

    def kept(self) -> int:
        """Bytes of all frames that are not wholly taken: the event loop gives none back before."""
        waits = self.backlog()
        while self._long and self._long[0][1] <= self._given - waits:
            self._long.popleft()
        return self._given - self._long[0][0] if self._long else waits

    def beat(self) -> None:
        """Ask a client that says nothing whether it is there (RFC 6455 § 5.5.2); cut the line of one that is not, and
        of one that speaks but does not listen.
        """
        self._silent = 0 if self._socket.take_heard() else self._silent + 1
        self.quiet += 1
        self._stuck = 0 if self._takes() else self._stuck + 1
        if self._silent == MISSED:
            self.missed()
        if self._silent > UNANSWERED or self._stuck >= UNANSWERED:
            self._transport.abort()
        elif self._silent and not self._transport.is_closing():
            self._write(PING)

    def _takes(self) -> bool:
        """Whether nothing waits to be taken, or some of it was since this was asked before."""
        waits, before = self.backlog(), self._taken
        self._taken = self._given - waits
        return not waits or self._taken > before

    def send(self, message: bytes) -> None:
        if self._closing is None and not self._transport.is_closing():
            self.quiet = 0
            framer = self._framer
            if message is not framer.message:
                framer.take(message)
            self._write(framer.framed)

    def pong(self, said: bytes) -> None:
        if self._closing is None and not self._transport.is_closing():
            self._write(pong_frame(said))

    def _write(self, framed: bytes) -> None:
        size = len(framed)
        if self._untaken.allows(size):
            if size > LONG:
                self._long.append((self._given, self._given + size))
            self._given += size
            self._transport.write(framed)
        else:
            self.close(SLOW, "too slow")

    @property
    def closing(self) -> bool:
        return self._closing is not None

    def backlog(self) -> int:
        return self._transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    def cut(self, code: int, reason: str) -> None:
        """Close on somebody who is not to be listened to: from now on nothing is read, not even the answer."""
        if self._closing is None:
            self._transport.pause_reading()
            self._closing = asyncio.create_task(self._cut(code, reason))

    async def _cut(self, code: int, reason: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(close_frame(code, reason))
        await asyncio.sleep(PARTING)
        self._transport.abort()

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSING):
                await self._socket.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError):
            self._transport.abort()

    async def closed(self) -> None:
        """Until a close that was begun is done. What its client has not taken soon afterwards, it will not get."""
        if self._closing is not None:
            await asyncio.wait({self._closing})
        if self.backlog():
            await asyncio.sleep(PARTING)
            self._transport.abort()
