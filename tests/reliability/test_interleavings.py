"""Several clients, a failing disk, lost connections, changing roles: every connected replica is the journal."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import NotSaved
from collab.history.compactor import Compactor, InThread
from collab.journal.past import Past
from review.thread import Anchor
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.memory_shelf import MemoryShelf
from tests.collab.party import EDITOR, READER, Party
from tests.collab.replayed import replayed
from tests.collab.test_room import until
from tests.reliability.looped import Looped, until_quiet
from tests.reliability.soak import of

PEOPLE = st.integers(0, 3)


class Together(Looped):
    """Person 3 is sometimes only a reader. `words` were typed on open connections; none reported saved is ever lost."""

    def __init__(self) -> None:
        super().__init__()
        self.log, self.shelf = MemoryLog(), MemoryShelf()
        self.past = Past(self.log, self.shelf)
        self.rooms = self._opened()
        self.parties = [Party(f"person{at}", 1000 + at) for at in range(4)]
        self.standing = EDITOR
        self.written = 0
        self.words: list[tuple[Party, int, str]] = []

    def _opened(self) -> Rooms:
        return Rooms(self.log, lambda: NOON, shelf=self.shelf)

    @initialize()
    def begin(self) -> None:
        self.run(self.rooms.create("d", content("Úvod", "Dál"), "person0"))
        for party in self.parties:
            self.join(party)

    def join(self, party: Party) -> None:
        """What was told counts for one connection."""
        party.told.saved.clear()
        party.told.refused.clear()
        self.run(party.join(self.rooms, "d", self._standing(party)))

    @property
    def connected(self) -> list[Party]:
        return [party for party in self.parties if party._member is not None]

    def _standing(self, party: Party) -> Any:
        return self.standing if party is self.parties[3] else EDITOR

    @rule(who=PEOPLE, block=st.integers(0, 1))
    def type(self, who: int, block: int) -> None:
        party = self.parties[who]
        self.written += 1
        word = f"<{self.written}>"
        self.act(lambda: party.type(word, block))
        if party._member is not None:
            self.words.append((party, party.sent, word))

    @rule(who=PEOPLE)
    def cut(self, who: int) -> None:
        self.act(lambda: _cut(self.parties[who]))

    @rule(who=PEOPLE)
    def read_what_came(self, who: int) -> None:
        if self.parties[who]._member is not None:
            self.act(self.parties[who].deliver)

    @rule(turns=st.integers(1, 30))
    def pass_time(self, turns: int) -> None:
        self.wait(turns)

    @rule(who=PEOPLE)
    def lose_the_connection(self, who: int) -> None:
        party = self.parties[who]
        if party._member is not None:
            self.act(party.leave)
            self.words = [each for each in self.words if each[0] is not party]

    @rule(who=PEOPLE)
    def come_back(self, who: int) -> None:
        party = self.parties[who]
        if party._member is None:
            self.join(party)

    @rule(down=st.booleans())
    def storage(self, down: bool) -> None:
        self.log.down = down

    @rule()
    def lose_an_answer(self) -> None:
        self.log.forgetful = 1

    @rule(reads=st.booleans())
    def change_a_role(self, reads: bool) -> None:
        self.standing = READER if reads else EDITOR
        self.act(lambda: self.rooms.set_role("d", "person3", self.standing))

    @precondition(lambda self: not self.log.down)
    @rule()
    def restart_the_server(self) -> None:
        for party in self.connected:
            self.act(party.leave)
        self.words.clear()
        self.run(self.rooms.close_all(0.05))
        self.rooms = self._opened()

    @precondition(lambda self: not self.log.down)
    @rule()
    def compact(self) -> None:
        """As another process does it: the room hears nothing of it."""
        self.run(Compactor(self.past, InThread(), lambda document, pressed: None).compact("d"))

    @rule()
    def compact_here(self) -> None:
        self.act(lambda: self.rooms.grown("d"))
        self.run(until(lambda: not self.rooms.compacting))

    @precondition(lambda self: not self.log.down)
    @rule()
    def somebody_writes_by_another_process(self) -> None:
        self.run(self._write_elsewhere())

    async def _write_elsewhere(self) -> None:
        self.written += 1
        word = f"[{self.written}]"
        other = self._opened()
        await other.edit("d", "jan", lambda draft: draft.replace_passage(Anchor("p1", 0, 0, ""), word))
        await other.close_all(0.05)

    @invariant()
    def nothing_reported_saved_is_missing_from_the_journal(self) -> None:
        text = self.journal().content().plain
        refused = {(party, n) for party in self.parties for n, _, _ in party.told.refused}
        for party, n, word in self.words:
            if party.told.saved and party.told.saved[-1][1] >= n and (party, n) not in refused:
                assert word in text

    def journal(self) -> Draft:
        return self.run(replayed(self.past, "d"))

    def teardown(self) -> None:
        try:
            if "draft/d" in self.log.streams:
                self.settle()
        finally:
            self.run(self.rooms.close_all(0.05))
            self.loop.close()

    def settle(self) -> None:
        """Everything works again: who is connected has what the journal has, then everybody who comes anew."""
        self.log.down, self.log.forgetful = False, 0
        self.run(_until_written(self.rooms, "konec"))
        self.run(until_quiet(self.connected, _unsettled))
        for party in self.connected:
            assert all(party.clocks.get(client, 0) >= clock for client, clock in self.journal().clocks().items())
        self.all_have_the_journal([party for party in self.connected if not party.told.refused])
        for party in self.connected:
            self.act(party.leave)
        for party in self.parties:
            self.join(party)
        self.run(until_quiet(self.parties, _unsettled))
        self.all_have_the_journal(self.parties if self.standing is EDITOR else self.parties[:3])

    def all_have_the_journal(self, parties: list[Party]) -> None:
        """Word for word. Who was refused something has that besides."""
        journal = self.journal()
        for party in parties:
            assert party.words == journal.content().plain
            assert party.clocks == journal.clocks()


def _cut(party: Party) -> None:
    with party.doc.transaction():
        text = party.text()
        if len(text) > 40:
            del text[0:1]


async def _until_written(rooms: Rooms, word: str) -> None:
    """The room hears at the latest when it writes what other processes wrote before."""
    async with asyncio.timeout(10):
        while True:
            try:
                await rooms.edit("d", "jan", lambda draft: draft.replace_passage(Anchor("p1", 0, 0, ""), word))
            except NotSaved:
                await asyncio.sleep(0.02)
            else:
                return


def _unsettled(party: Party) -> bool:
    return party.member.unsaved or party.member.receipts.dealt < party.sent


TestTogether = Together.TestCase
TestTogether.settings = settings(max_examples=of(1_000, at_least=15), stateful_step_count=40, deadline=None)
