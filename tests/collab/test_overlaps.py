"""What repeats clocks that are there or that wait: the first word counts, and nothing comes in behind the schema."""

from __future__ import annotations

import pytest

from collab import protocol
from collab.drafts.rooms import Rooms
from collab.lib0 import write_any, write_string, write_uint
from collab.room.delivery import MOST_CLIENTS
from tests.collab.memory_log import MemoryLog
from tests.collab.party import Party
from tests.collab.test_room import saved
from tests.collab.test_shared_rooms import two_on

EVA = 70
LEFT = 128


def numbers(*values: int) -> bytes:
    return b"".join(map(write_uint, values))


def text(left: int, words: str) -> bytes:
    """Behind the sign of Eva's with this clock."""
    return bytes((4 | LEFT,)) + numbers(EVA, left) + write_string(words)


def element(left: int, name: str) -> bytes:
    return bytes((7 | LEFT,)) + numbers(EVA, left, 3) + write_string(name)


def said(clock: int, *structs: bytes) -> bytes:
    """By Eva's client, whoever says it."""
    return protocol.sync_update(numbers(1, len(structs), EVA, clock) + b"".join(structs) + numbers(0))


async def begun(rooms: Rooms, *others: str) -> list[Party]:
    """Eva, whose client has typed five signs, clocks 0 to 4, and others who have them."""
    parties = [Party("eva", EVA), *map(Party, others)]
    for party in parties:
        await party.join(rooms, "d")
    parties[0].type("01234")
    await saved(parties[0])
    for party in parties:
        party.deliver()
    return parties


async def plain(rooms: Rooms) -> str:
    return (await rooms.content("d")).plain


async def test_nobody_replaces_what_waits_under_somebody_elses_client(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await begun(rooms, "petr")
    eva.say(said(5, text(4, "GOOD")))
    petr.say(said(4, text(3, "cEVIL")))
    await saved(eva, petr)
    assert [code for _, code, _ in petr.told.refused] == ["foreign_client"]
    assert await plain(rooms) == "Úvod01234GOOD\n"
    await rooms.close_all()
    assert await plain(Rooms(log, rooms._clock)) == "Úvod01234GOOD\n"


@pytest.mark.parametrize("again", [5, 4, 3])
async def test_what_one_says_again_otherwise_is_what_one_said_first(rooms: Rooms, log: MemoryLog, again: int) -> None:
    eva, petr = await begun(rooms, "petr")
    eva.say(said(5, text(4, "GOOD")))
    eva.say(said(again, text(again - 1, "x" * (9 - again) + "more")))
    await saved(eva)
    petr.deliver()
    assert petr.words == await plain(rooms) == "Úvod01234GOODmore\n"
    await rooms.close_all()
    assert await plain(Rooms(log, rooms._clock)) == "Úvod01234GOODmore\n"


async def test_the_same_words_again_while_they_wait_are_written_once(rooms: Rooms, log: MemoryLog) -> None:
    [eva] = await begun(rooms)
    eva.say(said(5, text(4, "GOOD")))
    eva.say(said(5, text(4, "GOOD")))
    await saved(eva)
    assert eva.told.refused == []
    assert await plain(rooms) == "Úvod01234GOOD\n"


async def test_an_overlap_does_not_carry_elements_past_the_schema(rooms: Rooms) -> None:
    eva, petr = await begun(rooms, "petr")
    eva.say(said(5, text(4, "GOOD")))
    eva.say(said(4, text(3, "c"), element(4, "script"), element(5, "script"), text(6, "xx")))
    await saved(eva)
    petr.deliver()
    assert petr.words == await plain(rooms) == "Úvod01234GOOD\n"


async def test_an_overlap_does_not_put_letters_among_elements(rooms: Rooms) -> None:
    eva, petr = await begun(rooms, "petr")
    paragraph = bytes((7,)) + write_uint(1) + write_string("body") + write_uint(3) + write_string("paragraph")
    eva.say(said(5, paragraph))
    await saved(eva)
    eva.say(said(5, text(4, "zEVIL")))
    await saved(eva)
    assert [code for _, code, _ in eva.told.refused] == ["bad_schema"]
    petr.deliver()
    assert "EVIL" not in str(petr.body)


async def test_one_client_id_used_by_two_at_two_processes_is_one_person_s() -> None:
    async with two_on(MemoryLog()) as two:
        eva, petr = Party("eva", EVA), Party("petr", EVA)
        await eva.join(two.one, "d")
        await petr.join(two.other, "d")
        eva.type("AAAA")
        petr.type("BB")
        await saved(eva, petr)
        refused = [code for party in (eva, petr) for _, code, _ in party.told.refused]
        assert refused == ["foreign_client"]


async def test_an_attribute_behind_another_has_its_values_and_no_others(rooms: Rooms) -> None:
    [eva] = await begun(rooms)
    heading = bytes((7,)) + write_uint(1) + write_string("body") + write_uint(3) + write_string("heading")
    level = bytes((8 | 32, 0)) + numbers(EVA, 5) + write_string("level") + write_uint(1) + write_any(2)
    eva.say(said(5, heading, level))
    await saved(eva)
    assert eva.told.refused == []
    behind = bytes((8 | LEFT,)) + numbers(EVA, 6, 1)
    eva.say(said(7, behind + write_any("abc<script")))
    eva.say(said(7, behind + bytes((122,)) + (2).to_bytes(8, "big")))
    eva.say(said(7, behind + write_any(3)))
    await saved(eva)
    assert [(n, code) for n, code, _ in eva.told.refused] == [(4, "bad_schema"), (5, "bad_schema")]


async def test_an_update_of_more_clients_than_are_allowed_is_refused(rooms: Rooms) -> None:
    [eva] = await begun(rooms)
    count = MOST_CLIENTS + 1
    structs = b"".join(numbers(1, 1000 + at, 0) + text(0, "y") for at in range(count))
    eva.say(protocol.sync_update(numbers(count) + structs + numbers(0)))
    await saved(eva)
    assert eva.told.refused == [(3, "too_large", f"{count} > {MOST_CLIENTS}")]
