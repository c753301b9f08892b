"""Two to five clients whose messages are lost, late, out of order or doubled: what is kept is still one document."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from collab import protocol
from collab.drafts.rooms import Rooms
from collab.journal.past import Past
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.memory_shelf import MemoryShelf
from tests.collab.party import EDITOR, READER, Party
from tests.collab.replayed import replayed
from tests.collab.test_room import until
from tests.reliability.looped import Looped, until_quiet
from tests.reliability.soak import of

WHO, PLACE = st.integers(0, 4), st.integers(0, 7)


@dataclass(eq=False)
class Line:
    """A client and the bad line between it and the room: what is on its way there, and back in `party.inbox`.

    The server counts updates as they arrive; `arrived` are the words in each.
    """

    party: Party
    role: Any = EDITOR
    said: list[tuple[bytes, str]] = field(default_factory=list)
    arrived: dict[int, str] = field(default_factory=dict)
    count: int = 0
    word: str = ""

    def __post_init__(self) -> None:
        self.party.speak = lambda message: self.said.append((message, self.word))

    def pass_on(self, message: bytes, word: str) -> None:
        self.count += message[:2] in (b"\x00\x01", b"\x00\x02")
        if word:
            self.arrived[self.count] = word
        self.party._speak(message)


class Lossy(Looped):
    """`kept` are words that were reported saved; they are in the journal from then on, whatever happens."""

    def __init__(self) -> None:
        super().__init__()
        self.log, self.shelf = MemoryLog(), MemoryShelf()
        self.past = Past(self.log, self.shelf)
        self.rooms = Rooms(self.log, lambda: NOON, shelf=self.shelf)
        self.lines: list[Line] = []
        self.written = 0
        self.kept: set[str] = set()

    @initialize(clients=st.integers(2, 5))
    def begin(self, clients: int) -> None:
        self.run(self.rooms.create("d", content("Úvod", "Dál"), "person0"))
        self.lines = [Line(Party(f"person{at}", 1000 + at)) for at in range(clients)]
        for line in self.lines:
            self.join(line)

    def join(self, line: Line) -> None:
        line.said.clear()
        line.arrived.clear()
        line.count = 0
        line.party.told.saved.clear()
        line.party.told.refused.clear()
        self.run(line.party.join(self.rooms, "d", line.role))

    def line(self, who: int) -> Line:
        return self.lines[who % len(self.lines)]

    @rule(who=WHO, block=st.integers(0, 1))
    def type(self, who: int, block: int) -> None:
        line = self.line(who)
        if len(line.party.body.children) > block:
            self.written += 1
            line.word = f"<{self.written}>"
            self.act(lambda: line.party.type(line.word, block))
            line.word = ""

    @rule(who=WHO, many=st.integers(1, 4))
    def the_next_arrive(self, who: int, many: int) -> None:
        line = self.line(who)
        for _ in range(min(many, len(line.said))):
            self.arrive(line, 0)

    @rule(who=WHO, place=PLACE)
    def one_arrives_before_its_turn(self, who: int, place: int) -> None:
        line = self.line(who)
        if line.said:
            self.arrive(line, place % len(line.said))

    @rule(who=WHO, place=PLACE)
    def one_arrives_twice(self, who: int, place: int) -> None:
        line = self.line(who)
        if line.said:
            again = line.said[place % len(line.said)]
            self.arrive(line, place % len(line.said))
            self.act(lambda: line.pass_on(*again))

    @rule(who=WHO, place=PLACE)
    def one_is_lost(self, who: int, place: int) -> None:
        line = self.line(who)
        if line.said:
            line.said.pop(place % len(line.said))

    def arrive(self, line: Line, place: int) -> None:
        message, word = line.said.pop(place)
        self.act(lambda: line.pass_on(message, word))

    @rule(who=WHO, place=PLACE, times=st.integers(0, 2))
    def something_comes_back(self, who: int, place: int, times: int) -> None:
        """Lost, or out of its order, or doubled."""
        line = self.line(who)
        inbox = line.party.inbox
        if inbox:
            message = inbox.pop(place % len(inbox))
            for _ in range(times):
                self.act(lambda: line.party._hear(message))

    @rule(who=WHO)
    def everything_comes_back(self, who: int) -> None:
        self.act(self.line(who).party.deliver)

    @rule(turns=st.integers(1, 20))
    def time_passes(self, turns: int) -> None:
        self.wait(turns)

    @rule(who=WHO, reads=st.booleans())
    def a_role_changes(self, who: int, reads: bool) -> None:
        line = self.line(who)
        line.role = READER if reads else EDITOR
        self.act(lambda: self.rooms.set_role("d", line.party.person, line.role))

    @rule(who=WHO)
    def the_connection_is_made_anew(self, who: int) -> None:
        line = self.line(who)
        self.note()
        self.act(line.party.leave)
        self.join(line)

    @rule()
    def the_journal_is_compacted(self) -> None:
        self.act(lambda: self.rooms.grown("d"))
        self.run(until(lambda: not self.rooms.compacting))

    def note(self) -> None:
        for line in self.lines:
            told = line.party.told
            refused = {n for n, _, _ in told.refused}
            dealt = max((n for _, n in told.saved), default=0)
            self.kept |= {word for n, word in line.arrived.items() if n <= dealt and n not in refused}

    @invariant()
    def nothing_reported_saved_is_missing_from_the_journal(self) -> None:
        self.note()
        if self.lines:
            text = self.run(replayed(self.past, "d")).content().plain
            assert [word for word in self.kept if word not in text] == []

    def teardown(self) -> None:
        try:
            if self.lines:
                self.settle()
        finally:
            self.run(self.rooms.close_all(0.05))
            self.loop.close()

    def settle(self) -> None:
        """Over good lines everybody has what the journal has: on the connection they have, and on a new one."""
        for line in self.lines:
            line.role = EDITOR
            line.party.speak = line.party._speak
            self.act(partial(self.rooms.set_role, "d", line.party.person, EDITOR))
            self.act(partial(_tell_and_ask, line.party))
        self.all_have_the_journal()
        for line in self.lines:
            self.act(line.party.leave)
            self.run(line.party.join(self.rooms, "d", EDITOR))
        self.all_have_the_journal()

    def all_have_the_journal(self) -> None:
        """In state vector and content, and all was written once."""
        self.run(until_quiet([line.party for line in self.lines], _unanswered))
        replica = self.run(replayed(self.past, "d"))
        text = replica.content().plain
        for line in self.lines:
            assert line.party.words == text
            assert line.party.clocks == replica.clocks()
        assert all(text.count(f"<{word}>") == 1 for word in range(1, self.written + 1))


def _tell_and_ask(party: Party) -> None:
    """All that is here and all that is there, as y-websocket does from time to time."""
    party.say(protocol.sync_step_2(party.doc.get_update()))
    party.say(protocol.sync_step_1(party.doc.get_state()))


def _unanswered(party: Party) -> bool:
    return party.member.receipts.waiting


TestLossy = Lossy.TestCase
TestLossy.settings = settings(max_examples=of(1_000, at_least=15), stateful_step_count=40, deadline=None)
