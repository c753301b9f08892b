"""What is asked of a draft: what it says, said, and who wrote it; and the edits that the server makes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from collab.document.aside import in_thread, read_aside
from collab.document.beginning import begin
from collab.document.draft import Draft, Reading, new_client
from collab.drafts.open_rooms import OpenRooms
from collab.drafts.remembered import Remembered
from collab.errors import AlreadyBegun, CollabError, Unreadable
from collab.history.authorship import Block, authorship
from collab.history.compactor import Work
from collab.history.history import content_at, moments, written
from collab.journal.moments import Moment
from collab.journal.ports import Log, Shelf
from collab.journal.row import Kind, Row
from collab.room.room import Room
from review.content import Content, content_hash, with_ids, without_comments
from review.errors import ChangedMeanwhile, Unavailable
from review.mending import Fault
from review.ports import Clock
from review.suggestions import agreed

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


class Drafts(OpenRooms):
    """`mended` is told of a draft whose structure the server had to mend."""

    def __init__(
        self, log: Log, clock: Clock, epoch: int, shelf: Shelf | None, work: Work | None, mended: TellMended
    ) -> None:
        super().__init__(log, clock, epoch, shelf, work)
        self._digests: Remembered[Digest] = Remembered(MOST_DIGESTS)
        self._authors: Remembered[list[Block]] = Remembered(MOST_RUNS)
        self._mended = mended
        self._mending: dict[str, asyncio.Task[None]] = {}

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

    async def edit(self, document: str, author: str, change: Callable[[Draft], R], kind: Kind = Kind.SERVER) -> R:
        """Let `change` edit the draft in the author's name; done when it is on disk. Raises `NotSaved`."""
        room = await self._fresh(document)
        try:
            return await room.own.edit(author, change, kind)
        finally:
            self._rest(room)

    async def mark(self, document: str, author: str, change: Callable[[Draft], R]) -> R:
        """The same for a `change` that only lays marks of comments or takes them away."""
        return await self.edit(document, author, change, Kind.MARKS)

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
        room = await self._fresh(document)
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

    async def _close(self, seconds: float) -> None:
        for task in list(self._mending.values()):
            task.cancel()
        await asyncio.gather(*self._mending.values(), return_exceptions=True)
        await super()._close(seconds)
