"""What is laborious to judge, in a room: aside, charged, and what is too dear is refused."""

from __future__ import annotations

import pytest

from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.judging.order import ASIDE, AT_ONCE
from collab.judging.places import Places
from collab.judging.siblings import Laborious
from collab.protocol import sync_update
from collab.room.pace import A_SECOND, ALWAYS, Pace
from collab.update import Content, read
from tests.collab.party import Party
from tests.collab.test_order import begun, formats, office, sign, written
from tests.collab.test_room import saved, until


def test_a_small_update_that_is_laborious_is_not_judged_where_others_wait() -> None:
    judged = office(begun("ab"), *(written(client, 0, [sign((1, 2), (1, 3))]) for client in range(10, 1300)))
    update = written(5000, 0, [sign((1, 2), (1, 3))])
    places = Places.of(read(Draft(judged.updates).since()))
    with pytest.raises(Laborious):
        places.judge(read(update), AT_ONCE)
    work = places.judge(read(update), ASIDE).work
    assert 1290 <= work < 1300
    assert places.judge(read(update), AT_ONCE).work == work


def test_what_is_typed_within_a_moment_is_not_laborious_altogether() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.rested
    for _ in range(4):
        pace.spend(3000)
    assert not pace.rested
    assert pace.left() == ALWAYS
    now[0] += 0.02
    assert pace.left() == -2000 + 0.02 * A_SECOND
    now[0] += 1
    assert pace.left() == AT_ONCE.ours
    assert pace.rested


async def test_small_updates_that_are_laborious_altogether_come_in_one_after_another(rooms: Rooms) -> None:
    eva = Party("eva", 1)
    await eva.join(rooms, "d")
    eva.type("ab")
    [typed] = [one for one in read(eva.doc.get_update()).structs if one.content is Content.TEXT and one.client == 1]
    left, right = (1, typed.clock), (1, typed.clock + 1)
    eva.say(sync_update(formats(400, left, right)))
    for clock in range(60):
        eva.say(sync_update(written(9, clock, [sign(left, right)])))
    await saved(eva)
    assert eva.told.refused == []
    assert eva.member.spent > 0
    assert (await rooms.content("d")).plain.count("x") == 60


async def test_such_an_update_comes_in_and_is_charged_and_one_too_dear_is_refused(rooms: Rooms) -> None:
    eva, petr = Party("eva", 1), Party("petr")
    for party in (eva, petr):
        await party.join(rooms, "d")
    eva.type("ab")
    [typed] = [one for one in read(eva.doc.get_update()).structs if one.content is Content.TEXT and one.client == 1]
    left, right = (1, typed.clock), (1, typed.clock + 1)
    eva.say(sync_update(formats(1500, left, right)))
    await saved(eva)
    spent = eva.member.spent
    eva.say(sync_update(written(9, 0, [sign(left, right)] * 3)))
    await saved(eva)
    assert eva.told.refused == []
    assert eva.member.spent > spent
    eva.say(sync_update(written(9, 3, [sign(left, right)] * 1000)))
    await saved(eva)
    assert [code for _, code, _ in eva.told.refused] == ["too_large"]
    await until(lambda: petr.inbox)
    petr.deliver()
    assert petr.words.count("x") == 3
