"""Thousands of drafts in one process: each costs little while it is open, and nothing once nobody needs it."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from collab.drafts import open_rooms as module
from collab.drafts.rooms import Rooms
from tests.collab.conftest import content
from tests.collab.party import Party
from tests.collab.test_room import saved, until

MANY, ATTENDED = 2_000, 20
AN_OPEN_ONE = 40 * 1024
"""Bytes that an open draft may cost, with what the memory log keeps of it."""


@pytest.fixture
async def drafts(rooms: Rooms) -> list[str]:
    names = [f"d{at}" for at in range(MANY)]
    for name in names:
        await rooms.create(name, content(f"Návrh {name}"), "eva")
    return names


def resident() -> int:
    """Bytes that this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def open_all(rooms: Rooms, drafts: list[str]) -> None:
    for name in drafts:
        assert (await rooms.content(name)).plain == f"Návrh {name}"


async def test_thousands_are_open_and_only_those_with_somebody_in_them_stay_so(
    rooms: Rooms, drafts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = resident()
    await open_all(rooms, drafts)
    assert sum(rooms._awake(name) is not None for name in drafts) == MANY
    assert resident() - before < MANY * AN_OPEN_ONE
    monkeypatch.setattr(module, "ASLEEP_AFTER", 0.01)
    parties = {name: Party("eva") for name in drafts[:: MANY // ATTENDED]}
    for name, party in parties.items():
        await party.join(rooms, name)
    await open_all(rooms, drafts)
    await until(lambda: len(rooms._open) == ATTENDED)
    assert set(rooms.awake()) == set(parties)
    for party in parties.values():
        party.type("!")
        await saved(party)
    asleep = Party("petr")
    await asleep.join(rooms, drafts[1])
    assert asleep.words == f"Návrh {drafts[1]}"
    assert [(await rooms.content(name)).plain for name in parties] == [f"Návrh {name}!" for name in parties]


async def test_to_open_them_again_takes_no_more_memory(
    rooms: Rooms, drafts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASLEEP_AFTER", 0.0)
    await open_all(rooms, drafts)
    await until(lambda: not rooms._open)
    before = resident()
    await open_all(rooms, drafts)
    await until(lambda: not rooms._open)
    assert resident() - before < MANY * AN_OPEN_ONE / 10
