from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from collab import protocol
from collab.awareness import State
from collab.document.draft import Draft
from collab.document.merging import merge
from collab.drafts import open_rooms as module
from collab.drafts.rooms import Rooms
from collab.errors import AlreadyBegun, DamagedRow, NoSuchMoment, NotSaved, Unreadable
from collab.history.proof import flaws
from collab.journal.past import Past
from collab.journal.row import Kind, decode, encode
from collab.lib0 import write_string, write_uint
from collab.update import Range, read
from review.content import content_hash
from review.errors import Unavailable
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.party import Party
from tests.collab.test_room import saved, until


async def three_words(rooms: Rooms) -> None:
    """Each in an entry of its own; then the rooms are closed."""
    eva = Party("eva")
    await eva.join(rooms, "d")
    for word in (" jedna", " dvě", " tři"):
        eva.type(word)
        await saved(eva)
    await rooms.close_all()


async def test_a_draft_is_begun_once(rooms: Rooms) -> None:
    with pytest.raises(AlreadyBegun):
        await rooms.create("d", content("znovu"), "petr")
    assert (await rooms.content("d")).plain == "Úvod\n"


async def test_storage_that_is_away_is_said_to_be(rooms: Rooms, log: MemoryLog) -> None:
    log.down = True
    with pytest.raises(Unavailable):
        await rooms.create("e", content("x"), "eva")
    log.down = False
    await rooms.create("e", content("x"), "eva")


async def test_a_draft_in_brief_follows_every_change(rooms: Rooms) -> None:
    first = await rooms.digest("d")
    assert (first.seq, first.words) == (1, 1)
    eva = Party("eva")
    await eva.join(rooms, "d")
    eva.type(" a dál")
    await saved(eva)
    second = await rooms.digest("d")
    assert (second.seq, second.words, second.hash) == (2, 3, content_hash(await rooms.content("d")))
    assert second.hash != first.hash


async def test_many_ask_for_a_sleeping_draft_at_once_and_it_is_opened_once(rooms: Rooms) -> None:
    parties = [Party(f"p{at}") for at in range(20)]
    await asyncio.gather(*(party.join(rooms, "d") for party in parties))
    assert {party.words for party in parties} == {"Úvod\n"}
    assert rooms.people("d") == {f"p{at}" for at in range(20)}


async def test_a_draft_goes_to_sleep_and_wakes_as_it_was(
    log: MemoryLog, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASLEEP_AFTER", 0.01)
    eva = Party("eva")
    await eva.join(rooms, "d")
    eva.type(" před spaním")
    await saved(eva)
    eva.leave()
    await until(lambda: not rooms._open)
    again = Party("eva", eva.doc.client_id)
    await again.join(rooms, "d")
    assert again.words == "Úvod před spaním\n"
    again.type("!")
    await saved(again)
    assert again.told.refused == []


async def test_stopping_writes_what_waits_and_asks_everybody_to_come_back(log: MemoryLog, rooms: Rooms) -> None:
    eva = Party("eva")
    await eva.join(rooms, "d")
    eva.type(" poslední slovo")
    await rooms.close_all()
    assert eva.closed == (1012, "restarting")
    reopened = Rooms(log, lambda: NOON)
    assert (await reopened.content("d")).plain == "Úvod poslední slovo\n"
    await reopened.close_all()


async def test_stopping_does_not_wait_for_ever_for_storage(rooms: Rooms, log: MemoryLog) -> None:
    eva = Party("eva")
    await eva.join(rooms, "d")
    log.open.clear()
    eva.type("x")
    async with asyncio.timeout(2):
        await rooms.close_all(0.05)


async def test_the_epoch_comes_first_of_all(log: MemoryLog, rooms: Rooms) -> None:
    restored = Rooms(log, lambda: NOON, epoch=3)
    eva = Party("eva")
    await eva.join(restored, "d")
    assert (eva.told.epochs, eva.told.order[0]) == ([3], 103)
    await restored.close_all()


async def test_a_missing_entry_is_named_wherever_the_history_is_asked(log: MemoryLog, rooms: Rooms) -> None:
    await three_words(rooms)
    del log.streams["draft/d"][2]
    reopened = Rooms(log, lambda: NOON)
    for asked in (reopened.history("d"), reopened.content_at("d", 4)):
        with pytest.raises(DamagedRow) as damaged:
            await asked
        assert damaged.value.seq == 3
    assert (await reopened.content("d")).plain == "Úvod jedna\n"
    await reopened.close_all()


async def test_a_damaged_row_leaves_the_draft_as_it_was_before_and_to_be_read_only(
    log: MemoryLog, rooms: Rooms
) -> None:
    await three_words(rooms)
    entries = log.streams["draft/d"]
    flipped = bytearray(entries[2].rows[0])
    flipped[-6] ^= 1
    entries[2] = replace(entries[2], rows=(bytes(flipped),))
    reopened = Rooms(log, lambda: NOON)
    assert (await reopened.content("d")).plain == "Úvod jedna\n"
    with pytest.raises(NotSaved, match="entry 3"):
        await reopened.edit("d", "eva", lambda draft: draft.unmark_comment("x"))
    petr = Party("petr")
    await petr.join(reopened, "d")
    petr.type("x")
    await saved(petr)
    assert petr.told.refused[0][1] == "not_saved"
    assert "entry 3" in petr.told.refused[0][2]
    with pytest.raises(DamagedRow):
        await reopened.history("d")
    await reopened.create("e", content("jiný netrpí"), "eva")
    assert (await reopened.content("e")).plain == "jiný netrpí"
    await reopened.close_all()


async def test_a_moment_outside_the_history_is_named(rooms: Rooms) -> None:
    for seq in (0, 2, 999):
        with pytest.raises(NoSuchMoment):
            await rooms.content_at("d", seq)


async def test_every_row_names_its_author_and_claims_its_clients(rooms: Rooms, log: MemoryLog) -> None:
    eva = Party("eva")
    await eva.join(rooms, "d")
    eva.type("x")
    await saved(eva)
    eva.type("y")
    await saved(eva)
    rows = [decode("d", row) for entry in log.streams["draft/d"] for row in entry.rows]
    assert [(row.kind, row.author) for row in rows] == [
        (Kind.SERVER, "eva"),
        (Kind.PERSON, "eva"),
        (Kind.PERSON, "eva"),
    ]
    assert [len(row.claims) for row in rows] == [1, 1, 0]
    assert rows[1].claims == (eva.doc.client_id,)
    assert all(read(row.update).ranges for row in rows)


async def test_a_commit_that_fails_as_nobody_expects_is_offered_again(rooms: Rooms, log: MemoryLog) -> None:
    await rooms.create("e", content("Jiný"), "petr")
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(rooms, "e")
    log.faulty = 1
    eva.type(" dál")
    petr.type(" také")
    await saved(eva, petr)
    assert (await rooms.content("d")).plain == "Úvod dál\n"
    assert (await rooms.content("e")).plain == "Jiný také"


async def test_a_room_that_cannot_follow_its_journal_is_opened_anew(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(rooms, "d")

    def breaks(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr("collab.room.room.Room._follow", breaks)
        eva.type(" dál")
        await until(lambda: eva.closed and petr.closed)
    assert eva.closed == petr.closed == (1012, "restarting")
    eva.leave()
    petr.leave()
    assert (await rooms.content("d")).plain == "Úvod dál\n"
    await petr.join(rooms, "d")
    assert petr.words == "Úvod dál\n"


async def test_what_was_ever_deleted_is_looked_up_once_for_all_who_come_back(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Draft] = []
    deletions = Draft.deletions

    def look(draft: Draft) -> Sequence[Range]:
        looked.append(draft)
        return deletions(draft)

    monkeypatch.setattr("collab.document.draft.Draft.deletions", look)
    eva = Party("eva")
    await eva.join(rooms, "d")
    for _ in range(2):
        eva.type("slovo")
        with eva.doc.transaction():
            del eva.text()[4:9]
        await saved(eva)
        others = [Party(f"p{at}") for at in range(5)]
        for other in others:
            await other.join(rooms, "d")
            other.say(protocol.sync_step_2(other.doc.get_update()))
        await saved(*others)
    assert len(looked) == 1


async def test_a_replica_that_does_not_take_what_is_written_is_made_anew(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = Party("eva")
    await eva.join(rooms, "d")
    eva.type(" dál")
    await saved(eva)
    lost = rooms._awake("d")
    with monkeypatch.context() as broken:
        broken.setattr("collab.document.draft.Draft.apply", panics)
        with pytest.raises(Unreadable):
            await rooms.content("d")
        await until(lambda: eva.closed)
    eva.leave()
    assert eva.closed == (1012, "restarting")
    assert (await rooms.content("d")).plain == "Úvod dál\n"
    petr = Party("petr")
    await petr.join(rooms, "d")
    assert lost is not None
    lost.fail(())
    assert (petr.closed, rooms.people("d")) == (None, {"petr"})


async def test_nobody_has_to_look_for_it_to_be_made_anew(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collab.room.folding.AFTER", 0.001)
    eva = Party("eva")
    await eva.join(rooms, "d")
    with monkeypatch.context() as broken:
        broken.setattr("collab.document.draft.Draft.apply", panics)
        eva.type(" dál")
        await until(lambda: eva.closed)
    eva.leave()
    assert (await rooms.content("d")).plain == "Úvod dál\n"


async def test_what_cannot_be_applied_after_all_is_saved_and_ends_the_draft_at_the_next_look(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.create("e", content("jiný"), "eva")
    eva, petr, jan = Party("eva"), Party("petr"), Party("jan")
    await eva.join(rooms, "d")
    await petr.join(rooms, "d")
    await jan.join(rooms, "e")
    monkeypatch.setattr("collab.document.draft.Draft.apply", panics_at(b"past"))
    eva.type(" past")
    await saved(eva)
    assert (eva.told.refused, eva.closed) == ([], None)
    petr.deliver()
    assert petr.words == "Úvod past\n"
    with pytest.raises(Unreadable):
        await rooms.content("d")
    assert (eva.closed, petr.closed, jan.closed) == ((1012, "restarting"), (1012, "restarting"), None)
    eva.leave()
    await eva.join(rooms, "d")
    eva.type(" znovu")
    await saved(eva)
    assert {code for _, code, _ in eva.told.refused} == {"not_saved"}
    assert "entry 2 of the journal cannot be applied" in eva.told.refused[-1][2]
    assert (await rooms.content("d")).plain == "Úvod\n"
    jan.type(" netrpí")
    await saved(jan)
    assert (await rooms.content("e")).plain == "jiný netrpí"


def panics_at(letters: bytes) -> Callable[..., None]:
    def apply(draft: Draft, updates: Sequence[bytes], **more: int) -> None:
        if any(letters in update for update in updates):
            panics()
        as_ever(draft, updates, **more)

    as_ever = Draft.apply
    return apply


def panics(*_: object) -> None:
    raise Unreadable("panic: a fault of the library's")


async def test_an_edit_that_is_given_up_takes_nothing_from_the_next(rooms: Rooms, log: MemoryLog) -> None:
    log.open.clear()
    before = log.offered
    first = asyncio.create_task(rooms.edit("d", "eva", lambda draft: draft.become(content("První"))))
    await until(lambda: log.offered > before)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    second = asyncio.create_task(rooms.edit("d", "petr", lambda draft: draft.become(content("Druhá"))))
    room = rooms._awake("d")
    assert room is not None
    await until(lambda: room._line.waiting)
    log.open.set()
    await second
    assert "Druhá" in (await rooms.content("d")).plain


async def test_somebody_s_cursor_hears_nobody_s_typing(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(rooms, "d")
    eva.type(" dál")
    petr.say(protocol.presence([State(petr.doc.client_id, 1, "{}")]))
    assert not eva.member.receipts.waiting
    await saved(eva)
    assert eva.presence[petr.doc.client_id].said


async def test_a_document_that_nobody_waits_for_any_more_falls_asleep(
    rooms: Rooms, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASLEEP_AFTER", 0.01)
    opening = asyncio.create_task(rooms.content("d"))
    await asyncio.sleep(0)
    opening.cancel()
    await until(lambda: not rooms._open)


async def test_a_row_that_cannot_be_applied_ends_the_draft_as_a_damaged_one(log: MemoryLog, rooms: Rooms) -> None:
    """The checksum is right: somebody got it past the judges. It takes a letter for a parent."""
    await three_words(rooms)
    entries = log.streams["draft/d"]
    row = decode("d", entries[2].rows[0])
    [letters] = read(row.update).structs
    parent = write_uint(letters.client) + write_uint(letters.clock)
    brought = b"\x01\x01\x07\x00\x04\x00" + parent + write_string("x") + b"\x00"
    broken = row._replace(claims=(7,), update=merge([row.update, brought]))
    entries[2] = replace(entries[2], rows=(encode("d", broken),))
    reopened = Rooms(log, lambda: NOON)
    assert (await reopened.content("d")).plain == "Úvod jedna\n"
    with pytest.raises(NotSaved, match="entry 3 of the journal cannot be applied"):
        await reopened.edit("d", "eva", lambda draft: draft.unmark_comment("x"))
    petr = Party("petr")
    await petr.join(reopened, "d")
    assert petr.words == "Úvod jedna\n"
    await reopened.close_all()
    [(place, why)] = [flaw async for flaw in flaws(Past(log), "d")]
    assert place == "draft d, journal"
    assert why.startswith("entry 3 cannot be applied: ")
