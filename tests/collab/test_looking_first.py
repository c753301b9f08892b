"""What a room asks the log before it judges, and what becomes of it where that goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from collab import protocol
from review.errors import Trouble, Unavailable
from tests.collab.memory_log import MemoryLog
from tests.collab.party import Party
from tests.collab.test_room import saved
from tests.collab.test_room import until as it_is
from tests.collab.test_shared_rooms import Two, two_on, until


@pytest.fixture
async def two(log: MemoryLog) -> AsyncIterator[Two]:
    async with two_on(log) as two:
        yield two


async def test_what_lacks_something_for_ever_is_dealt_with_where_the_log_is_asked_first(two: Two) -> None:
    eva, stranger = Party("eva"), Party("x", client=5)
    await eva.join(two.one, "d")
    stranger.doc.apply_update(eva.doc.get_update())
    stranger.type("neznámé")
    seen = stranger.doc.get_state()
    stranger.type("navazuje")
    for _ in range(4):
        eva.say(protocol.sync_step_2(stranger.doc.get_update(seen)))
    await it_is(lambda: eva.member.receipts.dealt == eva.sent == 5)
    eva.inbox = [message for message in eva.inbox if message[0] == 101]
    eva.deliver()
    assert [code for _, code, _ in eva.told.refused] == ["malformed"] * 4


async def test_a_whole_for_which_no_more_may_wait_is_refused_with_what_waited_for_it(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = Party("eva")
    await eva.join(two.one, "d")
    speak, eva.speak = eva.speak, lambda message: None
    eva.type("ztraceno ")
    eva.speak, eva.sent = speak, 1
    eva.type("přišlo")
    await it_is(lambda: eva.inbox)
    monkeypatch.setattr("collab.room.shared_room.LONGEST_QUEUE", 0)
    eva.deliver()
    assert [(n, code) for n, code, _ in eva.told.refused] == [(2, "slow_down"), (3, "slow_down")]
    assert eva.member.receipts.dealt == eva.sent == 3


async def test_who_waits_for_a_look_that_breaks_has_an_answer(two: Two) -> None:
    two.deafen()
    eva = Party("eva", client=77)
    await eva.join(two.one, "d")
    await saved(eva)
    await it_is(lambda: not two.one._journal._writes)
    two.log.garbled = 1
    eva.type(" dál")
    await saved(eva)
    two.log.garbled = 1
    with pytest.raises(Unavailable) as broken:
        await two.one.content("d")
    assert broken.value.trouble == Trouble.BROKEN
    assert (await two.one.content("d")).plain == eva.words == "Úvod dál\n"


async def test_who_was_overtaken_by_what_cannot_be_read_at_once_is_written_in_the_end(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.type(" dál")
    await saved(eva)
    await it_is(lambda: not two.one._journal._writes)
    petr.type(" jinde")
    await saved(petr)
    two.log.garbled = 1
    eva.type(" a dál")
    await until(lambda: eva.told.refused, eva)
    assert eva.told.refused == [(0, "not_saved", "storage_broken")]
    await saved(eva)
    assert (await two.one.content("d")) == (await two.other.content("d"))
