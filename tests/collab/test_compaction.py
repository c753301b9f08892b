from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from msgspec import msgpack
from msgspec.structs import replace as altered

from collab.document.beginning import begin
from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import DamagedPart, NoSuchMoment, NotSaved, Trimmed, Unequal
from collab.history.compaction import prove
from collab.history.compactor import Compactor, InThread
from collab.history.replay import replay
from collab.journal import past as module
from collab.journal.archive import Job, Pressed, Snapshot, pack, unpack
from collab.journal.entries import read
from collab.journal.past import Past
from collab.journal.row import decode, encode
from review.content import to_json
from review.errors import ChangedMeanwhile, Unavailable
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.memory_shelf import MemoryShelf
from tests.collab.party import Party
from tests.collab.test_room import saved, until

WORDS = ("jedna", "dvě", "tři", "čtyři 😀", "pět", "šest")


class Office:
    """A log, a shelf, and rooms on them, with a journal that is cut where the test says so."""

    def __init__(self) -> None:
        self.log, self.shelf = MemoryLog(), MemoryShelf()
        self.past = Past(self.log, self.shelf)
        self.compactor = Compactor(self.past, InThread(), lambda document, pressed: None)
        self.rooms = self.opened()

    def opened(self) -> Rooms:
        return Rooms(self.log, lambda: NOON, shelf=self.shelf)

    async def write(self, *words: str) -> None:
        for word in words:
            await self.rooms.edit("d", "eva", partial(Draft.become, content=content(word, "stálé")))

    async def reopened(self) -> Rooms:
        await self.rooms.close_all()
        self.rooms = self.opened()
        return self.rooms

    async def said(self) -> str:
        return (await (await self.reopened()).content("d")).plain


@pytest.fixture
async def office() -> Office:
    office = Office()
    await office.rooms.create("d", content("Úvod", "stálé"), "eva")
    await office.write(*WORDS[:3])
    return office


async def compacted(office: Office) -> None:
    """Two segments and a tail in the log."""
    await office.compactor.compact("d")
    await office.write(*WORDS[3:5])
    await office.compactor.compact("d")
    await office.write(*WORDS[5:])


async def test_a_compacted_draft_opens_as_it_was_and_goes_on(office: Office) -> None:
    eva = Party("eva", 77)
    await eva.join(office.rooms, "d")
    eva.type("+")
    await saved(eva)
    await compacted(office)
    before = await office.rooms.content("d")
    eva.leave()
    rooms = await office.reopened()
    assert to_json(await rooms.content("d")) == to_json(before)
    eva.told.refused.clear()
    await eva.join(rooms, "d")
    eva.type(" dál")
    await saved(eva)
    assert eva.told.refused == []
    assert (await rooms.content("d")).plain == eva.words
    petr = Party("petr", 77)
    await petr.join(rooms, "d")
    petr.type("cizí")
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.told.refused[-1][1] == "foreign_client"


async def test_the_log_keeps_one_segment_and_forgets_what_is_before_it(office: Office) -> None:
    await compacted(office)
    assert [entry.seq for entry in office.log.streams["draft/d"]] == [5, 6, 7]
    with pytest.raises(Trimmed):
        assert [page async for page in read(office.log, "d")]


async def test_every_moment_is_seen_after_compaction_as_before(office: Office) -> None:
    before = [to_json(await office.rooms.content_at("d", seq)) for seq in range(1, 5)]
    told = await office.rooms.history("d")
    await compacted(office)
    assert [to_json(await office.rooms.content_at("d", seq)) for seq in range(1, 5)] == before
    plain = [(await office.rooms.content_at("d", seq)).plain.split("\n")[0] for seq in range(1, 8)]
    assert plain == ["Úvod", *WORDS]
    for seq in (0, 8, 99):
        with pytest.raises(NoSuchMoment):
            await office.rooms.content_at("d", seq)
    now = await office.rooms.history("d")
    assert [(moment.seq, moment.since, moment.edits) for moment in now] == [(seq, seq, 1) for seq in range(7, 0, -1)]
    assert now[-len(told) :] == told
    assert await office.rooms.history("d", before=7) == now[1:]


async def test_an_older_text_is_brought_back_after_compaction_as_an_edit(office: Office) -> None:
    await compacted(office)
    await office.rooms.restore("d", 2, "jan")
    assert (await office.said()).startswith("jedna")
    assert (await office.rooms.history("d"))[0].authors == ("jan",)


@pytest.mark.parametrize("step", range(1, 9))
async def test_a_crash_between_any_two_steps_leaves_a_whole_draft(office: Office, step: int) -> None:
    """Steps 1 to 4 are those of the first compaction, 5 to 8 of the second: three blobs and the record."""
    office.shelf.fails_at = step
    with pytest.raises(Unavailable):
        await compacted(office)
    expected = WORDS[2] if step < 5 else WORDS[4]
    assert (await office.said()).startswith(expected)
    office.shelf.fails_at = None
    assert await office.compactor.compact("d") is not None
    assert (await office.said()).startswith(expected)


async def test_a_crash_before_the_log_is_trimmed_is_made_good_the_next_time(office: Office) -> None:
    await office.compactor.compact("d")
    await office.write(*WORDS[3:5])
    pressed = await _publish_without_trimming(office)
    assert pressed.last == 6
    assert [entry.seq for entry in office.log.streams["draft/d"]] == [1, 2, 3, 4, 5, 6]
    assert (await office.said()).startswith(WORDS[4])
    await office.write(WORDS[5])
    await office.compactor.compact("d")
    assert [entry.seq for entry in office.log.streams["draft/d"]] == [7]
    assert (await office.said()).startswith(WORDS[5])


async def _publish_without_trimming(office: Office) -> Pressed:
    office.shelf.before_put = lambda: setattr(office.log, "down", True)
    with pytest.raises(Unavailable):
        await office.compactor.compact("d")
    office.shelf.before_put, office.log.down = None, False
    kept = office.shelf.records["d"].value.segments[-1]
    return Pressed(kept.first, kept.last, 0, b"", b"", b"", b"", 0)


async def test_two_who_compact_the_same_draft_do_no_harm(office: Office) -> None:
    other = Compactor(Past(office.log, office.shelf), InThread(), lambda document, pressed: None)
    done = await asyncio.gather(office.compactor.compact("d"), other.compact("d"), return_exceptions=True)
    assert sum(isinstance(one, ChangedMeanwhile) for one in done) == 1
    assert len(office.shelf.records["d"].value.segments) == 1
    assert (await office.said()).startswith(WORDS[2])


async def test_a_room_behind_what_was_trimmed_goes_on_from_the_snapshot(office: Office) -> None:
    eva, petr = Party("eva"), Party("petr")
    behind = office.opened()
    await petr.join(behind, "d")
    await eva.join(office.rooms, "d")
    await compacted(office)
    await office.compactor.compact("d")
    assert office.log.streams["draft/d"][0].seq > 4
    petr.type("opožděně", 1)
    await saved(petr)
    await until(lambda: petr.inbox or petr.words.startswith(WORDS[5]))
    petr.deliver()
    assert petr.words == f"{WORDS[5]}\nstáléopožděně"
    assert (await behind.content("d")).plain == petr.words
    assert await office.said() == petr.words
    petr.type("!", 1)
    await saved(petr)
    assert petr.told.refused == []
    await behind.close_all()


def _flip(office: Office, name: str) -> None:
    data = bytearray(office.shelf.blobs[name])
    data[len(data) // 2] ^= 1
    office.shelf.blobs[name] = bytes(data)


async def test_a_broken_snapshot_is_replaced_by_an_older_one_and_the_entries_after_it(office: Office) -> None:
    await compacted(office)
    first, second = office.shelf.records["d"].value.segments
    _flip(office, second.snapshot)
    opening = await office.past.open("d")
    assert (opening.damage, len(opening.repaired), opening.snapshot is not None) == ("", 1, True)
    assert second.snapshot in opening.repaired[0]
    assert (await office.said()).startswith(WORDS[5])
    del office.shelf.blobs[first.snapshot]
    opening = await office.past.open("d")
    assert (opening.damage, len(opening.repaired), opening.snapshot) == ("", 2, None)
    assert (await office.said()).startswith(WORDS[5])
    await office.write("po opravě")
    await office.compactor.compact("d")
    assert (await office.past.open("d")).repaired == ()
    assert (await office.said()).startswith("po opravě")


async def _spoil(office: Office, at: int, **wrong: object) -> str:
    """Something else in the place of a snapshot, kept under its right name."""
    shelf, record = office.shelf, office.shelf.records["d"]
    segments = list(record.value.segments)
    whole = unpack(Snapshot, "d", segments[at].snapshot, shelf.blobs[segments[at].snapshot])
    segments[at] = replace(segments[at], snapshot=await shelf.put_blob(pack(altered(whole, **wrong))))
    shelf.records["d"] = replace(record, value=replace(record.value, segments=tuple(segments)))
    return segments[at].snapshot


@pytest.mark.parametrize("wrong", [{"state": b"\x05\x05\x05"}, {"owners": {}}])
async def test_a_snapshot_that_is_no_document_is_replaced_by_an_older_one_and_named(
    office: Office, caplog: pytest.LogCaptureFixture, wrong: dict[str, object]
) -> None:
    await compacted(office)
    for at in (1, 0):
        spoilt = await _spoil(office, at, **wrong)
        assert (await office.said()).startswith(WORDS[5])
        opening = await office.rooms._past.open("d")
        assert (opening.damage, len(opening.repaired)) == ("", 2 - at)
        assert f"blob {spoilt} of the journal is damaged: it cannot be read" in opening.repaired[-1]
        assert f"snapshot at entry {(4, 6)[at]}: it cannot be read" in caplog.text
    assert opening.snapshot is None
    await office.write("po opravě")
    assert await Compactor(office.rooms._past, InThread(), lambda document, pressed: None).compact("d")
    assert (await office.past.open("d")).repaired == ()
    assert (await office.said()).startswith("po opravě")


async def test_a_moment_after_a_snapshot_that_is_no_document_is_told_from_an_older_one(office: Office) -> None:
    await compacted(office)
    before = to_json(await office.rooms.content_at("d", 7))
    await _spoil(office, 1, state=b"\x05\x05\x05")
    rooms = office.opened()
    assert to_json(await rooms.content_at("d", 7)) == before
    await rooms.close_all()


async def test_what_no_snapshot_is_to_blame_for_ends_the_draft_before_it(office: Office) -> None:
    """The entry in the log, not the snapshot before it, is what cannot be read."""
    await compacted(office)
    entries = office.log.streams["draft/d"]
    [row] = entries[-1].rows
    spoilt = encode("d", decode("d", row)._replace(update=b"\x05\x05\x05"))
    entries[-1] = replace(entries[-1], rows=(spoilt,))
    assert (await office.said()).startswith(WORDS[4])
    assert (await office.rooms._past.open("d")).repaired == ()
    with pytest.raises(NotSaved, match="entry 7 of the journal cannot be applied"):
        await office.write("x")


async def test_what_cannot_be_passed_round_ends_the_draft_before_it_and_is_named(office: Office) -> None:
    await compacted(office)
    _, second = office.shelf.records["d"].value.segments
    _flip(office, second.snapshot)
    _flip(office, second.entries)
    assert (await office.said()).startswith(WORDS[2])
    with pytest.raises(NotSaved, match=second.entries):
        await office.write("x")
    assert (await office.rooms.content_at("d", 3)).plain.startswith(WORDS[1])
    with pytest.raises(DamagedPart):
        await office.rooms.content_at("d", 5)


async def test_a_broken_index_is_told_again_from_the_entries(office: Office) -> None:
    await compacted(office)
    whole = await office.rooms.history("d")
    _flip(office, office.shelf.records["d"].value.segments[0].index)
    assert await office.rooms.history("d") == whole


async def test_entries_that_are_lost_are_not_passed_over(office: Office) -> None:
    await compacted(office)
    await office.write("po ztrátě")
    entries = office.log.streams["draft/d"]
    office.log.streams["draft/d"] = [entry for entry in entries if entry.seq != 7]
    assert (await office.said()).startswith(WORDS[4])
    with pytest.raises(NotSaved, match="entry 7 of the journal is missing"):
        await office.write("x")


async def test_nothing_is_published_that_does_not_say_what_the_journal_says(office: Office) -> None:
    opening = await office.past.open("d")
    draft, clocks = replay(opening)
    reached = draft.clocks()
    true = Snapshot("d", 4, draft.since(), draft.vector, draft.fingerprint(), clocks.owners, b"")
    prove(true, draft, reached)
    older = Draft([row.update for _, rows in opening.pages[:-1] for row in rows])
    for wrong in (
        altered(true, state=older.since()),
        altered(true, vector=older.vector),
        altered(true, fingerprint=older.fingerprint()),
        altered(true, owners={}),
    ):
        with pytest.raises(Unequal):
            prove(wrong, draft, reached)
    with pytest.raises(Unequal):
        prove(true, draft, {**reached, 5: 1})


def test_a_deletion_that_is_missing_is_seen_although_the_state_vector_is_equal() -> None:
    draft = Draft([begin(content("Úvod dál", ""), 7)])
    cut = Draft([draft.since()], 9)
    cut.become(content("Úvod", ""))
    state = Snapshot("d", 1, draft.since(), draft.vector, cut.fingerprint(), {7: "eva"}, b"")
    with pytest.raises(Unequal, match="deletions"):
        prove(state, cut, cut.clocks())


async def test_long_journals_are_compacted_by_themselves_while_people_write(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST", 6)
    eva = Party("eva")
    await eva.join(office.rooms, "d")
    for sign in "abcdefghijklmnopqrstuvwxyz":
        eva.type(sign)
        await saved(eva)
    await until(lambda: "d" in office.shelf.records and len(office.shelf.records["d"].value.segments) > 1)
    assert (await office.rooms.content("d")).plain == eva.words
    assert await office.said() == eva.words
    assert eva.told.refused == []


async def test_a_draft_that_was_left_long_is_compacted_when_it_is_opened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST", 4)
    await office.reopened()
    await office.rooms.content("d")
    await until(lambda: "d" in office.shelf.records)
    assert office.shelf.records["d"].value.seq == 4


async def test_a_damaged_draft_is_not_compacted(office: Office) -> None:
    entries = office.log.streams["draft/d"]
    flipped = bytearray(entries[2].rows[0])
    flipped[-6] ^= 1
    entries[2] = replace(entries[2], rows=(bytes(flipped),))
    assert await office.compactor._try("d") is None
    assert office.shelf.steps == 0


async def test_a_snapshot_of_another_draft_is_not_taken(office: Office) -> None:
    await office.rooms.create("e", content("jiný", ""), "eva")
    await office.compactor.compact("d")
    await office.compactor.compact("e")
    name = office.shelf.records["e"].value.segments[0].snapshot
    with pytest.raises(DamagedPart, match="another document"):
        unpack(Snapshot, "d", name, office.shelf.blobs[name])


def test_the_job_crosses_to_another_process_as_bytes() -> None:
    job = Job("d", None, [], [(1, [b"x"])], [])
    assert msgpack.decode(msgpack.encode(job), type=Job) == job
