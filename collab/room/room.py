"""One open document: durable first.

An update is read, judged, handed to the journal, and only what the journal has written is sent on, reported saved, and
applied when somebody looks, in the journal's order. So nobody sees a text that a crash can take away, and a refused
update reaches nobody. What the server writes itself goes the same way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from collab import protocol, update
from collab.awareness import State
from collab.document.merging import merge
from collab.errors import NotSaved
from collab.history.replay import replay
from collab.journal.archive import Pressed
from collab.journal.group_commit import Journal
from collab.journal.line import Line
from collab.journal.past import Opening, Tail
from collab.journal.row import SERVER, Kind, Page, owner_of
from collab.room.audience import Audience
from collab.room.delivery import Delivery, Item
from collab.room.folding import Folding
from collab.room.intake import Intake
from collab.room.member import RESTARTING, Member
from collab.room.own_edits import OwnEdits
from collab.room.ports import Keeper
from collab.room.survey import Survey
from review.errors import Trouble
from review.ports import Clock

NOTHING_SENT = 0
"""Refused instead of an update: everything sent waits for storage."""


logger = logging.getLogger(__name__)


class Room(Intake):
    """`damage` names what is broken in the journal; then the document stays as it was before it, read only.

    `tail` counts what is in no snapshot; the keeper is told when it has become long.
    """

    def __init__(
        self, document: str, epoch: int, journal: Journal[Item], clock: Clock, opening: Opening, keeper: Keeper
    ) -> None:
        super().__init__(document, journal, clock, keeper)
        self.epoch = epoch
        self.audience = Audience(self._may_use, self._say)
        self._survey = Survey(lambda: self.draft)
        self._line: Line[Item] = Line(document, self, opening.head)
        self._stand(opening)
        self.own = OwnEdits(self)

    def _stand(self, opening: Opening) -> None:
        draft, self._clocks = replay(opening)
        self._clocks.heed(self.audience.awareness.person_of)
        self._folding = Folding(draft, self._fall_apart)
        self.damage = opening.damage
        self.tail = opening.tail
        self._survey.start_again(opening.snapshot.places if opening.snapshot else None)

    def compacted(self, pressed: Pressed | None) -> None:
        """There is a snapshot now. After a try in vain only what is written from now on counts."""
        if pressed is None:
            self.tail = Tail(self.tail.state)
            return
        self.tail = Tail(pressed.size, max(self.tail.rows - pressed.rows, 0))
        self._survey.start_from(pressed.places)

    @property
    def seq(self) -> int:
        """The journal's entry that the document stands at."""
        return self._line.head

    @property
    def idle(self) -> bool:
        """Nobody is here, nothing on its way."""
        return not self.audience.members and self._line.quiet and not self._survey.at_work and not self.own.going_on

    # Members ---------------------------------------------------------------------------------------------------

    def _may_use(self, client: int, person: str) -> bool:
        return self._clocks.may_use(client, person)

    def _say(self, person: str, states: Sequence[State]) -> None:
        """Nobody is elsewhere."""

    def join(self, member: Member) -> None:
        self.audience.members[member] = None
        if member.writes:
            self._survey.prepare()
        member.tell_epoch(self.epoch)
        member.tell_role()
        member.tell(protocol.sync_step_1(self.draft.vector))
        if states := self.audience.awareness.states:
            member.tell(protocol.presence(states))

    def close(self) -> None:
        """Stop the timers; nobody is here any more."""
        self._survey.close()
        self._folding.close()

    def receive(self, member: Member, message: bytes) -> None:
        """What a member's client says. Raises `Malformed` for what is no message at all."""
        match protocol.read(message):
            case protocol.Brought(brought, whole):
                member.waits = member.waits and not whole
                self._take(Delivery(member, brought, member.receipts.count(), whole))
            case protocol.Presence(states):
                self.audience.hear(member, states)
            case protocol.StepOne(vector):
                member.tell(protocol.sync_step_2(self.draft.since(vector)))
                member.tell_saved(self._clocks.kept())
            case protocol.PresenceAsked():
                member.tell(protocol.presence(self.audience.awareness.states))
            case protocol.Other(kind):
                logger.debug("message of kind %d passed over", kind)

    # The journal's answers -------------------------------------------------------------------------------------

    def written(self, items: Sequence[Item]) -> None:
        updates: list[bytes] = []
        origins: dict[Member | None, None] = {}
        work = 0
        for item in items:
            self._clocks.keep(item.read, owner_of(item.row))
            self._folding.delete(item.read.deletions)
            updates.append(item.row.update)
            work += item.placed.work
            origins[item.member] = None
            if item.member:
                item.member.settle(item.n, item.whole)
            if item.done and not item.done.done():
                item.done.set_result(None)
        self.tail.add(updates)
        self._follow(updates, origins, work)
        for member in origins:
            if member:
                member.tell_saved(self._clocks.kept(member.clients))
        if self.tail.long:
            self._keeper.grown(self.document)

    def _follow(self, updates: list[bytes], origins: Mapping[Member | None, None], work: int = 0) -> None:
        """Apply what the journal has and send it on: one frame a member, none to a lone origin."""
        self._folding.add(updates, work)
        lone = next(iter(origins)) if len(origins) == 1 else None
        if len(self.audience.members) > (lone in self.audience.members):
            self.audience.tell_all(protocol.sync_update(merge(updates)), but=lone)

    def overtaken(self, entries: Sequence[Page], items: Sequence[Item]) -> None:
        """Another process wrote first: follow it, then judge again what waited."""
        if items:
            self._clocks.fall_back()
            self._survey.fall_back(self._clocks.kept())
        written = [row for _, rows in entries for row in rows]
        for row in written:
            read = update.read(row.update)
            self._clocks.keep(read, owner_of(row))
            self._folding.delete(read.deletions)
            self._survey.follow(read)
        if written:
            self.tail.add(row.update for row in written)
            self._follow([row.update for row in written], {})
        for item in items:
            self._judge_again(item)

    def looked(self) -> None:
        """Nobody waits for that here."""

    def fail(self, items: Sequence[Item]) -> None:
        """Everybody comes again, to the document as the journal has it."""
        for item in items:
            if item.done and not item.done.done():
                item.done.set_exception(NotSaved(Trouble.BROKEN))
        self.audience.drop_all(RESTARTING, "restarting")
        self._keeper.lost(self.document, self)

    def _fall_apart(self) -> None:
        """In an exception's handler: the replica does not take what is written."""
        logger.exception("draft %s must be opened anew", self.document)
        self.fail(self._line.empty())

    def leapt(self, opening: Opening) -> None:
        """Another process wrote so much that it is compacted: stand where the journal stands."""
        before = self.draft.vector
        self._stand(opening)
        self.audience.tell_all(protocol.sync_update(self.draft.since(before)))

    def held(self, why: str) -> None:
        """Edits that wait stay where they are, and who sent them is told; what comes now is refused."""
        if self._held != why:
            logger.warning("draft %s cannot be saved: %s", self.document, why)
            self._held = why
            for member in [member for member in self.audience.members if member.paraph and member.receipts.waiting]:
                member.tell_refused(NOTHING_SENT, NotSaved(why))

    def released(self) -> None:
        """Whoever was refused meanwhile is asked for what it has."""
        if self._held:
            logger.warning("draft %s can be saved again", self.document)
        self._held = ""
        for member in list(self.audience.members):
            if member.unsaved:
                member.unsaved = False
                member.waits = True
                member.tell(protocol.sync_step_1(self.draft.vector))

    # The server's own edits ------------------------------------------------------------------------------------

    async def open_to_edits(self) -> None:
        self._require_storage()
        await self._survey.found()

    def queue_own(self, kind: Kind, author: str, brought: bytes, done: asyncio.Future[None]) -> None:
        read = update.read(brought)
        claims = self._clocks.judge(read, SERVER)
        placed = self._survey.places.judge(read, None)
        self._queue(Item(self._row(author, brought, claims, kind), read, placed, done=done))
        self._journal.hurry()
