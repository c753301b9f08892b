from __future__ import annotations

import asyncio
from collections.abc import Callable

from collab.rooms import Rooms
from tests.collab.memory_log import MemoryLog
from tests.collab.party import Party


async def until(true: Callable[[], object]) -> None:
    """Let the loop turn until it holds; fails after five seconds."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.001)


async def saved(*parties: Party) -> None:
    """Until everything that these sent is dealt with, and everything that came is read."""

    def done() -> bool:
        for party in parties:
            party.deliver()
        return all(party.member.receipts.dealt == party.sent for party in parties)

    await until(done)


async def test_what_one_writes_the_other_sees_and_it_is_saved(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(rooms, "d")
    eva.type(" a dál 😀")
    await until(lambda: petr.inbox)
    petr.deliver()
    eva.deliver()
    assert petr.words == eva.words == "Úvod a dál 😀\n"
    assert eva.told.saved[-1] == ({eva.doc.client_id: 9}, 2)
    assert log.streams["draft/d"][-1].seq == 2
    assert eva.told.order[:3] == [103, 102, 0]
