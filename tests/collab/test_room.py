from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from pycrdt import XmlElement, XmlText

from collab import protocol, update
from collab.awareness import State
from collab.drafts.rooms import Rooms
from collab.errors import Malformed
from collab.journal.group_commit import GATHER
from collab.lib0 import write_bytes
from collab.room.member import Standing
from collab.update import EMPTY
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.party import EDITOR, READER, Party


async def until(true: Callable[[], object]) -> None:
    """Let the loop turn until it holds; fails after a minute."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.001)


async def saved(*parties: Party) -> None:
    """Until everything that these sent is dealt with, and everything that came is read."""

    def done() -> bool:
        for party in parties:
            party.deliver()
        return all(party.member.receipts.dealt == party.sent for party in parties)

    await until(done)
    for party in parties:
        party.deliver()


async def pair(rooms: Rooms) -> tuple[Party, Party]:
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(rooms, "d")
    return eva, petr


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


async def test_nothing_is_seen_or_reported_before_it_is_on_disk(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await pair(rooms)
    log.open.clear()
    before = log.offered
    eva.type(" nikdo")
    await until(lambda: log.offered > before)
    late = Party("jan")
    await late.join(rooms, "d")
    eva.deliver()
    petr.deliver()
    assert (petr.words, late.words) == ("Úvod\n", "Úvod\n")
    assert eva.member.receipts.dealt == 1
    assert "nikdo" not in (await rooms.content("d")).plain
    log.open.set()
    await saved(eva)
    await until(lambda: petr.inbox and late.inbox)
    petr.deliver()
    late.deliver()
    assert petr.words == late.words == "Úvod nikdo\n"


async def test_one_commit_is_one_frame_a_member_and_no_echo_to_a_lone_origin(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await pair(rooms)
    frames = petr.frames, eva.frames
    for sign in "abc":
        eva.type(sign)
    await saved(eva)
    await until(lambda: petr.inbox)
    petr.deliver()
    assert (petr.frames, eva.frames) == (frames[0] + 1, frames[1])
    assert len(log.streams["draft/d"][-1].rows) == 3
    assert eva.told.saved[-1][1] == eva.sent


async def test_documents_commit_side_by_side_and_not_too_often(rooms: Rooms, log: MemoryLog) -> None:
    await rooms.create("e", content("Jiný"), "petr")
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(rooms, "e")
    before, loop = log.appends, asyncio.get_running_loop()
    began = loop.time()
    for _ in range(20):
        eva.type("x")
        petr.type("y")
        await asyncio.sleep(0.001)
    await saved(eva, petr)
    commits = (loop.time() - began) / GATHER + 1
    assert 2 <= log.appends - before <= 2 * commits


async def test_empty_and_repeated_updates_are_counted_and_dealt_with(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await pair(rooms)
    eva.type("x")
    await saved(eva)
    seq = len(log.streams["draft/d"])
    eva.say(protocol.sync_update(EMPTY))
    eva.say(protocol.sync_step_2(eva.doc.get_update()))
    petr.deliver()
    petr.say(protocol.sync_step_2(petr.doc.get_update()))
    await saved(eva, petr)
    assert eva.told.saved[-1] == ({eva.doc.client_id: 1}, eva.sent)
    assert len(log.streams["draft/d"]) == seq


async def test_a_reader_sees_everything_and_changes_nothing(rooms: Rooms) -> None:
    eva, jan = Party("eva"), Party("jan")
    await eva.join(rooms, "d")
    await jan.join(rooms, "d", READER)
    jan.type(" tajně")
    jan.deliver()
    assert jan.told.roles == ["reader"]
    assert [refused[:2] for refused in jan.told.refused] == [(2, "not_allowed")]
    jan.say(protocol.sync_step_2(jan.doc.get_update()))
    jan.deliver()
    assert jan.told.refused[-1][:2] == (3, "not_allowed")
    eva.type(" veřejně")
    await saved(eva)
    assert (await rooms.content("d")).plain == "Úvod veřejně\n"


async def test_a_plain_client_is_refused_in_the_words_it_knows(rooms: Rooms) -> None:
    jan = Party("jan")
    await jan.join(rooms, "d", READER, paraph=False)
    jan.type("x")
    jan.deliver()
    assert jan.told.denied == ["not_allowed: reader"]
    assert set(jan.told.order) <= {0, 1, 2}


async def test_a_role_holds_from_the_moment_it_is_given(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    eva.type("1")
    await saved(eva)
    rooms.set_role("d", "eva", READER)
    eva.type("2")
    eva.deliver()
    assert eva.told.refused[-1][:2] == (eva.sent, "not_allowed")
    rooms.set_role("d", "eva", Standing("submitter", True))
    rooms.set_role("d", "petr", Standing("", False))
    eva.deliver()
    petr.deliver()
    assert eva.told.roles == ["editor", "reader", "submitter"]
    assert (petr.told.roles[-1], petr.closed) == ("", (4403, "not a member any more"))
    assert rooms.people("d") == {"eva"}
    eva.say(protocol.sync_step_2(eva.doc.get_update()))
    await saved(eva)
    assert (await rooms.content("d")).plain == "Úvod12\n"


async def test_a_connection_for_reading_only_does_not_write_for_an_editor(rooms: Rooms) -> None:
    eva = Party("eva")
    eva._member = member = await rooms.join("d", "eva", EDITOR, eva, paraph=True, reads_only=True)
    rooms.receive(member, protocol.sync_update(typed("x")))
    assert eva.inbox[-1] == protocol.refused(1, "not_allowed", "editor")


def typed(words: str, client: int = 99) -> bytes:
    """An update of a stranger's replica: a new paragraph at the end."""
    stranger = Party("x", client)
    stranger.edit(lambda body: body.children.append(XmlElement("paragraph", {"id": f"s{client}"}, [XmlText(words)])))
    return stranger.doc.get_update()


async def test_what_was_typed_just_before_leaving_counts(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    eva.type(" a dost")
    eva.leave()
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.words == "Úvod a dost\n"


async def test_what_was_typed_before_the_role_was_taken_counts_and_nothing_after_it(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    eva.type(" ano")
    rooms.set_role("d", "eva", READER)
    eva.type(" ne")
    await saved(eva)
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.words == "Úvod ano\n"
    assert [refused[:2] for refused in eva.told.refused] == [(3, "not_allowed")]


async def test_nothing_is_called_saved_before_it_was_judged(rooms: Rooms) -> None:
    eva, _ = await pair(rooms)
    eva.type(" text")
    eva.say(protocol.sync_step_1(eva.doc.get_state()))
    eva.deliver()
    assert eva.told.saved[-1][1] == eva.sent - 1
    await saved(eva)
    assert eva.told.saved[-1][1] == eva.sent


async def test_an_update_that_breaks_the_room_harms_only_its_sender(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva, petr = await pair(rooms)
    read = update.read

    def breaks(data: bytes, *most: int) -> update.Update:
        if data == EMPTY:
            raise RuntimeError("a fault of ours")
        return read(data, *most)

    monkeypatch.setattr(update, "read", breaks)
    petr.say(protocol.sync_update(EMPTY))
    eva.type(" dál")
    await saved(eva)
    assert petr.closed == (1011, "internal error")
    assert (await rooms.content("d")).plain == "Úvod dál\n"


async def test_a_client_id_belongs_to_the_person_who_used_it_first(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await pair(rooms)
    eva.say(protocol.sync_update(typed("a", 99)))
    await saved(eva)
    petr.say(protocol.sync_update(typed("b " * 20, 99)))
    await saved(petr)
    assert petr.told.refused == [(2, "foreign_client", "99")]
    again = Party("eva", 99)
    await again.join(rooms, "d")
    again.type("!", 2)
    await saved(again)
    await rooms.close_all()
    reopened = Rooms(log, lambda: NOON)
    jan = Party("petr", 99)
    await jan.join(reopened, "d")
    jan.type("?", 2)
    await saved(jan)
    assert jan.told.refused[-1][1] == "foreign_client"
    await reopened.close_all()


@pytest.mark.parametrize(
    ("update", "code"),
    [
        (b"\x80\x80\x80\x80\x02", "too_large"),
        (b"", "malformed"),
        (b"\x01" * 64, "malformed"),
        (bytes(4 * 1024 * 1024 + 1), "too_large"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_its_code(rooms: Rooms, update: bytes, code: str) -> None:
    eva, petr = await pair(rooms)
    eva.say(protocol.sync_update(update))
    await saved(eva)
    assert [refused[:2] for refused in eva.told.refused] == [(2, code)]
    eva.type(" dál")
    await saved(eva)
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.words == "Úvod dál\n"


async def test_a_name_outside_the_schema_never_comes_in(rooms: Rooms, log: MemoryLog) -> None:
    eva, _ = await pair(rooms)
    before = log.appends
    eva.edit(lambda body: body.children.append(XmlElement("iframe", {"src": "x"})))
    await saved(eva)
    assert eva.told.refused == [(2, "bad_schema", "node iframe")]
    assert log.appends == before


async def test_presence_is_seen_by_the_others_and_goes_with_its_member(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    eva.type("x")
    await saved(eva)
    mine = eva.doc.client_id
    eva.say(protocol.presence([State(mine, 1, '{"cursor":1}')]))
    petr.say(protocol.presence([State(mine, 9, '{"cursor":666}'), State(mine, 9, "null")]))
    petr.deliver()
    assert petr.presence == {mine: State(mine, 1, '{"cursor":1}')}
    late = Party("jan")
    await late.join(rooms, "d")
    assert set(late.presence) == {mine}
    late.presence.clear()
    late.say(b"\x03")
    late.deliver()
    assert set(late.presence) == {mine}
    eva.leave()
    petr.deliver()
    assert petr.presence == {}


async def test_nobody_takes_the_client_id_that_a_colleagues_presence_shows(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    mine = eva.doc.client_id
    eva.say(protocol.presence([State(mine, 1, '{"cursor":1}')]))
    petr.deliver()
    assert set(petr.presence) == {mine}
    petr.say(protocol.sync_update(typed("cizí ", mine)))
    await saved(petr)
    assert petr.told.refused == [(2, "foreign_client", str(mine))]
    eva.type("vlastní")
    await saved(eva)
    assert eva.told.refused == []
    assert (await rooms.content("d")).plain == "Úvodvlastní\n"


async def test_what_is_no_message_is_malformed_and_a_foreign_kind_is_passed_over(rooms: Rooms) -> None:
    eva, _ = await pair(rooms)
    for message in (b"", b"\x00", b"\x00\x07", b"\x01\xff", b"\x00\x00" + write_bytes(b"\x80\x80\x80\x80\x02")):
        with pytest.raises(Malformed):
            eva.say(message)
    eva.say(b"\x08\x01\x02")
    eva.say(b"\x7f")
