"""Two processes on one log: what the order of the log makes of it, with a bell and without."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from collab import protocol
from collab.awareness import GONE, State
from collab.drafts.shared_rooms import SharedRooms
from collab.errors import PlaceLost
from collab.history.compactor import Compactor, InThread
from collab.journal.past import Past
from collab.journal.ports import Log
from collab.update import read_vector
from review.errors import Unavailable
from review.thread import Anchor
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.memory_shelf import MemoryShelf
from tests.collab.party import READER, Party
from tests.collab.test_room import saved
from tests.collab.test_room import until as it_is


@dataclass(slots=True)
class Wires:
    """`collab.room.ports.Bell` to the other processes of a test. `deaf` rings nowhere."""

    name: str
    others: list[SharedRooms] = field(default_factory=list)
    deaf: bool = False

    def ring(self, document: str, seq: int) -> None:
        for rooms in self._heard():
            rooms.heard(document, seq)

    def say(self, document: str, person: str, states: Sequence[State]) -> None:
        for rooms in self._heard():
            rooms.relay(document, self.name, person, states)

    def ask(self, document: str) -> None:
        for rooms in self._heard():
            rooms.say_all(document)

    def _heard(self) -> list[SharedRooms]:
        return [] if self.deaf else self.others


@dataclass(slots=True)
class Two:
    log: MemoryLog
    shelf: MemoryShelf
    one: SharedRooms
    other: SharedRooms
    bells: tuple[Wires, Wires]

    def deafen(self) -> None:
        for bell in self.bells:
            bell.deaf = True


def node(log: Log, bell: Wires, shelf: MemoryShelf) -> SharedRooms:
    return SharedRooms(log, lambda: NOON, bell, shelf=shelf)


@asynccontextmanager
async def two_on(log: MemoryLog) -> AsyncIterator[Two]:
    bells = (Wires("1"), Wires("2"))
    shelf = MemoryShelf()
    one, other = node(log, bells[0], shelf), node(log, bells[1], shelf)
    bells[0].others, bells[1].others = [other], [one]
    await one.create("d", content("Úvod", ""), "eva")
    yield Two(log, shelf, one, other, bells)
    await one.close_all()
    await other.close_all()


async def until(true: Callable[[], object], *parties: Party) -> None:
    """Meanwhile these read what comes."""

    def done() -> object:
        for party in parties:
            party.deliver()
        return true()

    await it_is(done)


def clocks(party: Party) -> dict[int, int]:
    return read_vector(party.doc.get_state())


@pytest.fixture
async def two(log: MemoryLog) -> AsyncIterator[Two]:
    async with two_on(log) as two:
        yield two


async def test_what_one_writes_comes_to_the_other_in_one_frame(two: Two) -> None:
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.type(" psaný")
    eva.type(" jedním dechem")
    before = petr.frames
    await until(lambda: "dechem" in petr.words, petr)
    assert petr.frames == before + 1
    petr.type(" a zpět")
    await until(lambda: "zpět" in eva.words, eva)
    await saved(eva)
    await saved(petr)
    assert eva.words == petr.words
    assert clocks(eva) == clocks(petr)


async def test_both_write_at_the_same_place_and_the_log_settles_it(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    for at in range(20):
        eva.type(f" e{at}")
        petr.type(f" p{at}")
        await asyncio.gather(saved(eva), saved(petr))
    two.one.look_everywhere()
    two.other.look_everywhere()
    await until(lambda: eva.words == petr.words, eva, petr)
    assert clocks(eva) == clocks(petr)
    for at in range(20):
        assert f" e{at}" in eva.words
        assert f" p{at}" in eva.words
    assert (eva.told.refused, petr.told.refused) == ([], [])


async def test_a_client_id_is_its_first_user_s_whichever_process_was_asked(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva", client=77), Party("petr", client=77)
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.type(" moje")
    await saved(eva)
    petr.type(" taky moje")
    await until(lambda: petr.told.refused, petr)
    assert petr.told.refused[0][1] == "foreign_client"
    assert "taky" not in (await two.one.content("d")).plain


async def test_who_changes_over_goes_on_without_being_asked_for_the_whole(two: Two) -> None:
    two.deafen()
    reader, eva = Party("petr"), Party("eva")
    await reader.join(two.other, "d", READER)
    await eva.join(two.one, "d")
    eva.type(" na první")
    await saved(eva)
    eva.leave()
    await eva.join(two.other, "d")
    asked = eva.told.order.count(0)
    eva.type(" na druhé")
    await saved(eva)
    assert "na první na druhé" in (await two.other.content("d")).plain
    await until(lambda: "na první na druhé" in reader.words, reader)
    assert eva.told.order.count(0) <= asked + 2  # what was written before, and nothing else


async def test_a_service_of_one_process_sees_what_the_other_reported_saved(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    await two.other.content("d")
    eva.type(" právě uloženo")
    await saved(eva)
    assert "právě uloženo" in (await two.other.content("d")).plain
    assert await two.other.digest("d") == await two.one.digest("d")


@pytest.mark.parametrize("deaf", [True, False])
async def test_a_service_of_one_process_tells_who_wrote_what_the_other_reported_saved(two: Two, deaf: bool) -> None:
    """Also where nobody is in the draft, whose rings are not heard then."""
    if deaf:
        two.deafen()
    before, _ = await two.other.authorship("d")
    petr = Party("petr")
    await petr.join(two.one, "d")
    petr.type(" právě uloženo")
    await saved(petr)
    seq, blocks = await two.other.authorship("d")
    assert seq > before
    assert (seq, blocks) == await two.one.authorship("d")
    assert [run.by for run in blocks[0].runs] == ["eva", "petr"]
    latest = (await two.other.history("d"))[0]
    assert (latest.seq, latest.authors) == (seq, ("petr",))


async def test_an_edit_of_the_server_is_made_on_what_the_log_says(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.type(" pasáž")
    await saved(eva)
    anchor = Anchor("p0", 5, 10, "pasáž", "", "")
    await two.other.edit("d", "petr", lambda draft: draft.mark_comment(anchor, "c1"))
    with pytest.raises(PlaceLost):
        await two.other.edit("d", "petr", lambda draft: draft.mark_comment(Anchor("pryč", 0, 1, "x", "", ""), "c2"))


async def test_a_log_that_does_not_answer_is_no_fresh_content(two: Two) -> None:
    eva = Party("eva")
    await eva.join(two.one, "d")
    await two.one.content("d")
    two.log.mute = True
    with pytest.raises(Unavailable):
        await two.one.content("d")


async def test_after_an_outage_in_which_the_other_wrote_first_edits_are_saved_again(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    petr.type(" začátek")
    await saved(petr)
    two.log.down = True
    petr.type(" čeká")
    await until(lambda: two.log.refused, petr)
    petr.type(" odmítnuto")
    await until(lambda: petr.told.refused, petr)
    two.log.down = False
    eva.type(" první")
    await saved(eva)
    await saved(petr)
    two.one.look_everywhere()
    await until(lambda: "čeká" in eva.words and "odmítnuto" in eva.words, eva, petr)
    petr.type(" a dál")
    await saved(petr)
    assert "a dál" in (await two.one.content("d")).plain


def cursor(client: int, clock: int, said: str) -> bytes:
    return protocol.presence([State(client, clock, said)])


async def test_cursors_are_seen_across_processes_and_go_with_their_owner(two: Two) -> None:
    eva, petr, late = Party("eva", client=5), Party("petr"), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.say(cursor(5, 1, '{"user":{"name":"Eva","id":"nekdo"}}'))
    petr.deliver()
    assert petr.presence[5].said == '{"user":{"name":"Eva","id":"eva"}}'
    await late.join(two.other, "d")
    assert 5 in late.presence
    eva.leave()
    petr.deliver()
    assert petr.presence == {}


async def test_who_comes_to_a_document_is_told_who_is_there_elsewhere(two: Two) -> None:
    eva, petr = Party("eva", client=5), Party("petr")
    await eva.join(two.one, "d")
    eva.say(cursor(5, 1, '{"at":1}'))
    await petr.join(two.other, "d")
    petr.deliver()
    assert 5 in petr.presence


async def test_nobody_speaks_for_the_client_of_another_across_processes(two: Two) -> None:
    eva, petr = Party("eva", client=5), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.type(" moje")
    await saved(eva)
    eva.say(cursor(5, 1, '{"at":1}'))
    petr.say(cursor(5, 9, '{"at":"jinde"}'))
    petr.say(cursor(5, 9, GONE))
    eva.deliver()
    assert eva.presence == {}
    petr.deliver()
    assert petr.presence[5].said == '{"at":1}'


async def test_who_changes_over_stays_visible_when_the_old_connection_is_found_dead(two: Two) -> None:
    eva, petr = Party("eva", client=5), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.say(cursor(5, 1, '{"at":1}'))
    again = Party("eva", client=5)
    await again.join(two.other, "d")
    again.say(cursor(5, 1, '{"at":1}'))
    eva.leave()
    petr.deliver()
    assert 5 in petr.presence


async def test_the_cursors_of_a_process_that_is_gone_go_with_it(two: Two) -> None:
    eva, petr = Party("eva", client=5), Party("petr")
    await eva.join(two.one, "d")
    await petr.join(two.other, "d")
    eva.say(cursor(5, 1, '{"at":1}'))
    petr.deliver()
    assert 5 in petr.presence
    two.other.forget("".join(["1"]))
    petr.deliver()
    assert petr.presence == {}


async def test_what_is_compacted_before_it_was_followed_is_taken_over_whole(two: Two) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await petr.join(two.other, "d")
    await eva.join(two.one, "d")
    compactor = Compactor(Past(two.log, two.shelf), InThread(), lambda document, pressed: None)
    for word in (" jedna", " dvě", " tři"):
        petr.type(word)
        await saved(petr)
        await compactor.compact("d")
    assert two.log.streams["draft/d"][0].seq > 2
    two.one.look_everywhere()
    await until(lambda: eva.words == petr.words, eva)
    eva.type(" a dál")
    await saved(eva)
    two.other.look_everywhere()
    await until(lambda: eva.words == petr.words, petr)
    assert clocks(eva) == clocks(petr)
    assert eva.told.refused == []


@pytest.mark.parametrize("late", [1, 3])
async def test_an_entry_that_a_database_shows_late_is_not_passed_over(two: Two, late: int) -> None:
    two.deafen()
    eva, petr = Party("eva"), Party("petr")
    await petr.join(two.other, "d")
    await eva.join(two.one, "d")
    for word in (" jedna", " dvě", " tři"):
        petr.type(word)
        await saved(petr)
    two.log.late = late
    following = asyncio.create_task(two.one.follow(lambda: 0.0))
    await until(lambda: eva.words == petr.words, eva)
    following.cancel()
    assert two.log.late == 0


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_lost_between_them_all_end_equal(seed: int) -> None:
    """Writers change over at random, the bell is deaf half the time, storage fails now and then."""
    chance, log = random.Random(seed), MemoryLog()
    async with two_on(log) as two:
        nodes = (two.one, two.other)
        parties = [Party(f"p{at}") for at in range(4)]
        for party in parties:
            await party.join(chance.choice(nodes), "d")
        for step in range(60):
            party = chance.choice(parties)
            for bell in two.bells:
                bell.deaf = chance.random() < 0.5
            log.down = chance.random() < 0.1
            log.forgetful = int(chance.random() < 0.1)
            await _one_step(chance, party, nodes, f"<{party.person}.{step}>")
        log.down = False
        for rooms in nodes:
            rooms.look_everywhere()
        following = [asyncio.create_task(rooms.follow(lambda: 0.0)) for rooms in nodes]
        await until(lambda: len({party.words for party in parties}) == 1 and all(map(_settled, parties)), *parties)
        for task in following:
            task.cancel()
        assert all(clocks(party) == clocks(parties[0]) for party in parties)
        assert (await two.one.content("d")) == (await two.other.content("d"))


async def _one_step(chance: random.Random, party: Party, nodes: Sequence[SharedRooms], word: str) -> None:
    if chance.random() < 0.2:
        party.leave()
        await party.join(chance.choice(nodes), "d")
    else:
        party.type(word)
    if chance.random() < 0.5:
        party.deliver()
    for _ in range(chance.randrange(4)):
        await asyncio.sleep(0)


def _settled(party: Party) -> bool:
    return bool(party.told.saved) and party.told.saved[-1][1] == party.sent
