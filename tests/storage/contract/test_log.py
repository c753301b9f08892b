from __future__ import annotations

import asyncio

import pytest

from storage.engine import MAX_BODY, Engine, Entry, NewEntry, Offer
from storage.errors import Conflict, TooLarge
from storage.opening import Access, open_engine
from tests.storage.contract.kinds import KINDS


async def test_entries_are_numbered_from_one_and_read_in_order(engine: Engine) -> None:
    assert await engine.head("s") == 0
    assert await engine.append("s", [b"a", b""], "w1") == 1
    assert await engine.append("s", [b"b"], "w2") == 2
    assert await engine.append("other", [b"c"], "w1") == 1
    assert await engine.head("s") == 2
    assert await engine.read("s") == [Entry(1, "w1", (b"a", b"")), Entry(2, "w2", (b"b",))]
    assert await engine.read("s", after=1) == [Entry(2, "w2", (b"b",))]
    assert await engine.read("s", after=2) == []


async def test_the_log_outlives_the_process(engine: Engine, address: str) -> None:
    for number in range(3):
        await engine.append("s", [b"%d" % number], f"w{number}")
    await engine.close()
    again = await open_engine(address)
    await again.setup(KINDS)
    assert [entry.rows for entry in await again.read("s")] == [(b"0",), (b"1",), (b"2",)]
    assert await again.append("s", [b"3"], "w3") == 4
    await again.close()


async def test_a_writer_that_repeats_itself_is_answered_and_adds_nothing(engine: Engine) -> None:
    await engine.append("s", [b"a"], "w1")
    await engine.append("s", [b"b"], "w2")
    assert await engine.append("s", [b"a"], "w1") == 1
    assert await engine.append("s", [b"a"], "w1", expect=2) == 1
    assert await engine.append("s", [b"a"], "w1", expect=0) == 1
    assert await engine.head("s") == 2


async def test_who_expects_another_head_is_refused(engine: Engine) -> None:
    assert await engine.append("s", [b"a"], "w1", expect=0) == 1
    for wrong in (0, 2, 7):
        with pytest.raises(Conflict) as refused:
            await engine.append("s", [b"b"], f"w{wrong}", expect=wrong)
        assert (refused.value.expected, refused.value.found) == (wrong, 1)
    assert await engine.append("s", [b"b"], "w9", expect=1) == 2


async def test_forty_who_append_at_once_get_forty_numbers_in_a_row(engine: Engine) -> None:
    numbers = await asyncio.gather(*(engine.append("s", [b"%d" % who], f"w{who}") for who in range(40)))
    assert sorted(numbers) == list(range(1, 41))
    entries = await engine.read("s")
    assert [entry.seq for entry in entries] == list(range(1, 41))
    assert {entry.writer for entry in entries} == {f"w{who}" for who in range(40)}


async def test_several_entries_are_appended_behind_the_expected_head(engine: Engine) -> None:
    new = [NewEntry((b"%d" % n, b""), f"w{n}") for n in range(5)]
    await engine.append_all("s", new, 0)
    assert await engine.read("s") == [Entry(n + 1, one.writer, one.rows) for n, one in enumerate(new)]
    for head in (0, 4, 6):
        with pytest.raises(Conflict):
            await engine.append_all("s", [NewEntry((b"",), "late")], head)
    with pytest.raises(Conflict):
        await engine.append_all("s", [NewEntry((b"",), "w2")], 5)
    assert await engine.head("s") == 5
    assert await engine.append("s", [b""], "next", expect=5) == 6


async def test_who_brings_several_behind_a_head_that_was_trimmed_away_is_refused(engine: Engine, address: str) -> None:
    other = await open_engine(address, Access.BESIDE)
    await other.setup(KINDS)
    await engine.append("s", [b"a"], "w1")
    for number in range(2, 8):
        await other.append("s", [b"b"], f"w{number}")
    await other.trim("s", 5)
    with pytest.raises(Conflict):
        await engine.append_all("s", [NewEntry((b"c",), f"late{n}") for n in range(9)], 1)
    assert [(entry.seq, entry.writer) for entry in await engine.read("s")] == [(6, "w6"), (7, "w7")]
    await other.close()


async def test_two_processes_on_one_database_share_one_order(engine: Engine, address: str) -> None:
    other = await open_engine(address, Access.BESIDE)
    await other.setup(KINDS)
    for number in range(20):
        assert await (engine, other)[number % 2].append("s", [b"x"], f"w{number}") == number + 1
    with pytest.raises(Conflict):
        await engine.append("s", [b"x"], "late", expect=19)
    both = (
        who.append("t", [b"x"], f"{who_number}-{n}")
        for n in range(20)
        for who_number, who in enumerate((engine, other))
    )
    assert sorted(await asyncio.gather(*both)) == list(range(1, 41))
    await other.close()


async def test_a_trimmed_stream_goes_on_where_it_was(engine: Engine) -> None:
    for number in range(10):
        await engine.append("s", [b"%d" % number], f"w{number}")
    await engine.trim("s", 4)
    assert [entry.seq for entry in await engine.read("s")] == [5, 6, 7, 8, 9, 10]
    await engine.trim("s", 99)
    assert [entry.seq for entry in await engine.read("s")] == [10]
    assert await engine.append("s", [b"next"], "w10") == 11
    await engine.trim("nothing", 5)


async def test_who_remembers_a_head_that_was_trimmed_away_is_refused(engine: Engine, address: str) -> None:
    other = await open_engine(address, Access.BESIDE)
    await other.setup(KINDS)
    assert await engine.append("s", [b"a"], "w1") == 1
    for number in range(2, 8):
        await other.append("s", [b"b"], f"w{number}")
    await other.trim("s", 5)
    with pytest.raises(Conflict):
        await engine.append("s", [b"c"], "late", expect=1)
    assert await engine.append("s", [b"c"], "late") == 8
    assert [entry.seq for entry in await engine.read("s")] == [6, 7, 8]
    await other.close()


async def test_streams_are_listed_by_name(engine: Engine) -> None:
    for name in ("b", "a", "c", "a"):
        await engine.append(name, [b""], f"w{name}")
    assert await engine.streams() == ["a", "b", "c"]
    assert await engine.streams(after="a", limit=1) == ["b"]


async def test_an_entry_too_large_for_any_engine_is_refused(engine: Engine) -> None:
    with pytest.raises(TooLarge):
        await engine.append("s", [bytes(MAX_BODY)], "w1")
    assert await engine.head("s") == 0
    assert await engine.append("s", [bytes(MAX_BODY - 100)], "w1") == 1


async def test_offers_to_several_streams_are_taken_each_by_itself(engine: Engine) -> None:
    await engine.append("b", [b"1"], "w1")
    await engine.append("c", [b"1"], "w1")
    offers = [
        Offer("a", [b"x"], "w2", 0),
        Offer("b", [b"x"], "w2", 1),
        Offer("b", [b"y"], "w3", 1),
        Offer("c", [b"x"], "w2", 5),
        Offer("c", [b"x"], "w3", 0),
        Offer("c", [b"x"], "w1", 0),
    ]
    assert await engine.append_each(offers) == [1, 2, None, None, None, 1]
    assert await engine.append_each(offers) == [1, 2, None, None, None, 1]
    assert [(entry.writer, entry.rows) for entry in await engine.read("b")] == [("w1", (b"1",)), ("w2", (b"x",))]
    assert await engine.head("c") == 1
    assert await engine.verify() == []


async def test_an_offer_behind_a_trimmed_log_continues_it_and_one_to_its_beginning_is_refused(engine: Engine) -> None:
    for number in range(4):
        await engine.append("s", [b"%d" % number], f"w{number}")
    await engine.trim("s", 4)
    assert await engine.append_each([Offer("s", [b"x"], "w9", 0)]) == [None]
    assert await engine.append_each([Offer("s", [b"x"], "w9", 4)]) == [5]


async def test_one_offer_that_is_too_large_keeps_all_out(engine: Engine) -> None:
    with pytest.raises(TooLarge):
        await engine.append_each([Offer("a", [b"x"], "w1", 0), Offer("b", [bytes(MAX_BODY + 1)], "w1", 0)])
    assert await engine.head("a") == 0
