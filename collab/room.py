"""One open document: durable first.

An update is read, judged, handed to the journal, and only what the journal has written is applied, sent on and
reported saved, in the journal's order. So nobody sees a text that a crash can take away, and a refused update reaches
nobody. What the server writes itself goes the same way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from collab import protocol, update
from collab.archive import Pressed
from collab.aside import edit_aside
from collab.awareness import Awareness, State
from collab.clocks import covers
from collab.delivery import Delivery, Item
from collab.document import Draft, merge, new_client
from collab.errors import (
    Incomplete,
    NotAllowed,
    NotSaved,
    Refusal,
    SlowDown,
    TooLarge,
)
from collab.folding import Folding
from collab.journal import Journal, Line
from collab.member import GONE, Member, Standing
from collab.past import Opening, Tail
from collab.replay import SERVER, owner_of, replay
from collab.row import Kind, Page, Row
from collab.survey import Survey
from collab.update import NOTHING, Update
from review.errors import Trouble
from review.ports import Clock

LARGEST_UPDATE = 4 * 1024 * 1024
"""Bytes of one update."""

LONGEST_QUEUE = 16 * 1024 * 1024
"""Bytes that wait for the journal in one room before it asks to slow down."""

NOTHING_SENT = 0
"""Refused instead of an update: everything sent waits for storage."""

EDIT_WAIT = 10.0
"""Seconds a server's own edit waits for the disk before its caller hears `NotSaved`."""

R = TypeVar("R")

Grown = Callable[[str], None]

logger = logging.getLogger(__name__)


class Room:
    """`damage` names what is broken in the journal; then the document stays as it was before it, read only.

    `tail` counts what is in no snapshot; `grown` is called when it has become long.
    """

    def __init__(
        self, document: str, epoch: int, journal: Journal[Item], clock: Clock, opening: Opening, grown: Grown
    ) -> None:
        self.document, self.epoch = document, epoch
        self.members: dict[Member, None] = {}
        self._journal, self._clock, self._grown = journal, clock, grown
        self._awareness = Awareness()
        self._survey = Survey(lambda: self.draft)
        self._line: Line[Item] = Line(document, self, opening.head)
        self._stand(opening)
        self._held = ""
        self._client = new_client()
        self._turn = asyncio.Lock()

    def _stand(self, opening: Opening) -> None:
        draft, self._clocks = replay(opening)
        self._folding = Folding(draft)
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
        return not self.members and self._line.quiet and not self._turn.locked()

    @property
    def draft(self) -> Draft:
        """The document as the journal has it. To be read, not to be edited."""
        return self._folding.draft

    # Members ---------------------------------------------------------------------------------------------------

    def join(self, member: Member) -> None:
        self.members[member] = None
        if member.writes:
            self._survey.prepare()
        member.tell_epoch(self.epoch)
        member.tell_role()
        member.tell(protocol.sync_step_1(self.draft.vector))
        if states := self._awareness.states:
            member.tell(protocol.presence(states))

    def leave(self, member: Member) -> None:
        """The connection is gone; so is its awareness."""
        member.gone = True
        if member in self.members:
            del self.members[member]
            if gone := self._awareness.forget(member):
                self._tell_presence(member, gone)

    def set_standing(self, person: str, standing: Standing) -> None:
        """From now on; on every connection of the person."""
        for member in [member for member in self.members if member.person == person]:
            if member.standing == standing:
                continue
            member.standing = standing
            member.tell_role()
            if not standing.role:
                member.drop(GONE, "not a member any more")
                self.leave(member)

    def close(self) -> None:
        """Stop the timers; nobody is here any more."""
        self._survey.close()
        self._folding.fold()

    def drop_all(self, code: int, reason: str) -> None:
        for member in list(self.members):
            member.drop(code, reason)
            self.leave(member)

    def receive(self, member: Member, message: bytes) -> None:
        """What a member's client says. Raises `Malformed` for what is no message at all."""
        match protocol.read(message):
            case protocol.Brought(brought, whole):
                member.waits = member.waits and not whole
                self._take(Delivery(member, brought, member.receipts.count(), whole))
            case protocol.Presence(states):
                self._hear(member, states)
            case protocol.StepOne(vector):
                member.tell(protocol.sync_step_2(self.draft.since(vector)))
                member.tell_saved(self._clocks.kept())
            case protocol.PresenceAsked():
                member.tell(protocol.presence(self._awareness.states))
            case protocol.Other(kind):
                logger.debug("message of kind %d passed over", kind)

    def _hear(self, member: Member, states: Sequence[State]) -> None:
        def own(client: int) -> bool:
            return self._clocks.may_use(client, member.person)

        if news := self._awareness.hear(member, member.person, states, own, member.card):
            self._tell_presence(member, news)

    def _tell_presence(self, member: Member, states: Sequence[State]) -> None:
        self._tell_all(protocol.presence(states), but=member)

    def _tell_all(self, message: bytes, but: Member | None = None) -> None:
        for member in list(self.members):
            if member is not but and not member.tell(message):
                self.leave(member)

    # Updates ---------------------------------------------------------------------------------------------------

    def take(self, member: Member, brought: bytes) -> None:
        """An update that the member's client brings."""
        self._take(Delivery(member, brought, member.receipts.count(), False))

    def _take(self, came: Delivery) -> None:
        member = came.member
        try:
            item = self._judge(member, came.update, came.whole)
        except Incomplete:
            self._lacks(came)
        except Refusal as refusal:
            self._refuse(Item(self._row(member.person, b""), NOTHING, (), member, came.n, came.whole), refusal)
        else:
            if item is None:
                member.receipts.wait(came.n)
                self._survey.then(lambda: self._take(came), len(came.update))
                return
            member.hollow, item.n = 0, came.n
            self._accept(member, item)

    def _lacks(self, came: Delivery) -> None:
        """It follows what is not here."""
        came.member.lack(came.n, came.whole, lambda: self.draft.vector)

    def _judge(self, member: Member, brought: bytes, whole: bool) -> Item | None:
        """What may be written; it reads as `NOTHING` when all of it is known. None: that cannot be told yet.

        Raises `Refusal`, `Incomplete`.
        """
        if len(brought) > LARGEST_UPDATE:
            raise TooLarge(len(brought), LARGEST_UPDATE)
        read = update.read(brought)
        for client, _, _ in read.ranges:
            if client not in member.clients and self._clocks.is_of(client, member.person):
                member.clients[client] = None
        if not self._is_news(read, whole):
            return Item(self._row(member.person, b""), NOTHING, (), member, whole=whole)
        if not member.writes:
            raise NotAllowed(member.standing.role)
        self._require_storage()
        if self._line.size + self._survey.waiting > LONGEST_QUEUE:
            raise SlowDown
        if not self._survey.ready():
            return None
        claims = self._clocks.judge(read, member.person)
        runs = self._survey.places.judge(read)
        return Item(self._row(member.person, brought, claims), read, runs, member, whole=whole)

    def _is_news(self, read: Update, whole: bool) -> bool:
        """A whole repeats all deletions that its client knows of: only new ones count."""
        if self._clocks.is_news(read):
            return True
        if not whole or not read.deletions:
            return self._clocks.deletes(read)
        return not covers(self.draft.deletions(), read.deletions)

    def _accept(self, member: Member, item: Item) -> None:
        if item.read is NOTHING:
            self._deal(item)
            member.tell_saved(self._clocks.kept(member.clients))
            return
        for client, _, _ in item.read.ranges:
            member.clients[client] = None
        member.receipts.wait(item.n)
        self._queue(item)

    def _row(self, author: str, brought: bytes, claims: tuple[int, ...] = (), kind: Kind = Kind.PERSON) -> Row:
        return Row(kind, author, int(self._clock().timestamp() * 1000), claims, brought)

    def _queue(self, item: Item) -> None:
        self._clocks.expect(item.read, owner_of(item.row))
        self._survey.places.add(item.runs, item.read.halves)
        self._journal.add(self._line, item)

    def _deal(self, item: Item) -> None:
        """The item's update is dealt with, and with a whole all that lacked something before it."""
        if item.member:
            item.member.receipts.settle(item.n)
            if item.whole:
                item.member.receipts.fulfil(item.n)

    def _refuse(self, item: Item, refusal: Refusal) -> None:
        if item.done and not item.done.done():
            item.done.set_exception(refusal)
        if not item.member:
            return
        item.member.unsaved |= isinstance(refusal, NotSaved)
        self._deal(item)
        item.member.refuse(item.n, refusal)

    # The journal's answers -------------------------------------------------------------------------------------

    def written(self, items: Sequence[Item]) -> None:
        updates: list[bytes] = []
        origins: dict[Member | None, None] = {}
        for item in items:
            self._clocks.keep(item.read, owner_of(item.row))
            updates.append(item.row.update)
            origins[item.member] = None
            self._deal(item)
            if item.done and not item.done.done():
                item.done.set_result(None)
        self.tail.add(updates)
        self._follow(updates, origins)
        for member in origins:
            if member:
                member.tell_saved(self._clocks.kept(member.clients))
        if self.tail.long:
            self._grown(self.document)

    def _follow(self, updates: list[bytes], origins: Mapping[Member | None, None]) -> None:
        """Apply what the journal has and send it on: one frame a member, none to a lone origin."""
        self._folding.add(updates)
        lone = next(iter(origins)) if len(origins) == 1 else None
        if len(self.members) > (lone in self.members):
            self._tell_all(protocol.sync_update(merge(updates)), but=lone)

    def overtaken(self, entries: Sequence[Page], items: Sequence[Item]) -> None:
        """Another process wrote first: follow it, then judge again what waited."""
        if items:
            self._clocks.fall_back()
            self._survey.fall_back(self._clocks.kept())
        written = [row for _, rows in entries for row in rows]
        for row in written:
            read = update.read(row.update)
            self._clocks.keep(read, owner_of(row))
            self._survey.follow(read)
        if written:
            self._follow([row.update for row in written], {})
        for item in items:
            self._judge_again(item)

    def looked(self) -> None:
        """Nobody waits for that here."""

    def leapt(self, opening: Opening) -> None:
        """Another process wrote so much that it is compacted: stand where the journal stands."""
        before = self.draft.vector
        self._stand(opening)
        self._tell_all(protocol.sync_update(self.draft.since(before)))

    def _judge_again(self, item: Item) -> None:
        if not self._survey.ready():
            self._survey.then(lambda: self._judge_again(item), len(item.row.update))
            return
        try:
            claims = self._clocks.judge(item.read, owner_of(item.row))
            item.runs = self._survey.places.judge(item.read)
        except Incomplete as lack:
            if item.member:
                item.member.lack(item.n, item.whole, lambda: self.draft.vector)
            else:
                self._refuse(item, NotSaved(str(lack)))
        except Refusal as refusal:
            self._refuse(item, refusal)
        else:
            item.row = Row(item.row.kind, item.row.author, item.row.at, claims, item.row.update)
            self._queue(item)

    def _require_storage(self) -> None:
        if self._held or self.damage:
            raise NotSaved(self._held or f"damaged: {self.damage}")

    def held(self, why: str) -> None:
        """Edits that wait stay where they are, and who sent them is told; what comes now is refused."""
        if self._held != why:
            logger.warning("draft %s cannot be saved: %s", self.document, why)
            self._held = why
            for member in [member for member in self.members if member.paraph and member.receipts.waiting]:
                member.refuse(NOTHING_SENT, NotSaved(why))

    def released(self) -> None:
        """Whoever was refused meanwhile is asked for what it has."""
        if self._held:
            logger.warning("draft %s can be saved again", self.document)
        self._held = ""
        for member in list(self.members):
            if member.unsaved:
                member.unsaved = False
                member.waits = True
                member.tell(protocol.sync_step_1(self.draft.vector))

    # The server's own edits ------------------------------------------------------------------------------------

    async def edit(self, author: str, change: Callable[[Draft], R]) -> R:
        """Let `change` edit a copy and write the difference like anybody's update, in the author's name.

        Of a large draft in another thread: `change` touches nothing but its copy. Raises `NotSaved`, and what `change`
        raises; then nothing was written, or, when storage answered too late, it still may be.
        """
        async with self._turn:
            self._require_storage()
            await self._survey.found()
            result, edits = await edit_aside(self.draft, self._client, change)
            if edits:
                await self._write(author, merge(edits))
            return result

    async def _write(self, author: str, brought: bytes) -> None:
        read = update.read(brought)
        claims = self._clocks.judge(read, SERVER)
        runs = self._survey.places.judge(read)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue(Item(self._row(author, brought, claims, Kind.SERVER), read, runs, done=done))
        self._journal.hurry()
        try:
            async with asyncio.timeout(EDIT_WAIT):
                await done
        except TimeoutError as error:
            self._client = new_client()
            raise NotSaved(Trouble.AWAY) from error
