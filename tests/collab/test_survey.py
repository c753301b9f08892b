"""A draft so long that finding out where everything stands is left to another thread."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator

import pytest
from pycrdt import XmlElement

from collab import protocol
from collab.document.aside import in_thread
from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import NotSaved
from collab.history.compactor import Compactor, InThread
from collab.journal.past import Past
from collab.room.delivery import LONG
from review.thread import Anchor
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.party import READER, Party
from tests.collab.test_room import saved, until
from tests.collab.test_shared_rooms import node, two_on
from tests.collab.test_shared_rooms import until as all_said_to

PARAGRAPHS = [f"Odstavec {n} o něčem, co se musí říci." for n in range(3000)]


@pytest.fixture
async def rooms(log: MemoryLog) -> AsyncIterator[Rooms]:
    rooms = Rooms(log, lambda: NOON)
    await rooms.create("d", content(*PARAGRAPHS), "eva")
    yield rooms
    await rooms.close_all()


async def come(rooms: Rooms, *people: str) -> list[Party]:
    parties = [Party(person) for person in people]
    for party in parties:
        await party.join(rooms, "d")
    return parties


async def test_what_is_typed_meanwhile_waits_in_its_order_and_everything_else_goes_on(rooms: Rooms) -> None:
    eva, petr = await come(rooms, "eva", "petr")
    for letter in "abc":
        eva.type(letter)
    petr.type("d", block=1)
    reader = Party("jan")
    await reader.join(rooms, "d", READER)
    assert reader.words.count("\n") == len(PARAGRAPHS) - 1
    assert (eva.member.receipts.dealt, petr.member.receipts.dealt) == (1, 1)
    await saved(eva, petr)
    await all_said_to(lambda: reader.words == eva.words == petr.words, reader)
    assert eva.words.startswith(f"{PARAGRAPHS[0]}abc\n{PARAGRAPHS[1]}d\n")
    assert (await rooms.content("d")).plain == eva.words


async def test_what_does_not_belong_is_refused_after_the_wait_too(rooms: Rooms) -> None:
    [eva] = await come(rooms, "eva")
    eva.edit(lambda body: body.children.append(XmlElement("marquee")))
    await saved(eva)
    assert [code for _, code, _ in eva.told.refused] == ["bad_schema"]


async def test_who_may_not_write_any_more_when_it_is_over_is_refused(rooms: Rooms) -> None:
    [eva] = await come(rooms, "eva")
    eva.type("pozdě")
    rooms.set_role("d", "eva", READER)
    await saved(eva)
    assert [code for _, code, _ in eva.told.refused] == ["not_allowed"]


async def test_the_server_s_own_edit_waits_as_well(rooms: Rooms) -> None:
    [eva] = await come(rooms, "eva")
    await rooms.edit("d", "eva", lambda draft: draft.mark_comment(Anchor("p0", 0, 8, ""), "c1"))
    await all_said_to(lambda: eva.frames > 1, eva)
    [first] = eva.text().diff()[:1]
    assert first[0] == "Odstavec"


async def test_an_edit_hears_that_places_could_not_be_found_and_the_next_one_is_made(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr("collab.judging.places.Places.follow", breaks)
        with pytest.raises(ValueError, match="a fault of ours"):
            await rooms.edit("d", "eva", lambda draft: draft.become(content("Nově")))
    await rooms.edit("d", "eva", lambda draft: draft.become(content("Nově")))
    assert (await rooms.content("d")).plain == "Nově"


async def test_an_edit_waits_no_longer_for_others_than_for_the_disk(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collab.room.own_edits.EDIT_WAIT", 0.05)
    [eva] = await come(rooms, "eva")
    async with asyncio.timeout(5), rooms.turn:
        eva.type("x" * LONG)
        with pytest.raises(NotSaved):
            await rooms.edit("d", "eva", lambda draft: draft.unmark_comment("c"))
    await saved(eva)
    assert "x" * LONG in (await rooms.content("d")).plain


async def test_an_edit_goes_on_where_the_journal_was_compacted_beneath_it() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def change(draft: Draft) -> None:
        begun.set()
        assert go_on.wait(5)
        draft.mark_comment(Anchor("p0", 0, 8, ""), "c1")

    async with two_on(MemoryLog()) as two:
        two.deafen()
        await two.one.edit("d", "eva", lambda draft: draft.become(content(*PARAGRAPHS)))
        [eva], [petr] = await come(two.one, "eva"), await come(two.other, "petr")
        edit = asyncio.create_task(two.one.edit("d", "eva", change))
        await until(begun.is_set)
        compactor = Compactor(Past(two.log, two.shelf), InThread(), lambda document, pressed: None)
        for word in (" jedna", " dvě"):
            petr.type(word)
            await saved(petr)
            await compactor.compact("d")
        two.one.look_everywhere()
        await all_said_to(lambda: eva.words == petr.words, eva)
        go_on.set()
        await edit
        await all_said_to(lambda: len(eva.text().diff()) > 1, eva)
        assert (await two.one.content("d")) == (await two.other.content("d"))


async def test_nobody_waits_whose_update_needs_no_writing(rooms: Rooms) -> None:
    [eva] = await come(rooms, "eva")
    eva.say(protocol.sync_step_2(b"\x00\x00"))
    assert eva.member.receipts.dealt == eva.sent == 2


@pytest.mark.parametrize("bound", ["LONGEST_QUEUE", "MOST_WAITING"])
async def test_more_than_a_queue_may_not_wait(rooms: Rooms, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(f"collab.room.intake.{bound}", {"LONGEST_QUEUE": 100, "MOST_WAITING": 5}[bound])
    [eva] = await come(rooms, "eva")
    for _ in range(10):
        eva.type("mnoho slov ")
    await until(lambda: eva.inbox)
    eva.deliver()
    assert {code for _, code, _ in eva.told.refused} == {"slow_down"}


async def test_another_process_writes_while_it_goes_on() -> None:
    log = MemoryLog()
    async with two_on(log) as two:
        await two.one.edit("d", "eva", lambda draft: draft.become(content(*PARAGRAPHS)))
        fresh = node(log, two.bells[0], two.shelf)
        [eva], [petr] = await come(two.one, "eva"), await come(fresh, "petr")
        petr.type("petr ", block=2)
        eva.type("eva ", block=3)
        await saved(eva, petr)
        petr.type("a zase", block=2)
        await saved(petr, eva)
        assert (await two.one.content("d")).plain == (await fresh.content("d")).plain
        await fresh.close_all()


async def test_the_collector_rests_while_a_thread_reads_and_is_back_even_after_an_error() -> None:
    both = asyncio.Barrier(2)

    async def at_work() -> bool:
        await both.wait()
        return await in_thread(gc.isenabled)

    def fail() -> None:
        raise ValueError("nic")

    assert not any(await asyncio.gather(at_work(), at_work()))
    with pytest.raises(ValueError, match="nic"):
        await in_thread(fail)
    assert gc.isenabled()
