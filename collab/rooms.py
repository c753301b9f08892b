"""All drafts of this process: opened when somebody needs them, put to sleep when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from collab.document import Draft, begin, new_client
from collab.errors import AlreadyBegun, DamagedRow
from collab.history import Moment, content_at, moments
from collab.journal import Journal, Page
from collab.member import RESTARTING, Member, Standing
from collab.ports import Log, Wire
from collab.room import Item, Room
from collab.row import Kind, Row
from collab.update import read
from review.content import Content, content_hash, with_ids, without_comments
from review.errors import ChangedMeanwhile
from review.ports import Clock

ASLEEP_AFTER = 60.0
"""Seconds without members before a document is put to sleep."""

MOST_DIGESTS = 10_000

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Digest:
    """The draft at journal entry `seq`, for lists."""

    seq: int
    hash: str
    words: int


class Rooms:
    """`epoch` counts how often this office's store was restored from a backup: clients of another one start afresh."""

    def __init__(self, log: Log, clock: Clock, epoch: int = 0) -> None:
        self._journal: Journal[Item] = Journal(log)
        self._clock, self._epoch = clock, epoch
        self._open: dict[str, asyncio.Task[Room]] = {}
        self._sleep: dict[str, asyncio.TimerHandle] = {}
        self._digests: dict[str, Digest] = {}
        self._members: dict[Member, Room] = {}

    # Members ---------------------------------------------------------------------------------------------------

    async def join(
        self, document: str, person: str, standing: Standing, wire: Wire, *, paraph: bool, reads_only: bool = False
    ) -> Member:
        """A connection of this person comes in. Hand its messages to `receive`, and tell `leave` when it ends."""
        room = await self._room(document)
        member = Member(person, standing, wire, paraph, reads_only=reads_only)
        room.join(member)
        self._members[member] = room
        return member

    def receive(self, member: Member, message: bytes) -> None:
        """What a member's client says. Raises `Malformed` for what is no message at all."""
        self._members[member].receive(member, message)

    def leave(self, member: Member) -> None:
        room = self._members.pop(member)
        room.leave(member)
        self._rest(room)

    def set_role(self, document: str, person: str, standing: Standing) -> None:
        """At once, on the person's open connections; an empty role ends them."""
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
        first = begin(content, new_client())
        claims = tuple(client for client, _, _ in read(first).ranges)
        now = int(self._clock().timestamp() * 1000)
        try:
            await self._journal.begin(document, Row(Kind.SERVER, author, now, claims, first))
        except ChangedMeanwhile as error:
            raise AlreadyBegun(document) from error

    async def content(self, document: str) -> Content:
        """What is on disk of the draft. Raises `review.errors.BadContent` where the schema does not allow it."""
        return (await self._room(document)).draft.content()

    async def digest(self, document: str) -> Digest:
        """The draft in brief, its hash as that of a version made now; cheap while it has not changed, also asleep."""
        room = self._awake(document)
        seq = room.seq if room else await self._journal.head(document)
        known = self._digests.get(document)
        if known is None or known.seq != seq:
            room = await self._room(document)
            seq, content = room.seq, room.draft.content()
            known = Digest(seq, content_hash(without_comments(content)), content.words)
            self._remember(document, known)
        return known

    async def edit(self, document: str, author: str, change: Callable[[Draft], R]) -> R:
        """Let `change` edit the draft in the author's name; done when it is on disk. Raises `NotSaved`."""
        room = await self._room(document)
        try:
            return await room.edit(author, change)
        finally:
            self._rest(room)

    async def history(self, document: str) -> list[Moment]:
        return moments(await self._pages(document))

    async def content_at(self, document: str, seq: int) -> Content:
        """Raises `NoSuchMoment`."""
        return content_at(document, seq, await self._pages(document, seq))

    async def restore(self, document: str, seq: int, author: str) -> None:
        """Make the draft say what it said at entry `seq`, as an edit of the author. Raises `NoSuchMoment`."""
        then = with_ids(await self.content_at(document, seq))
        await self.edit(document, author, lambda draft: draft.become(then))

    async def close_all(self, seconds: float = 5.0) -> None:
        """Let what waits be written, tell everybody to come back, and forget all rooms."""
        await self._journal.close(seconds)
        for handle in self._sleep.values():
            handle.cancel()
        for room in [room for document in list(self._open) if (room := self._awake(document))]:
            room.drop_all(RESTARTING, "restarting")
            room.close()
        self._open.clear()

    # Rooms -----------------------------------------------------------------------------------------------------

    async def _pages(self, document: str, upto: int | None = None) -> list[Page]:
        return [page async for page in self._journal.read(document, 0, upto)]

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

    async def _wake(self, document: str) -> Room:
        pages: list[Page] = []
        damage = ""
        try:
            async for page in self._journal.read(document):
                pages.append(page)
        except DamagedRow as error:
            damage = f"entry {error.seq} of the journal is damaged: {error.why}"
        room = Room(document, self._epoch, self._journal, self._clock, pages)
        room.damage = damage
        return room

    def _rest(self, room: Room) -> None:
        """Put the room to sleep some time after it was last needed."""
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

    def _remember(self, document: str, digest: Digest) -> None:
        self._digests.pop(document, None)
        self._digests[document] = digest
        if len(self._digests) > MOST_DIGESTS:
            del self._digests[next(iter(self._digests))]
