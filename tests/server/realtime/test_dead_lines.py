"""A line that is dead without being closed: whoever was on it is soon shown to nobody."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from collab.awareness import State
from collab.protocol import PARAPH, presence
from server.realtime.wire import MISSED, SocketWire
from tests.collab.party import Party
from tests.reliability.hostile import MASK, framed
from tests.server.realtime.replica import Replica
from tests.server.realtime.test_slow_readers import deaf, until
from tests.server.world import World

PONG = b"\x8a\x80" + MASK
CLIENT = 77


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def in_one_room(world: World, stack: AsyncExitStack) -> tuple[Replica, socket.socket, SocketWire]:
    """Somebody who looks, and somebody who is shown to them; of the latter also the server's way there."""
    document = str((await world.document())["id"])
    eva = await world.browser("novakova")
    sees = Replica(await eva.client.ws_connect(f"/sync/{document}", protocols=(PARAPH,)), Party(""))
    stack.push_async_callback(sees.end)
    sees.begin()
    await sees.until(lambda: sees.party.told.roles)
    client, wire = await deaf(world, stack, document)
    await show(sees, client, 1)
    return sees, client, wire


async def show(sees: Replica, client: socket.socket, clock: int) -> None:
    client.send(framed(presence([State(CLIENT, clock, '{"user":{}}')])))
    await sees.until(lambda: CLIENT in sees.party.presence)


async def test_who_does_not_answer_is_shown_to_nobody_until_heard_again(world: World, stack: AsyncExitStack) -> None:
    sees, client, wire = await in_one_room(world, stack)
    for _ in range(1 + MISSED):
        assert CLIENT in sees.party.presence
        wire.beat()
    await sees.until(lambda: CLIENT not in sees.party.presence)
    assert not wire.closing
    await show(sees, client, 2)


async def test_who_answers_and_says_nothing_else_goes_on_being_shown(world: World, stack: AsyncExitStack) -> None:
    sees, client, wire = await in_one_room(world, stack)
    missed: list[SocketWire] = []
    wire.missed = lambda: missed.append(wire)
    for _ in range(3 * MISSED):
        wire.beat()
        client.send(PONG)
        await until(lambda: wire._socket._queue.heard)
    assert missed == []
    assert CLIENT in sees.party.presence
