"""Who asks for much and reads nothing holds little memory, and not for long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from collab import protocol
from server.realtime.budget import COUNTED_EVERY, MOST_UNTAKEN, Untaken
from server.realtime.sync import SOCKETS
from server.realtime.wire import UNANSWERED, SocketWire
from tests.reliability.hostile import MASK, framed
from tests.server.world import World

PING, CLOSE = b"\x89\x80" + MASK, b"\x88\x82" + MASK + b"\x03\xe8"
ASKING = framed(protocol.sync_step_1(b"\0"))
SIGNS = 1_000_000


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.005)


async def long_document(world: World) -> str:
    text = {"type": "text", "text": "x" * SIGNS}
    content = {"type": "doc", "content": [{"type": "paragraph", "attrs": {"id": "p"}, "content": [text]}]}
    return str((await world.document(content=content))["id"])


async def deaf(world: World, stack: AsyncExitStack, document: str) -> tuple[socket.socket, SocketWire]:
    """A client of Eva's that never reads, and the server's way to it, of which the system keeps next to nothing."""
    wires, eva = world.server.app[SOCKETS].wires, await world.browser("novakova")
    before, url = set(wires), world.server.make_url("/")
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in eva.client.session.cookie_jar)
    client = stack.enter_context(socket.socket())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, (url.host, url.port))
    lines = (
        f"GET /sync/{document} HTTP/1.1",
        f"Host: {url.host}:{url.port}",
        f"Origin: http://{url.host}:{url.port}",
        f"Cookie: {cookies}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    client.send(("\r\n".join(lines) + "\r\n\r\n").encode())
    await until(lambda: wires - before)
    [wire] = wires - before
    wire._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return client, wire


async def told(client: socket.socket, wire: SocketWire) -> None:
    """The whole document, of which it takes nothing."""
    before = wire.backlog()
    client.send(ASKING)
    await until(lambda: wire.backlog() > before + SIGNS / 2)


async def heard(client: socket.socket, wire: SocketWire) -> None:
    """A ping, whose answer waits with all the rest."""
    before = wire._given
    client.send(PING)
    await until(lambda: wire._given > before)


async def test_who_takes_nothing_is_cut_although_it_pings(world: World, stack: AsyncExitStack) -> None:
    client, wire = await deaf(world, stack, await long_document(world))
    await told(client, wire)
    beats = 0
    while wire.backlog() and beats < 3 * UNANSWERED:
        await heard(client, wire)
        wire.beat()
        beats += 1
    assert UNANSWERED <= beats < 3 * UNANSWERED
    await until(lambda: not world.server.app[SOCKETS].wires)


async def test_who_takes_a_little_between_two_beats_is_not_cut(world: World, stack: AsyncExitStack) -> None:
    client, wire = await deaf(world, stack, await long_document(world))
    await told(client, wire)
    for _ in range(UNANSWERED + 2):
        before = wire.backlog()
        while wire.backlog() == before:
            await asyncio.get_running_loop().sock_recv(client, 64 * 1024)
        await heard(client, wire)
        wire.beat()
        assert wire.backlog()


async def test_what_a_client_has_not_taken_when_it_leaves_is_given_up(world: World, stack: AsyncExitStack) -> None:
    client, wire = await deaf(world, stack, await long_document(world))
    await told(client, wire)
    client.send(CLOSE)
    await until(lambda: not wire.backlog())
    assert not world.server.app[SOCKETS].wires


async def test_only_so_much_waits_for_one_person(world: World, stack: AsyncExitStack) -> None:
    document = await long_document(world)
    readers = [await deaf(world, stack, document) for _ in range(MOST_UNTAKEN // (7 * SIGNS) + 1)]
    for client, wire in readers[:-1]:
        for _ in range(7):
            await told(client, wire)
    last, wire = readers[-1]
    assert not any(wire.closing for _, wire in readers)
    last.send(ASKING * 7)
    await until(lambda: wire.closing)
    assert sum(wire.backlog() for _, wire in readers) < MOST_UNTAKEN + 2 * SIGNS


def test_one_more_message_is_allowed_as_long_as_little_waits() -> None:
    untaken, waits = Untaken(), [MOST_UNTAKEN, 0]
    untaken.backlogs.update((lambda: waits[0], lambda: waits[1]))
    assert untaken.allows(10 * COUNTED_EVERY)
    waits[1] = 1
    assert untaken.allows(COUNTED_EVERY - 1)
    assert [untaken.allows(1) for _ in range(3)] == [False] * 3
    waits[0] = 0
    assert untaken.allows(1)
