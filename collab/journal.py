"""The journal: one ordered log a document, written by group commit. What it has taken is on disk.

The first edit after a pause is written at once, together with all that was read in the same turn of the loop; the
next commit follows not before `PAUSE`. Every document writes one entry at a time, at the place it expects; documents
commit side by side. While storage fails an entry is offered again under the same nonce, so that nothing is lost and
nothing is written twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from collab import row
from collab.entries import Page, read, stream
from collab.errors import CollabError, DamagedRow, Trimmed
from collab.past import Opening
from collab.ports import Log, Offer
from collab.row import Row
from review.errors import ChangedMeanwhile, Unavailable
from review.ids import new_id

PAUSE = 0.012
"""Least seconds between two commits."""

LARGEST_ENTRY = 1024 * 1024
"""Bytes of rows that are written together, unless a single row is larger."""

_FIRST_RETRY, _LAST_RETRY = 0.1, 2.0

logger = logging.getLogger(__name__)


class Item(Protocol):
    """Something that waits to be written."""

    @property
    def row(self) -> Row: ...


T = TypeVar("T", bound=Item)
T_contra = TypeVar("T_contra", bound=Item, contravariant=True)

Reopen = Callable[[str], Awaitable[Opening]]
"""A document from its newest snapshot on."""


class Room(Protocol[T_contra]):
    """Who hears what became of a document's rows."""

    def written(self, items: Sequence[T_contra]) -> None:
        """They are on disk, as the entry after those that the room knows."""
        ...

    def overtaken(self, entries: Sequence[Page], items: Sequence[T_contra]) -> None:
        """Somebody else wrote these entries first. The items, and all that wait, go back to the room."""
        ...

    def leapt(self, opening: Opening) -> None:
        """Somebody else wrote so much that it was compacted: the document as it stands now."""
        ...

    def held(self, why: str) -> None:
        """Storage does not take anything now; what was handed over is kept and offered again."""
        ...

    def released(self) -> None:
        """Storage takes rows again."""
        ...


@dataclass(slots=True, eq=False)
class Line(Generic[T]):
    """One document's queue. `head` is the number of the last entry known; `size` counts the waiting bytes."""

    document: str
    room: Room[T]
    head: int
    waiting: deque[T] = field(default_factory=deque)
    size: int = 0
    writing: bool = False

    @property
    def quiet(self) -> bool:
        return not self.waiting and not self.writing

    def take(self) -> list[T]:
        """The next entry's items."""
        batch: list[T] = []
        taken = 0
        while self.waiting and (not batch or taken + len(self.waiting[0].row.update) <= LARGEST_ENTRY):
            taken += len(self.waiting[0].row.update)
            batch.append(self.waiting.popleft())
        self.size -= taken
        return batch

    def empty(self) -> list[T]:
        """All that waits, taken back."""
        waiting = list(self.waiting)
        self.waiting.clear()
        self.size = 0
        return waiting


@dataclass(frozen=True, slots=True, eq=False)
class _Batch(Generic[T]):
    """What one line writes as its next entry, under one nonce however often it is offered."""

    line: Line[T]
    items: list[T]
    offer: Offer


class Journal(Generic[T]):
    """All documents' lines, and the rhythm of their commits."""

    def __init__(self, log: Log, reopen: Reopen) -> None:
        self._log, self._reopen = log, reopen
        self._name, self._count = new_id(), 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due: dict[Line[T], None] = {}
        self._rung = False
        self._last = 0.0
        self._writes: set[asyncio.Task[None]] = set()

    async def head(self, document: str) -> int:
        return await self._log.head(stream(document))

    async def begin(self, document: str, first: Row) -> None:
        """Write the first row of a new document. Raises `ChangedMeanwhile` when it has one."""
        await self._log.append(stream(document), [row.encode(document, first)], new_id(), 0)

    def add(self, line: Line[T], item: T) -> None:
        """The item will be written with the line's next entry."""
        line.waiting.append(item)
        line.size += len(item.row.update)
        if not line.writing:
            self._due[line] = None
            self._ring()

    def _ring(self) -> None:
        if self._rung or not self._due:
            return
        loop = self._loop = self._loop or asyncio.get_running_loop()
        rest = self._last + PAUSE - loop.time()
        self._rung = True
        if rest > 0:
            loop.call_later(rest, self._commit)
        else:
            loop.call_soon(self._commit)

    def _commit(self) -> None:
        assert self._loop is not None
        self._rung, self._last = False, self._loop.time()
        due, self._due = self._due, {}
        if batches := [self._batch(line) for line in due if line.waiting]:
            self._own(self._write(batches))

    def _batch(self, line: Line[T]) -> _Batch[T]:
        line.writing = True
        self._count += 1
        items = line.take()
        rows = [row.encode(line.document, item.row) for item in items]
        return _Batch(line, items, Offer(stream(line.document), rows, f"{self._name}-{self._count}", line.head))

    def _own(self, work: Coroutine[None, None, None]) -> None:
        assert self._loop is not None
        task = self._loop.create_task(work)
        self._writes.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._writes.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a commit failed", exc_info=error)

    async def _write(self, batches: Sequence[_Batch[T]]) -> None:
        """All documents of one commit together; what is not taken so goes on by itself."""
        try:
            numbers = await self._log.append_each([batch.offer for batch in batches])
        except Unavailable as error:
            for batch in batches:
                batch.line.room.held(error.why)
                self._own(self._offer(batch, _FIRST_RETRY))
            return
        for batch, seq in zip(batches, numbers, strict=True):
            if seq is None:
                self._own(self._offer(batch, 0.0))
            else:
                self._keep(batch, seq)

    def _keep(self, batch: _Batch[T], seq: int) -> None:
        batch.line.head = seq
        try:
            batch.line.room.written(batch.items)
        except Exception:  # a boundary: the other documents of this commit must hear of it
            logger.exception("what is written of draft %s cannot be followed", batch.line.document)
        self._go_on(batch.line)

    def _go_on(self, line: Line[T]) -> None:
        line.writing = False
        if line.waiting:
            self._due[line] = None
            self._ring()

    async def _offer(self, batch: _Batch[T], delay: float) -> None:
        """Offer one document's entry until it is taken, or somebody else was first."""
        held = delay > 0
        await asyncio.sleep(delay)
        while not await self._ends(batch, held):
            held, delay = True, min(max(delay * 2, _FIRST_RETRY), _LAST_RETRY)
            await asyncio.sleep(delay)

    async def _ends(self, batch: _Batch[T], held: bool) -> bool:
        """Whether the entry is taken, or given back to its room because somebody else was first."""
        line, offer = batch.line, batch.offer
        seq: int | None = None
        try:
            seq = await self._log.append(offer.stream, offer.rows, offer.writer, offer.expect)
        except ChangedMeanwhile:
            if not await self._fall_behind(batch):
                return False
        except Unavailable as error:
            line.room.held(error.why)
            return False
        if held:
            line.room.released()
        if seq is None:
            self._go_on(line)
        else:
            self._keep(batch, seq)
        return True

    async def _fall_behind(self, batch: _Batch[T]) -> bool:
        """Read what others wrote and give everything back to the room. False when it cannot be read now."""
        line = batch.line
        try:
            entries = [entry async for entry in read(self._log, line.document, line.head)]
        except Trimmed:
            return await self._leap(batch)
        except (Unavailable, DamagedRow) as error:
            line.room.held(str(error))
            return False
        line.head = entries[-1][0] if entries else line.head
        line.room.overtaken(entries, [*batch.items, *line.empty()])
        return True

    async def _leap(self, batch: _Batch[T]) -> bool:
        """What others wrote is compacted already: go on from the snapshot."""
        line = batch.line
        try:
            opening = await self._reopen(line.document)
            line.room.leapt(opening)
        except (Unavailable, CollabError) as error:
            line.room.held(str(error))
            return False
        line.head = opening.head
        line.room.overtaken((), [*batch.items, *line.empty()])
        return True

    async def close(self, seconds: float) -> None:
        """Let what waits be written, no longer than this; then give up."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (self._writes or self._due) and (rest := end - loop.time()) > 0:
            if self._writes:
                await asyncio.wait(self._writes, timeout=rest)
            else:
                await asyncio.sleep(min(PAUSE, rest))
        for task in list(self._writes):
            task.cancel()
        await asyncio.gather(*self._writes, return_exceptions=True)
