from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from pycrdt import XmlElement

from collab import protocol
from collab.awareness import State
from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import NotSaved
from collab.room.member import CHECKED_EVERY, MOST_BEHIND
from review.content import Content, content_hash, to_json
from review.thread import Anchor
from tests.collab.conftest import NOON
from tests.collab.memory_log import MemoryLog
from tests.collab.party import Party
from tests.collab.test_room import pair, saved, typed, until


async def test_a_reader_that_cannot_keep_up_is_dropped_and_resyncs(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    petr.waiting = MOST_BEHIND + 1
    eva.type("x" * CHECKED_EVERY)
    await saved(eva)
    assert petr.closed == (1012, "too slow")
    assert rooms.people("d") == {"eva"}
    again = Party("petr")
    await again.join(rooms, "d")
    assert again.words == f"Úvod{'x' * CHECKED_EVERY}\n"


async def test_however_many_cannot_keep_up_the_others_go_on_and_are_told_once(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collab.awareness.MOST_STATES", 1000)
    eva, petr = await pair(rooms)
    slow = [Party(f"p{at}", 1000 + at) for at in range(600)]
    for party in slow:
        await party.join(rooms, "d")
        party.say(protocol.presence([State(1000 + int(party.person[1:]), 1, "{}")]))
    for party in slow:
        party.waiting, party.member.unchecked = MOST_BEHIND + 1, CHECKED_EVERY
    petr.deliver()
    eva.type(" dál")
    await saved(eva)
    assert {party.closed for party in slow} == {(1012, "too slow")}
    assert rooms.people("d") == {"eva", "petr"}
    assert [message[0] for message in petr.inbox] == [0, 1]
    petr.deliver()
    assert (petr.words, petr.closed, petr.presence) == ("Úvod dál\n", None, {})


async def test_when_storage_fails_nothing_is_lost_and_it_recovers(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await pair(rooms)
    log.down = True
    eva.type("drženo ")
    await until(lambda: eva.inbox)
    eva.deliver()
    assert eva.told.refused == [(0, "not_saved", "disk_full")]
    assert petr.told.refused == []
    eva.type("a dál")
    await until(lambda: eva.inbox)
    eva.deliver()
    assert eva.told.refused[-1] == (eva.sent, "not_saved", "disk_full")
    assert eva.member.receipts.dealt == 1
    with pytest.raises(NotSaved):
        await rooms.edit("d", "eva", lambda draft: draft.unmark_comment("c"))
    log.down = False
    await saved(eva)
    assert eva.told.saved[-1][1] == eva.sent
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.words == eva.words
    assert (await rooms.content("d")).plain == eva.words


async def test_an_answer_that_was_lost_writes_nothing_twice(rooms: Rooms, log: MemoryLog) -> None:
    eva, _ = await pair(rooms)
    log.forgetful = 1
    eva.type("jednou")
    await saved(eva)
    assert (await rooms.content("d")).plain == "Úvodjednou\n"
    assert len(log.streams["draft/d"]) == 2


async def test_storage_that_came_back_with_another_processs_entries_takes_edits_again(
    log: MemoryLog, rooms: Rooms
) -> None:
    other = Rooms(log, lambda: NOON)
    eva, _ = await pair(rooms)
    log.down = True
    eva.type("drženo ")
    await until(lambda: log.refused)
    log.down = False
    await other.edit("d", "jan", lambda draft: draft.replace_passage(Anchor("p1", 0, 0, ""), "jinde"))
    await saved(eva)
    await rooms.edit("d", "jan", lambda draft: draft.replace_passage(Anchor("p1", 0, 0, ""), "a zde "))
    assert (await rooms.content("d")).plain.endswith("a zde jinde")
    await other.close_all()


async def test_another_processs_entries_are_followed_before_ones_own_is_judged(log: MemoryLog, rooms: Rooms) -> None:
    other = Rooms(log, lambda: NOON)
    eva, petr = Party("eva"), Party("petr")
    await eva.join(rooms, "d")
    await petr.join(other, "d")
    eva.type(" jedna")
    await saved(eva)
    petr.say(protocol.sync_update(typed("dvě", 99)))
    await saved(petr)
    assert petr.words == "Úvod jedna\n"
    eva.say(protocol.sync_update(typed("tři a víc", 99)))
    await until(lambda: eva.inbox and eva.inbox[-1][0] == 101)
    eva.deliver()
    assert eva.told.refused[-1][1] == "foreign_client"
    here, there = await rooms.content("d"), await other.content("d")
    assert to_json(here) == to_json(there)
    await other.close_all()


async def test_the_servers_edits_go_the_same_way(rooms: Rooms, log: MemoryLog) -> None:
    eva, petr = await pair(rooms)
    await rooms.mark("d", "jan", lambda draft: draft.mark_comment(Anchor("p0", 0, 4, "Úvod"), "c1"))
    await rooms.edit("d", "jan", lambda draft: draft.replace_passage(Anchor("p0", 0, 4, "Úvod"), "Závěr"))
    eva.deliver()
    petr.deliver()
    assert eva.words == petr.words == "Závěr\n"
    moments = await rooms.history("d")
    assert [(moment.authors, moment.server) for moment in moments] == [(("jan",), True), (("eva",), True)]
    before = log.appends
    assert await rooms.settle("d", "jan") == await rooms.content("d")
    assert log.appends == before


async def test_edits_of_the_server_and_of_people_at_once_all_stay(rooms: Rooms) -> None:
    eva, _ = await pair(rooms)

    def add(word: str) -> Callable[[Draft], None]:
        return lambda draft: draft.replace_passage(Anchor("p0", 0, 0, ""), word)

    edits = [asyncio.create_task(rooms.edit("d", "jan", add(f"{at}."))) for at in range(5)]
    for edit in edits:
        eva.type("+")
        await edit
    await saved(eva)
    text = (await rooms.content("d")).plain
    assert sorted(sign for sign in text if sign.isdigit()) == list("01234")
    assert text.count("+") == 5
    eva.deliver()
    assert eva.words == text


async def test_the_server_cannot_bring_in_what_the_schema_does_not_know(rooms: Rooms) -> None:
    def spoil(draft: Draft) -> None:
        with draft._editing():
            draft._body.children.append(XmlElement("iframe"))

    with pytest.raises(Exception, match="iframe"):
        await rooms.edit("d", "jan", spoil)
    assert (await rooms.content("d")).plain == "Úvod\n"


def same(one: Content, other: Content) -> bool:
    return content_hash(one) == content_hash(other)


async def test_any_moment_can_be_seen_and_brought_back(rooms: Rooms) -> None:
    eva, _ = await pair(rooms)
    first = await rooms.content("d")
    eva.type(" a konec")
    await saved(eva)
    seq = (await rooms.digest("d")).seq
    assert same(await rooms.content_at("d", 1), first)
    assert same(await rooms.content_at("d", seq), await rooms.content("d"))
    await rooms.restore("d", 1, "jan")
    assert same(await rooms.content("d"), first)
    assert (await rooms.history("d"))[0].authors == ("jan",)
    eva.deliver()
    assert eva.words == "Úvod\n"
