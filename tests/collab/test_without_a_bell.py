"""A process that hears no ring looks into the logs of its open drafts, in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.collab.conftest import content
from tests.collab.memory_log import Entry, MemoryLog
from tests.collab.party import READER, Party
from tests.collab.test_room import saved
from tests.collab.test_shared_rooms import Two, two_on, until


@pytest.fixture
async def two(log: MemoryLog) -> AsyncIterator[Two]:
    async with two_on(log) as two:
        two.deafen()
        yield two


async def test_without_a_bell_the_log_is_looked_into(two: Two) -> None:
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    following = asyncio.create_task(two.other.follow(lambda: 0.0))
    eva.type(" beze zvonku")
    await until(lambda: "zvonku" in petr.words, petr)
    following.cancel()


@pytest.mark.parametrize("broken", [0, 200])
async def test_of_more_drafts_than_one_turn_looks_into_none_is_passed_over(two: Two, broken: int) -> None:
    """Also where of many the log cannot be read: they are looked into again and again, but not before the others."""
    names = [f"d{at}" for at in range(broken + 200)]
    readers = {name: Party("petr") for name in names}
    for name, reader in readers.items():
        await two.one.create(name, content("Úvod"), "eva")
        await reader.join(two.other, name, READER)
    for name in names[:broken]:
        two.log.streams[f"draft/{name}"].append(Entry(2, (b"no row",)))
    sound = names[broken:]
    writers = [Party("eva") for _ in sound]
    for name, writer in zip(sound, writers, strict=True):
        await writer.join(two.one, name)
        writer.type(" novinka")
    await saved(*writers)
    following = asyncio.create_task(two.other.follow(lambda: 0.0))
    late = [readers[name] for name in sound]
    async with asyncio.timeout(5):
        await until(lambda: all("novinka" in reader.words for reader in late), *late)
    following.cancel()
