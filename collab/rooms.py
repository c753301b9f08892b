"""All drafts of this process: opened when somebody needs them, put to sleep when nobody does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from collab import protocol
from collab.archive import Pressed
from collab.aside import in_thread, read_aside
from collab.authorship import Block, authorship
from collab.beginning import begin
from collab.compactor import Compactor, InThread, Work
from collab.delivery import Item
from collab.document import Draft, Reading, new_client
from collab.errors import AlreadyBegun, CollabError, Unreadable
from collab.history import content_at, moments, written
from collab.journal import Journal
from collab.member import RESTARTING, Member, Standing
from collab.moments import Moment
from collab.past import Opening, Past
from collab.ports import Log, Shelf, Wire
from collab.remembered import Remembered
from collab.room import Room
from collab.row import Kind, Row
from review.content import Content, content_hash, with_ids, without_comments
from review.errors import ChangedMeanwhile, Unavailable
from review.mending import Fault
from review.ports import Clock
from review.suggestions import agreed

ASLEEP_AFTER = 60.0
"""Seconds without members before a document is put to sleep."""

MOST_DIGESTS = 10_000

MOST_RUNS = 100_000
"""Runs of one author's words that are remembered, of all drafts together."""

MOST_MENDINGS = 10
"""Others may write while it is mended."""

R = TypeVar("R")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Digest:
    """The draft at journal entry `seq`, for lists. `words` are those of the agreed text."""

    seq: int
    hash: str
    words: int


def _in_brief(seq: int, content: Content) -> Digest:
    """The hash is that of a version made now."""
    return Digest(seq, content_hash(without_comments(content)), agreed(content).words)


TellMended = Callable[[str, Sequence[Fault]], Awaitable[None]]


async def nobody(document: str, faults: Sequence[Fault]) -> None:
    """Nobody is told."""


class Rooms:
    """`epoch` counts how often this office's store was restored from a backup: clients of another one start afresh.

    With a `shelf` long journals are compacted, by `work`. `mended` is told of a draft whose structure the server had to
    mend.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        epoch: int = 0,
        shelf: Shelf | None = None,
        work: Work | None = None,
        mended: TellMended = nobody,
    ) -> None:
        self._past = Past(log, shelf)
        self._journal: Journal[Item] = Journal(log, self._past.open, self._hear)
        self.turn = asyncio.Lock()
        self._inbox: list[tuple[Room, Member, bytes]] = []
        self._compactor = Compactor(self._past, work or InThread(), self._compacted)
        self._clock, self._epoch = clock, epoch
        self._open: dict[str, asyncio.Task[Room]] = {}
        self._sleep: dict[str, asyncio.TimerHandle] = {}
        self._digests: Remembered[Digest] = Remembered(MOST_DIGESTS)
        self._authors: Remembered[list[Block]] = Remembered(MOST_RUNS)
        self._members: dict[Member, Room] = {}
        self._mended = mended
        self._mending: dict[str, asyncio.Task[None]] = {}

    # Members ---------------------------------------------------------------------------------------------------

    async def join(
        self,
        document: str,
        person: str,
        standing: Standing,
        wire: Wire,
        *,
        paraph: bool,
        reads_only: bool = False,
        card: Mapping[str, str] = MappingProxyType({}),
    ) -> Member:
        """A connection of this person comes in. Hand its messages to `receive`, and tell `leave` when it ends."""
        room = await self._room(document)
        member = Member(person, standing, wire, paraph, reads_only=reads_only, card=card)
        room.join(member)
        self._members[member] = room
        return member

    def receive(self, member: Member, message: bytes) -> None:
        """What a member's client says. Raises `Malformed` for what is no message at all.

        What is typed is heard when a commit is near: several updates in a row cost half of what each costs by itself,
        because the processor forgets in between what it needs for one.
        """
        room = self._members[member]
        if member.writes and (typed := protocol.typed(message)) is not None:
            self._inbox.append((room, member, typed))
            self._journal.gather()
        else:
            if not protocol.is_presence(message):
                self._hear()
            room.receive(member, message)

    def _hear(self) -> None:
        inbox, self._inbox = self._inbox, []
        for room, member, typed in inbox:
            if not member.gone:
                room.take(member, typed)

    def leave(self, member: Member) -> None:
        self._hear()
        room = self._members.pop(member)
        room.leave(member)
        self._rest(room)

    def set_role(self, document: str, person: str, standing: Standing) -> None:
        """At once, on the person's open connections; an empty role ends them."""
        self._hear()
        if room := self._awake(document):
            room.set_standing(person, standing)

    def people(self, document: str) -> set[str]:
        """Who is connected now."""
        room = self._awake(document)
        return {member.person for member in room.members} if room else set()

    def awake(self) -> list[str]:
        """Documents with somebody in them."""
        return [document for document in self._open if self.people(document)]

    # Services --------------------------------------------------------------------------------------------------

    async def create(self, document: str, content: Content, author: str) -> None:
        """Begin a draft that says this. Raises `AlreadyBegun`, `review.errors.Unavailable`."""
        client = new_client()
        first = await in_thread(lambda: begin(content, client))
        claims = (client,)
        now = int(self._clock().timestamp() * 1000)
        try:
            await self._journal.begin(document, Row(Kind.SERVER, author, now, claims, first))
        except ChangedMeanwhile as error:
            raise AlreadyBegun(document) from error

    async def content(self, document: str) -> Content:
        """What is on disk of the draft. What the schema does not allow is read around and mended soon after."""
        return (await self._reading(await self._fresh(document))).content

    async def digest(self, document: str) -> Digest:
        """The draft in brief; cheap while it has not changed, also asleep. It never fails for what a draft says."""
        seq = await self._seq(document)
        known = self._digests.get(document, seq)
        if known is None:
            known = await self._digested(document, seq)
            self._digests.put(document, known.seq, known)
        return known

    async def _digested(self, document: str, seq: int) -> Digest:
        try:
            room = await self._fresh(document)
            seq, reading = room.seq, await self._reading(room)
        except Unreadable:
            logger.exception("draft %s cannot be read", document)
            return Digest(seq, "", 0)
        return await in_thread(lambda: _in_brief(seq, reading.content))

    async def _reading(self, room: Room) -> Reading:
        reading = await read_aside(room.draft, Draft.reading)
        if reading.faults and not room.damage and room.document not in self._mending:
            task = asyncio.create_task(self._mend(room.document, reading))
            self._mending[room.document] = task
            task.add_done_callback(lambda _: self._mending.pop(room.document, None))
        return reading

    async def _mend(self, document: str, reading: Reading) -> None:
        """As an edit of the server's own, which the history shows and the writers are told of."""
        places = "; ".join(f"{flaw.fault} {flaw.name} at {flaw.place}" for flaw in reading.flaws)
        logger.warning("draft %s is mended: %s (%s)", document, ", ".join(reading.faults), places)
        try:
            await self.edit(document, "", Draft.mend)
            await self._mended(document, reading.faults)
        except (CollabError, Unavailable) as error:
            logger.warning("draft %s could not be mended: %s", document, error)

    async def edit(self, document: str, author: str, change: Callable[[Draft], R]) -> R:
        """Let `change` edit the draft in the author's name; done when it is on disk. Raises `NotSaved`."""
        room = await self._fresh(document)
        try:
            return await room.own.edit(author, change)
        finally:
            self._rest(room)

    async def settle(self, document: str, author: str) -> Content:
        """What the draft says once nothing needs mending and every block has an id; the author's edit if need be.

        Raises `NotSaved`, `Unreadable`.
        """
        for _ in range(MOST_MENDINGS):
            await self.edit(document, author, Draft.mend)
            reading = await read_aside((await self._fresh(document)).draft, Draft.reading)
            if not reading.faults:
                return reading.content
        raise Unreadable("broken again as often as it was mended")

    async def history(self, document: str, before: int | None = None, limit: int = 200) -> list[Moment]:
        """The latest first, those that ended before entry `before`."""
        return await moments(self._past, document, before, limit)

    async def content_at(self, document: str, seq: int) -> Content:
        """Raises `NoSuchMoment`."""
        return await content_at(self._past, document, seq)

    async def authorship(self, document: str) -> tuple[int, list[Block]]:
        """Who wrote the words of each block, and at which journal entry that is so."""
        room = await self._room(document)
        seq = room.seq
        known = self._authors.get(document, seq)
        if known is None:
            state = room.draft.since()
            stretches = await written(self._past, document, seq)
            known = await in_thread(lambda: authorship(state, Draft((state,)).ids(), stretches))
            self._authors.put(document, seq, known, sum(len(block.runs) for block in known))
        return seq, known

    async def restore(self, document: str, seq: int, author: str) -> None:
        """Make the draft say what it said at entry `seq`, as an edit of the author. Raises `NoSuchMoment`."""
        then = await self.content_at(document, seq)
        await self.edit(document, author, lambda draft: draft.become(with_ids(then)))

    @property
    def compacting(self) -> bool:
        """Whether a journal is being compacted, or waits for it."""
        return self._compactor.busy

    async def close_all(self, seconds: float = 5.0) -> None:
        """Let what waits be written, tell everybody to come back, and forget all rooms."""
        for task in list(self._mending.values()):
            task.cancel()
        await asyncio.gather(*self._mending.values(), return_exceptions=True)
        await self._compactor.close()
        await self._journal.close(seconds)
        for handle in self._sleep.values():
            handle.cancel()
        for room in [room for document in list(self._open) if (room := self._awake(document))]:
            room.drop_all(RESTARTING, "restarting")
            room.close()
        self._open.clear()

    # Rooms -----------------------------------------------------------------------------------------------------

    async def _fresh(self, document: str) -> Room:
        """The room as the journal has it now."""
        return await self._room(document)

    async def _seq(self, document: str) -> int:
        room = self._awake(document)
        return room.seq if room else await self._journal.head(document)

    def _new_room(self, document: str, opening: Opening) -> Room:
        return Room(document, self._epoch, self._journal, self._clock, opening, self)

    def _awake(self, document: str) -> Room | None:
        task = self._open.get(document)
        opened = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task and opened else None

    async def _room(self, document: str) -> Room:
        if handle := self._sleep.pop(document, None):
            handle.cancel()
        task = self._open.get(document)
        if task is None:
            task = self._open[document] = asyncio.create_task(self._wake(document))
            task.add_done_callback(lambda done: self._opened(document, done))
        room = await asyncio.shield(task)
        self._rest(room)
        return room

    def _opened(self, document: str, task: asyncio.Task[Room]) -> None:
        if task.cancelled() or task.exception():
            self._open.pop(document, None)
        else:
            self._rest(task.result())

    async def _wake(self, document: str) -> Room:
        opening = await self._past.open(document)
        room = self._new_room(document, opening)
        if room.tail.long:
            self.grown(document)
        return room

    def grown(self, document: str) -> None:
        """The document's journal has become long."""
        self._compactor.want(document)

    def lost(self, document: str) -> None:
        """The document's room does not say what its journal says: whoever comes now opens it anew."""
        if handle := self._sleep.pop(document, None):
            handle.cancel()
        if room := self._awake(document):
            room.close()
        self._open.pop(document, None)

    def _compacted(self, document: str, pressed: Pressed | None) -> None:
        """What is in no segment yet counts with the next one."""
        if room := self._awake(document):
            room.compacted(pressed)
            if room.tail.long:
                self.grown(document)

    def _rest(self, room: Room) -> None:
        """Put the room to sleep some time after it was last needed, unless it was lost."""
        if self._awake(room.document) is not room:
            return
        if handle := self._sleep.pop(room.document, None):
            handle.cancel()
        if not room.members:
            loop = asyncio.get_running_loop()
            self._sleep[room.document] = loop.call_later(ASLEEP_AFTER, self._fall_asleep, room)

    def _fall_asleep(self, room: Room) -> None:
        self._sleep.pop(room.document, None)
        if not room.idle:
            self._rest(room)
            return
        room.close()
        self._open.pop(room.document, None)
