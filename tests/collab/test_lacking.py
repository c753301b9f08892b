"""Updates that follow something which is not here: the client is asked for the whole, so often and no more."""

from __future__ import annotations

from collab import protocol
from collab.drafts.rooms import Rooms
from collab.room.member import MOST_LACKING
from tests.collab.party import READER, Party
from tests.collab.test_room import pair, saved, until


async def test_an_update_that_skips_something_is_answered_by_the_servers_vector(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    speak, eva.speak = eva.speak, lambda message: None
    eva.type("ztraceno ")
    eva.speak = speak
    sent = eva.sent = 1
    eva.type("přišlo")
    eva.type("!")
    await until(lambda: eva.inbox)
    assert eva.member.receipts.dealt == sent
    assert eva.inbox == [protocol.sync_step_1(petr.doc.get_state())]
    eva.deliver()
    await saved(eva)
    assert eva.told.refused == []
    assert eva.told.saved[-1][1] == eva.sent == 4
    assert (await rooms.content("d")).plain == "Úvodztraceno přišlo!\n"


async def test_a_client_that_never_brings_what_it_refers_to_is_refused_in_the_end(rooms: Rooms) -> None:
    eva = Party("eva")
    await eva.join(rooms, "d")
    stranger = Party("x", 5)
    stranger.doc.apply_update(eva.doc.get_update())
    stranger.type("neznámé")
    seen = stranger.doc.get_state()
    stranger.type("navazuje")
    hole = stranger.doc.get_update(seen)
    for _ in range(3):
        eva.say(protocol.sync_step_2(hole))
    assert (eva.member.receipts.dealt, refused_to(eva)) == (1, [])
    eva.say(protocol.sync_step_2(hole))
    assert refused_to(eva) == [(n, "malformed") for n in (2, 3, 4, 5)]
    eva.say(protocol.sync_step_2(hole))
    assert refused_to(eva)[4:] == [(6, "malformed")]
    assert eva.member.receipts.dealt == eva.sent == 6


def refused_to(party: Party) -> list[tuple[int, str]]:
    """What a party that answers nothing was refused."""
    party.inbox = [message for message in party.inbox if message[0] == 101]
    party.deliver()
    return [(n, code) for n, code, _ in party.told.refused]


async def test_a_thousand_updates_wait_for_a_whole_and_no_more(rooms: Rooms) -> None:
    eva, petr = await pair(rooms)
    speak, eva.speak = eva.speak, lambda message: None
    eva.type("ztraceno ")
    eva.speak = speak
    sent = eva.sent = 1
    for _ in range(MOST_LACKING + 1):
        eva.type("x")
    await until(lambda: len(eva.inbox) > 1)
    refused = protocol.refused(sent + MOST_LACKING + 1, "malformed", "refers to what nobody has")
    assert eva.inbox == [protocol.sync_step_1(petr.doc.get_state()), refused]
    assert (eva.member.receipts.lacking, eva.member.receipts.dealt) == (MOST_LACKING, sent)
    await saved(eva)
    assert eva.member.receipts.lacking == 0
    assert (await rooms.content("d")).plain == f"Úvodztraceno {'x' * (MOST_LACKING + 1)}\n"


async def test_what_waits_for_a_whole_that_is_refused_is_refused_with_it(rooms: Rooms) -> None:
    eva = Party("eva")
    await eva.join(rooms, "d")
    speak, eva.speak = eva.speak, lambda message: None
    eva.type("ztraceno ")
    eva.speak, eva.sent = speak, 1
    eva.type("přišlo")
    await until(lambda: eva.inbox)
    rooms.set_role("d", "eva", READER)
    eva.deliver()
    assert [(n, code) for n, code, _ in eva.told.refused] == [(2, "not_allowed"), (3, "not_allowed")]
    assert eva.member.receipts.dealt == eva.sent == 3
