from __future__ import annotations

import asyncio

import pytest
from aiohttp import WSMessage, WSMsgType
from aiohttp.base_protocol import BaseProtocol

from server.realtime.wire import UNHEARD, Queue


@pytest.mark.parametrize("kind", [WSMsgType.PING, WSMsgType.PONG, WSMsgType.BINARY])
async def test_a_message_without_a_byte_counts_among_what_waits(kind: WSMsgType) -> None:
    """Without that a flood of empty pings that is held back would be kept whole."""
    loop = asyncio.get_running_loop()
    line = BaseProtocol(loop)
    line._upgraded = True
    queue = Queue(line, UNHEARD, loop=loop)
    kept = 0
    while not line._reading_paused:
        queue.feed_data(WSMessage(kind, b"", None), 0)
        kept += 1
        assert kept < UNHEARD / 32
    for _ in range(kept):
        await queue.read()
    assert not line._reading_paused
