"""Compacts journals in the background, one at a time.

In this order: entries, index and snapshot are kept as blobs, then the record names them by compare-and-swap, and only
then the log forgets what is in the segment before. A crash between any two steps leaves a document that opens; what
was not finished is done the next time. Two processes that compact the same document do no harm: one record wins.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from collab.errors import CollabError, DamagedPart
from collab.history.compaction import press
from collab.journal.archive import Compacted, Index, Job, Pressed, Segment
from collab.journal.entries import read_raw, stream
from collab.journal.moments import Moment
from collab.journal.past import Past, Tail
from collab.journal.ports import Shelf
from collab.journal.row import RawPage
from review.errors import ChangedMeanwhile, PortError
from review.ports import Kept


class Work(Protocol):
    """Carries `compaction.press` out, away from the loop."""

    async def __call__(self, job: Job) -> Pressed: ...
    async def close(self) -> None: ...


logger = logging.getLogger(__name__)


Told = Callable[[str, Pressed | None], None]
"""Hears what became of a document that was to be compacted; None when nothing did."""


class InThread:
    """In the same process: for commands and tests, where nobody waits for the interpreter."""

    async def __call__(self, job: Job) -> Pressed:
        return await asyncio.to_thread(press, job)

    async def close(self) -> None:
        """Nothing is held."""


class Compactor:
    def __init__(self, past: Past, work: Work, told: Told) -> None:
        self._past, self._work, self._told = past, work, told
        self._wanted: dict[str, None] = {}
        self._running: asyncio.Task[None] | None = None

    def want(self, document: str) -> None:
        """Compact it when its turn comes."""
        if self._past.shelf is None:
            return
        self._wanted.setdefault(document)
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run(), name="compaction")

    @property
    def busy(self) -> bool:
        return self._running is not None

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._work.close()

    async def _run(self) -> None:
        try:
            while self._wanted:
                document = next(iter(self._wanted))
                pressed = await self._try(document)
                del self._wanted[document]
                self._told(document, pressed)
        finally:
            self._running = None

    async def _try(self, document: str) -> Pressed | None:
        try:
            return await self.compact(document)
        except ChangedMeanwhile:
            logger.info("draft %s was compacted by another process", document)
        except (PortError, CollabError) as error:
            logger.warning("draft %s is not compacted: %s", document, error)
        except Exception:
            logger.exception("draft %s is not compacted", document)
        return None

    async def compact(self, document: str) -> Pressed | None:
        """Put what the log holds, or the first of it, into a new segment. None when there is nothing to put.

        Raises `ChangedMeanwhile` when another process did it, `Unequal`, `DamagedRow`, `DamagedPart`, `Trimmed`.
        """
        shelf = self._past.shelf
        assert shelf is not None
        kept = await self._past.kept(document)
        segments = kept.value.segments if kept else ()
        job = await self._job(document, segments)
        if not job.entries:
            return None
        pressed = await self._work(job)
        await self._publish(shelf, kept, document, pressed)
        if segments:
            await self._past.log.trim(stream(document), segments[-1].last)
        return pressed

    async def _job(self, document: str, segments: Sequence[Segment]) -> Job:
        snapshot, at, _ = await self._past.newest(document, segments)
        between: list[RawPage] = []
        for segment in segments[at:]:
            between.extend(await self._past.raw_entries(document, segment))
        after = segments[-1].last if segments else 0
        entries = await self._entries(document, after, Tail(len(snapshot.state) if snapshot else 0))
        return Job(document, snapshot, between, entries, await self._open_moments(document, segments))

    async def _entries(self, document: str, after: int, tail: Tail) -> list[RawPage]:
        """No more than a segment."""
        found: list[RawPage] = []
        async for seq, rows in read_raw(self._past.log, document, after):
            found.append((seq, rows))
            tail.add(rows)
            if tail.long:
                break
        return found

    async def _open_moments(self, document: str, segments: Sequence[Segment]) -> list[Moment]:
        """A broken index only cuts moments in two."""
        try:
            return (await self._past.part(Index, document, segments[-1].index)).open if segments else []
        except DamagedPart as error:
            logger.warning("draft %s: %s", document, error)
            return []

    async def _publish(self, shelf: Shelf, kept: Kept[Compacted] | None, document: str, pressed: Pressed) -> None:
        names = [await shelf.put_blob(blob) for blob in (pressed.entries, pressed.index, pressed.snapshot)]
        segment = Segment(pressed.first, pressed.last, *names)
        earlier = kept.value.segments if kept else ()
        await shelf.put(kept, Compacted(document, (*earlier, segment)))
