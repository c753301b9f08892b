"""Updates of many structs: judged in another thread, while what follows them in their draft waits."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from collab import protocol, update
from collab.document.aside import in_thread
from collab.drafts.rooms import Rooms
from collab.journal.row import decode
from collab.judging import verdict as judging
from collab.judging.order import AT_ONCE
from collab.lib0 import write_string, write_uint
from collab.room.delivery import LONG, MOST
from collab.update import Update, read
from tests.collab.conftest import content
from tests.collab.memory_log import MemoryLog
from tests.collab.party import READER, Party
from tests.collab.test_room import saved
from tests.collab.test_shared_rooms import two_on, until
from tests.counted import handed

EVA, STRANGER = 70, 77


def scattered(count: int, client: int = STRANGER, clock: int = 0) -> bytes:
    """So many signs of one client: each a struct of its own, as it is put before the one written last."""
    first, structs = b"\x84" + write_uint(EVA) + write_uint(0), list[bytes]()
    for at in range(clock, clock + count):
        behind = write_uint(client) + write_uint(0)
        before = write_uint(client) + write_uint(at - 1) if at > 1 else b""
        place = first if at == 0 else (b"\xc4" if before else b"\x84") + behind + before
        structs.append(place + write_string("y"))
    numbers = [write_uint(number) for number in (1, count, client, clock)]
    return protocol.sync_update(b"".join((*numbers, *structs, write_uint(0))))


async def begun(rooms: Rooms, *others: str) -> list[Party]:
    """Eva, who has typed a sign, and others."""
    parties = [Party("eva", EVA), *map(Party, others)]
    for party in parties:
        await party.join(rooms, "d")
    parties[0].type("|")
    await saved(parties[0])
    return parties


async def test_a_long_update_comes_in_whole_and_what_follows_it_behind_it(rooms: Rooms) -> None:
    eva, petr = await begun(rooms, "petr")
    eva.say(scattered(3000))
    eva.say(scattered(1, clock=3000))
    await saved(eva)
    assert eva.told.refused == []
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.words.count("y") == 3001


async def test_other_drafts_do_not_wait_for_it(rooms: Rooms) -> None:
    await rooms.create("e", content("Jiný"), "jan")
    [eva], jan = await begun(rooms), Party("jan")
    await jan.join(rooms, "e")
    eva.say(scattered(60_000))
    jan.type("rychle")
    await saved(jan)
    assert eva.member.receipts.waiting
    await saved(eva)
    assert eva.member.spent > jan.member.spent == 0


async def test_the_server_s_own_edit_waits_for_it(rooms: Rooms) -> None:
    [eva] = await begun(rooms)
    eva.say(scattered(3000))
    await rooms.edit("d", "jan", lambda draft: draft.become(content("Nově")))
    await saved(eva)
    assert (await rooms.content("d")).plain.replace("y", "") == "Nově"


async def test_more_structs_than_are_allowed_are_refused(rooms: Rooms) -> None:
    [eva] = await begun(rooms)
    eva.say(scattered(MOST + 1))
    await saved(eva)
    assert eva.told.refused == [(3, "too_large", f"{MOST + 1} > {MOST}")]


async def test_no_more_long_updates_wait_than_a_queue_holds(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collab.room.intake.LONGEST_QUEUE", 40_000)
    [eva] = await begun(rooms)
    for at in range(3):
        eva.say(scattered(3000, client=STRANGER + at))
    await saved(eva)
    assert [(n, code) for n, code, _ in eva.told.refused] == [(5, "slow_down")]


async def test_what_many_bring_back_in_the_same_bytes_is_read_once(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties = await begun(rooms, *(f"p{n}" for n in range(20)))
    eva, *others = parties
    eva.type("ab" * 4000)
    with eva.doc.transaction():
        for at in range(8000, 0, -2):
            del eva.text()[at]
    await saved(eva)
    for party in others:
        party.deliver()
        party.leave()
    read = handed(monkeypatch, update, "read")
    for party in others:
        await party.join(rooms, "d")
    await until(lambda: all(party.member.receipts.dealt == party.sent for party in others))
    assert [len(brought) > LONG for brought, *_ in read].count(True) == 1
    assert {party.words for party in others} == {eva.words}


async def test_a_right_that_is_taken_while_it_is_judged_refuses_it(rooms: Rooms) -> None:
    [eva] = await begun(rooms)
    eva.say(scattered(60_000))
    rooms.set_role("d", "eva", READER)
    await saved(eva)
    assert [(n, code) for n, code, _ in eva.told.refused] == [(3, "not_allowed")]
    assert (await rooms.content("d")).plain == "Úvod|\n"


async def test_a_right_that_is_taken_in_the_midst_of_judging_refuses_it(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    [eva] = await begun(rooms)
    asked = judging.judge

    def takes_it(*given: Any) -> judging.Verdict:
        eva.member.standing = READER
        return asked(*given)

    monkeypatch.setattr("collab.room.intake.judge", takes_it)
    eva.say(scattered(3000))
    await saved(eva)
    assert [(n, code) for n, code, _ in eva.told.refused] == [(3, "not_allowed")]


async def test_a_connection_claims_no_more_clients_than_are_allowed(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collab.room.intake.MOST_CLIENTS", 2)
    [eva] = await begun(rooms)
    for at in range(2):
        eva.say(scattered(1, client=STRANGER + at))
        await saved(eva)
    assert [(n, code) for n, code, _ in eva.told.refused] == [(4, "too_large")]


async def test_a_long_update_of_somebody_elses_client_or_of_a_reader_is_refused(rooms: Rooms) -> None:
    eva, petr = await begun(rooms, "petr")
    jan = Party("jan")
    await jan.join(rooms, "d", READER)
    eva.say(scattered(1))
    await saved(eva)
    petr.say(scattered(3000, clock=1))
    jan.say(scattered(3000, client=78))
    await saved(petr, jan)
    assert [code for _, code, _ in petr.told.refused] == ["foreign_client"]
    assert [code for _, code, _ in jan.told.refused] == ["not_allowed"]


async def test_a_long_update_that_breaks_harms_only_its_sender(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    eva, petr = await begun(rooms, "petr")

    async def breaks(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("collab.room.intake.in_thread", breaks)
    eva.say(scattered(LONG))
    petr.type(" dál")
    await saved(petr)
    assert eva.closed == (1011, "internal error")
    assert (await rooms.content("d")).plain == "Úvod| dál\n"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[None]]) -> list[Update]:
    """Whenever a long update was read, and before it is judged, this is done. What was read, in order."""
    found: list[Update] = []

    async def beside(work: Callable[[], Any], charge: Callable[[float], None] | None = None) -> Any:
        done = await in_thread(work, charge)
        if isinstance(done, Update):
            found.append(done)
            await act()
        return done

    monkeypatch.setattr("collab.room.intake.in_thread", beside)
    return found


async def test_others_who_write_without_a_pause_elsewhere_do_not_keep_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_on(MemoryLog()) as two:
        eva, ivan = await begun(two.one, "ivan")
        petr = Party("petr")
        await petr.join(two.other, "d")
        petr.type("petr ")
        eva.say(scattered(1))
        await saved(petr, eva)

        async def writes() -> None:
            ivan.deliver()
            frames = ivan.frames
            petr.type("dál ")
            await until(lambda: ivan.frames > frames, ivan)

        read = meanwhile(monkeypatch, writes)
        eva.say(scattered(3000, clock=1))
        ivan.type("ivan", block=1)
        await saved(eva, ivan)
        assert (len(read), eva.told.refused) == (1, [])
        assert (await two.one.content("d")).plain == (await two.other.content("d")).plain
        assert (await two.one.content("d")).plain.count("y") == 3001


async def test_it_is_judged_again_where_others_took_its_place_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_on(MemoryLog()) as two:
        eva, ivan = await begun(two.one, "ivan")
        petr = Party("petr")
        await petr.join(two.other, "d")
        eva.say(scattered(1))
        await saved(eva)

        async def deletes() -> None:
            if len(petr.body.children) > 1:
                ivan.deliver()
                frames = ivan.frames
                del petr.body.children[0]
                await until(lambda: ivan.frames > frames, ivan)

        read = meanwhile(monkeypatch, deletes)
        eva.say(scattered(3000, clock=1))
        await saved(eva)
        assert len(read) == 2
        assert "y" not in (await two.one.content("d")).plain


async def test_it_is_judged_again_where_its_person_wrote_the_same_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_on(MemoryLog()) as two:
        eva, ivan = await begun(two.one, "ivan")
        second = Party("eva")
        await second.join(two.other, "d")
        eva.say(scattered(1))
        await saved(eva)

        async def says_it_too() -> None:
            if second.sent < 2:
                ivan.deliver()
                frames = ivan.frames
                second.say(scattered(3, clock=1))
                await until(lambda: ivan.frames > frames, ivan)

        read = meanwhile(monkeypatch, says_it_too)
        eva.say(scattered(3000, clock=1))
        await saved(eva, second)
        assert (len(read), eva.told.refused, second.told.refused) == (2, [], [])
        assert (await two.one.content("d")).plain.count("y") == 3001


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(judging.judge)
    monkeypatch.setattr("collab.room.intake.judge", gate)
    yield gate
    gate.go_on.set()


class Gate:
    """What is judged in another thread waits with its verdict until it may `go_on`."""

    def __init__(self, judge: Callable[..., judging.Verdict]) -> None:
        self.judged, self.go_on, self._judge = threading.Event(), threading.Event(), judge

    def __call__(self, *given: Any) -> judging.Verdict:
        verdict = self._judge(*given)
        if threading.current_thread() is not threading.main_thread():
            self.judged.set()
            assert self.go_on.wait(5)
        return verdict


async def test_another_process_writes_while_it_is_judged(gate: Gate) -> None:
    async with two_on(MemoryLog()) as two:
        [eva], petr = await begun(two.one), Party("petr")
        await petr.join(two.other, "d")
        eva.say(scattered(20_000))
        await until(gate.judged.is_set)
        petr.type("petr ")
        await until(lambda: "petr" in eva.words, eva)
        gate.go_on.set()
        await saved(petr, eva)
        assert (await two.one.content("d")).plain == (await two.other.content("d")).plain
        assert (await two.one.content("d")).plain.count("y") == 20_000


async def test_a_short_update_that_was_judged_aside_is_judged_anew_where_another_process_was_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = MemoryLog()
    async with two_on(log) as two:
        two.deafen()
        [eva], petr = await begun(two.one), Party("petr")
        await petr.join(two.other, "d")
        eva.say(scattered(1))
        await saved(eva)
        monkeypatch.setattr("collab.room.intake.AT_ONCE", AT_ONCE._replace(ours=0))
        offered = log.offered
        log.open.clear()
        petr.type("petr ")
        await until(lambda: log.offered > offered)
        eva.say(scattered(100, clock=1))
        await until(lambda: log.offered > offered + 1)
        log.open.set()
        await saved(petr, eva)
        eva.say(scattered(1, clock=101))
        await saved(eva)
        assert eva.told.refused == []
        assert (await two.one.content("d")).plain.count("y") == 102


async def test_what_came_by_another_process_while_it_is_judged_is_not_written_again(gate: Gate) -> None:
    async with two_on(MemoryLog()) as two:
        (eva, petr), again = await begun(two.one, "petr"), Party("eva")
        eva.say(scattered(1))
        await saved(eva)
        await again.join(two.other, "d")
        eva.say(scattered(20_000, clock=1))
        await until(gate.judged.is_set)
        again.say(scattered(5, clock=1))
        await until(lambda: petr.words.count("y") == 6, petr)
        gate.go_on.set()
        await saved(eva, again)
        last = decode("d", two.log.streams["draft/d"][-1].rows[-1])
        assert read(last.update).ranges == [(STRANGER, 6, 19_995)]
        assert (await two.one.content("d")).plain == (await two.other.content("d")).plain
        assert (await two.one.content("d")).plain.count("y") == 20_001
