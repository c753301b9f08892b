"""Programs that mean harm, in a process of their own: raw sockets with a person's cookie, as fast as they may.

Told `go`, `stop` and `end`, a line each; answers each when it is so, with what the connections met until then.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import random
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

from collab import protocol
from collab.awareness import State
from collab.lib0 import write_uint
from collab.room.delivery import LARGEST
from collab.update import Id
from tests.reliability.typist import Typist

AT_ONCE = 16
"""Messages in one write."""

MASK = b"\x00\x00\x00\x00"
"""A key as good as any (RFC 6455 § 5.3): the bytes stay as they are."""

BINARY = 0x82
"""How the first frame begins of who came into the room: it asks for what the client has."""

HEAD = 1024
"""Bytes in which the answer to the upgrade and the first frame begin."""

ENDLESS = b"\x80\x80\x80\x80\x02"
"""A state vector, or an update, that claims half a thousand million entries."""


SHORT = 4000
"""Bytes of an update that is short without doubt."""

PIECES, DELETED = 350, 950
"""Structs, or deletions, in that many bytes."""

LONG = 300_000
"""Signs of the text that is attacked."""


def framed(message: bytes) -> bytes:
    size = len(message)
    if size < 126:
        return bytes((0x82, 0x80 | size)) + MASK + message
    if size < 65536:
        return b"\x82\xfe" + struct.pack(">H", size) + MASK + message
    return b"\x82\xff" + struct.pack(">Q", size) + MASK + message


@dataclass(slots=True)
class Met:
    """Connections that were opened, that came into the room, that are over; bytes that were heard."""

    opened: int = 0
    entered: int = 0
    ended: int = 0
    heard: int = 0


class Line(asyncio.Protocol):
    """One connection; what comes is counted and thrown away. Who is refused leaves."""

    def __init__(self, upgrade: bytes, met: Met) -> None:
        self._upgrade, self._met, self._head = upgrade, met, b""
        self._writable = asyncio.Event()
        self._welcome: bool | None = None
        self.transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(256 * 1024)
        transport.write(self._upgrade)
        self._met.opened += 1
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._met.heard += len(data)
        self._head += data[:HEAD] if len(self._head) < HEAD else b""
        if self._welcome is None and (said := self._head.partition(b"\r\n\r\n")[2]):
            self._welcome = said[0] == BINARY
            self._met.entered += self._welcome
            if not self._welcome and self.transport:
                self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._met.ended += 1
        self.lost.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def send(self, data: bytes) -> None:
        await self._writable.wait()
        if self.transport and not self.lost.is_set():
            self.transport.write(data)


@dataclass(slots=True)
class Attack:
    """`count` connections of one kind; a flood's connections are made anew when the server ends them."""

    kind: str
    port: int
    document: str
    cookies: dict[str, str]
    count: int
    behind: Id
    going: asyncio.Event = field(default_factory=asyncio.Event)
    met: Met = field(default_factory=Met)

    async def connect(self) -> Line:
        upgrade = b"" if self.kind == "silent" else self._upgrade()
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(lambda: Line(upgrade, self.met), "127.0.0.1", self.port))[1]

    def _upgrade(self) -> bytes:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET /sync/{self.document} HTTP/1.1",
            f"Host: localhost:{self.port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            f"Origin: http://localhost:{self.port}",
            *([f"Cookie: {cookie}"] if cookie else []),
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def wait(self) -> None:
        """Silent connections, all of them held."""
        await self.going.wait()
        lines = [await self.connect() for _ in range(self.count)]
        await asyncio.gather(*(line.lost.wait() for line in lines))

    async def flood(self, at: int) -> None:
        while True:
            await self.going.wait()
            line, messages = await self.connect(), FLOODS[self.kind](at, self.behind)
            while not line.lost.is_set():
                await self.going.wait()
                await line.send(b"".join(itertools.islice(messages, AT_ONCE)))
                await asyncio.sleep(0)


def updates(at: int, behind: Id) -> Iterator[bytes]:
    """Good ones: sign after sign is written and sent on."""
    typist = Typist(random.getrandbits(31), behind, 0)
    for clock in itertools.count():
        yield framed(protocol.sync_update(typist.update(clock, "x", ())))


def lacking(at: int, behind: Id) -> Iterator[bytes]:
    """What follows something that nobody has."""
    typist = Typist(at + 1, behind, 0)
    for clock in itertools.count(1):
        yield framed(protocol.sync_update(typist.update(clock, "x", ())))


def presence(at: int, behind: Id) -> Iterator[bytes]:
    for clock in itertools.count(1):
        yield framed(protocol.presence([State(at + 1, clock, json.dumps({"cursor": "x" * 500}))]))


def strangers(at: int, behind: Id) -> Iterator[bytes]:
    """Presence of a crowd that nobody knows."""
    crowd = [State(2_000_000 + client, 1, "x") for client in range(100_000)]
    return itertools.repeat(framed(protocol.presence(crowd)))


def pings(at: int, behind: Id) -> Iterator[bytes]:
    return itertools.repeat((b"\x89\x80" + MASK) * 1000)


def asking(at: int, behind: Id) -> Iterator[bytes]:
    """For the whole document, again and again."""
    return itertools.repeat(framed(protocol.sync_step_1(b"\x00")))


def giants(at: int, behind: Id) -> Iterator[bytes]:
    """Updates as large as may be, and a frame that claims to be larger than all memory."""
    for n in itertools.count():
        yield framed(protocol.sync_update(bytes(LARGEST)))
        if n % 4 == 3:
            yield b"\x82\xff" + struct.pack(">Q", 2**62) + MASK


def vectors(at: int, behind: Id) -> Iterator[bytes]:
    """Five bytes that ask for gigabytes, as a state vector, an update, a whole and a list of who is there."""
    four = [
        framed(protocol.sync_update(ENDLESS)),
        framed(protocol.sync_step_2(ENDLESS)),
        framed(protocol.sync_step_1(ENDLESS)),
        framed(b"\x01" + write_uint(5) + ENDLESS),
    ]
    return itertools.cycle(four)


def pieces(at: int, behind: Id) -> Iterator[bytes]:
    """Good ones, each made of as many one-letter structs as a short update has room for."""
    client, clock = random.getrandbits(20), 0
    while True:
        structs = b"".join(piece(client, n, behind) for n in range(clock, clock + PIECES))
        told = b"\x01" + write_uint(PIECES) + write_uint(client) + write_uint(clock) + structs + b"\x00"
        assert len(told) <= SHORT
        yield framed(protocol.sync_update(told))
        clock += PIECES


def piece(client: int, clock: int, behind: Id) -> bytes:
    """One letter behind the one before."""
    before, last = (client, clock - 1) if clock else behind
    return b"\x84" + write_uint(before) + write_uint(last) + b"\x01x"


def deletions(at: int, behind: Id) -> Iterator[bytes]:
    """Good ones: every second sign of a long text, in as many ranges of one as a short update has room for."""
    client, first = behind
    for n in itertools.count(at):
        begin = first + n * 2 * DELETED % LONG
        ranges = b"".join(write_uint(clock) + b"\x01" for clock in range(begin, begin + 2 * DELETED, 2))
        told = b"\x00\x01" + write_uint(client) + write_uint(DELETED) + ranges
        assert len(told) <= SHORT
        yield framed(protocol.sync_update(told))


def unknown(at: int, behind: Id) -> Iterator[bytes]:
    """Nothing: who is no member is refused, and comes again."""
    return itertools.repeat(b"")


FLOODS: dict[str, Callable[[int, Id], Iterator[bytes]]] = {
    "updates": updates,
    "lacking": lacking,
    "presence": presence,
    "strangers": strangers,
    "pings": pings,
    "asking": asking,
    "giants": giants,
    "vectors": vectors,
    "pieces": pieces,
    "deletions": deletions,
    "unknown": unknown,
}


async def main(attack: Attack) -> None:
    os.nice(10)
    if attack.kind in FLOODS:
        works = [asyncio.create_task(attack.flood(at)) for at in range(attack.count)]
    else:
        works = [asyncio.create_task(attack.wait())]
    while (told := (await asyncio.to_thread(sys.stdin.readline)).strip()) in ("go", "stop"):
        if told == "go":
            attack.going.set()
        else:
            attack.going.clear()
        print(told, json.dumps(asdict(attack.met)), flush=True)
    for work in works:
        work.cancel()
    await asyncio.gather(*works, return_exceptions=True)


if __name__ == "__main__":
    kind, port, document, cookies, count, client, clock = sys.argv[1:]
    asyncio.run(main(Attack(kind, int(port), document, json.loads(cookies), int(count), (int(client), int(clock)))))
