"""The journal: one ordered log a document, written by group commit. What it has taken is on disk.

What comes within `GATHER` is written together, for all documents: a commit costs as much as many edits. Every document
writes one entry at a time, at the place it expects; what came meanwhile follows at once. While storage fails an entry
is offered again under the same nonce, so that nothing is lost and nothing is written twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from collab.errors import CollabError, Trimmed
from collab.journal import row
from collab.journal.entries import in_pages, read, stream
from collab.journal.line import Line, Waiting
from collab.journal.past import Opening
from collab.journal.ports import Log, Offer
from collab.journal.row import Page, Row
from review.errors import ChangedMeanwhile, Trouble, Unavailable
from review.ids import new_id

GATHER = 0.011
"""Seconds the first edit waits for others to be written together with."""

_FIRST_RETRY, _LAST_RETRY = 0.1, 2.0

T = TypeVar("T", bound=Waiting)

logger = logging.getLogger(__name__)


class _GivenUp(Exception):
    """The room of a line has failed."""


Reopen = Callable[[str], Awaitable[Opening]]
"""A document from its newest snapshot on."""


@dataclass(frozen=True, slots=True, eq=False)
class _Batch(Generic[T]):
    """What one line writes as its next entry, under one nonce however often it is offered.

    `items` are none once somebody else was first and they are given back: no offer of it is ever taken then.
    """

    line: Line[T]
    items: list[T]
    offer: Offer


class Journal(Generic[T]):
    """All documents' lines, and the rhythm of their commits. `before` a commit everything that has come is added."""

    def __init__(self, log: Log, reopen: Reopen, before: Callable[[], None]) -> None:
        self._log, self._reopen, self._before = log, reopen, before
        self._name, self._count = new_id(), 0
        self._due: dict[Line[T], None] = {}
        self._timed = False
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
        self._due[line] = None
        self.gather()

    def gather(self) -> None:
        """Something waits: it will be written with what comes soon after."""
        if not self._timed:
            self._timed = True
            asyncio.get_running_loop().call_later(GATHER, self._commit)

    def hurry(self) -> None:
        """Somebody waits: write at once what is there."""
        asyncio.get_running_loop().call_soon(self._write_due)

    def _commit(self) -> None:
        try:
            self._write_due()
        finally:
            self._timed = False

    def _write_due(self) -> None:
        self._before()
        due, self._due = self._due, {}
        if batches := [self._batch(line) for line in due if line.waiting and not line.writing]:
            self._own(self._write(batches))

    def _batch(self, line: Line[T]) -> _Batch[T]:
        line.writing = True
        self._count += 1
        items = line.take()
        rows = [row.encode(line.document, item.row) for item in items]
        return _Batch(line, items, Offer(stream(line.document), rows, f"{self._name}-{self._count}", line.head))

    def _own(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
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
            logger.warning("drafts cannot be written: %s", error.why)
            for batch in batches:
                batch.line.room.held(error.trouble)
                self._own(self._offer(batch, _FIRST_RETRY))
            return
        except Exception:  # a boundary: offering again under the same nonces harms nothing
            logger.exception("a commit failed")
            for batch in batches:
                batch.line.room.held(Trouble.BROKEN)
                self._own(self._offer(batch, _FIRST_RETRY))
            return
        now = asyncio.get_running_loop().time()
        for batch, seq in zip(batches, numbers, strict=True):
            if seq is None:
                self._own(self._offer(batch, 0.0))
            else:
                self._keep(batch, seq, now)

    def _keep(self, batch: _Batch[T], seq: int, now: float) -> None:
        batch.line.head, batch.line.sure = seq, now
        try:
            batch.line.room.written(batch.items)
        except Exception:  # a boundary: the other documents of this commit must hear of it
            self._give_up(batch.line, ())
        self._go_on(batch.line)

    def _give_up(self, line: Line[T], items: Sequence[T]) -> None:
        """In an exception's handler: what is written cannot be followed."""
        logger.exception("draft %s must be opened anew", line.document)
        line.room.fail([*items, *line.empty()])

    def _go_on(self, line: Line[T]) -> None:
        line.writing = False
        if line.unread or line.rung > line.head:
            self.look(line)
        elif line.waiting and line not in self._due:
            self._due[line] = None
            self.hurry()

    async def _offer(self, batch: _Batch[T], delay: float) -> None:
        """Offer one document's entry until it is taken, or somebody else was first."""
        await asyncio.sleep(delay)
        while not await self._ends(batch):
            delay = min(max(delay * 2, _FIRST_RETRY), _LAST_RETRY)
            await asyncio.sleep(delay)

    async def _ends(self, batch: _Batch[T]) -> bool:
        """Whether the entry is taken, or given back to its room because somebody else was first."""
        line, offer = batch.line, batch.offer
        seq: int | None = None
        try:
            seq = await self._log.append(offer.stream, offer.rows, offer.writer, offer.expect)
        except ChangedMeanwhile:
            if not await self._fall_behind(batch):
                return False
        except Unavailable as error:
            line.room.held(error.trouble)
            return False
        except Exception:  # a boundary: the next try may well succeed
            logger.exception("draft %s could not be written", line.document)
            line.room.held(Trouble.BROKEN)
            return False
        line.room.released()
        if seq is None:
            self._go_on(line)
        else:
            self._keep(batch, seq, asyncio.get_running_loop().time())
        return True

    async def _fall_behind(self, batch: _Batch[T]) -> bool:
        """Read what others wrote and give everything back to the room. False when it cannot be read now."""
        try:
            await self._follow(batch.line, batch.items)
        except (Unavailable, CollabError) as error:
            logger.warning("what others wrote in draft %s cannot be read: %s", batch.line.document, error)
            batch.line.room.held(error.trouble if isinstance(error, Unavailable) else f"damaged: {error.code}")
            return False
        except _GivenUp:
            logger.warning("nothing more is offered to draft %s", batch.line.document)
        except Exception:  # a boundary: the next try may well succeed
            logger.exception("what others wrote in draft %s cannot be read", batch.line.document)
            batch.line.room.held(Trouble.BROKEN)
            return False
        return True

    # What other processes wrote --------------------------------------------------------------------------------

    def heard(self, line: Line[T], seq: int) -> None:
        """Others told that the log has an entry of this number."""
        line.rung = max(line.rung, seq)
        if line.rung > line.head:
            self.look(line)

    def look(self, line: Line[T]) -> None:
        """Read what others wrote; at once, or after what is being written. The room hears `looked` in any case."""
        line.unread = True
        if not line.writing:
            line.writing = True
            self._own(self._look(line))

    async def catch_up(self, line: Line[T]) -> None:
        """Until everything that was in the log when this was called is read. Raises `Unavailable`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.asked.append(done)
        self.look(line)
        await done

    async def _look(self, line: Line[T]) -> None:
        asked, line.asked, line.unread, line.rung = line.asked, [], False, 0
        trouble: Unavailable | None = Unavailable("the journal is closed")
        try:
            trouble = await self._look_into(line)
        finally:
            _answer(asked, trouble)
            self._go_on(line)
            line.room.looked()

    async def _look_into(self, line: Line[T]) -> Unavailable | None:
        """What kept it from being read, unless that is damage: then all that can be read was."""
        try:
            await self._follow(line, [])
        except (Unavailable, CollabError) as error:
            logger.warning("what others wrote in draft %s cannot be read: %s", line.document, error)
            return error if isinstance(error, Unavailable) else None
        except _GivenUp:
            return Unavailable("the draft is opened anew", Trouble.BROKEN)
        except Exception as error:  # a boundary: who asked, and what waits for it, must have an answer
            logger.exception("what others wrote in draft %s cannot be read", line.document)
            return Unavailable(str(error), Trouble.BROKEN)
        return None

    async def _follow(self, line: Line[T], items: list[T]) -> None:
        """Read the tail of the log; with something new the items, and all that waits, go back to the room."""
        began = asyncio.get_running_loop().time()
        if not await self._read_on(line, items):
            self._hand_over(line, items, (), await self._reopen(line.document))
        line.sure = began
        if items:
            self._hand_over(line, items, ())

    async def _read_on(self, line: Line[T], items: list[T]) -> bool:
        """A page in one turn of the loop. False where the tail is compacted already.

        A database may show an entry a moment before the one it follows: it is asked once more.
        """
        for _ in range(2):
            with suppress(Trimmed):
                async for page in in_pages(read(self._log, line.document, line.head)):
                    self._hand_over(line, items, page)
                    await asyncio.sleep(0)
                return True
        return False

    def _hand_over(
        self, line: Line[T], items: list[T], entries: Sequence[Page], opening: Opening | None = None
    ) -> None:
        """What others wrote; what waits goes back to be judged behind it, and is not among the items any more."""
        waiting = [*items, *line.empty()]
        items.clear()
        try:
            if opening:
                line.room.leapt(opening)
            line.head = opening.head if opening else entries[-1][0] if entries else line.head
            line.room.overtaken(entries, waiting)
        except Exception as error:  # a boundary: others' drafts go on
            self._give_up(line, waiting)
            raise _GivenUp from error

    async def close(self, seconds: float) -> None:
        """Let what waits be written, no longer than this; then give up."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (self._writes or self._timed or self._due) and (rest := end - loop.time()) > 0:
            if self._writes:
                await asyncio.wait(self._writes, timeout=rest)
            else:
                await asyncio.sleep(min(GATHER, rest))
        for task in list(self._writes):
            task.cancel()
        await asyncio.gather(*self._writes, return_exceptions=True)


def _answer(asked: Sequence[asyncio.Future[None]], error: Unavailable | None) -> None:
    for done in [done for done in asked if not done.done()]:
        if error:
            done.set_exception(error)
        else:
            done.set_result(None)
