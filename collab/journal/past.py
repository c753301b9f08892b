"""Reads a document's journal, compacted or not: what it opens from, and the entries of any time.

What is damaged is named and passed round: a broken snapshot by an older one and the entries after it, a broken entry by
opening the document as it stood before, a broken record of the segments by its twin. Whether a snapshot that was kept
well is a document too shows only when it is opened: whoever opens it says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from collab.errors import DamagedPart, DamagedRow, Trimmed
from collab.journal.archive import Compacted, Entries, Index, Segment, Snapshot, unpack
from collab.journal.entries import decoded, read
from collab.journal.ports import Log, Shelf
from collab.journal.row import Page, RawPage
from review.errors import NotFound
from review.ports import Kept

T = TypeVar("T", Snapshot, Entries, Index)

LEAST, MOST, SHARE = 4000, 20_000, 64
"""Rows that make a segment: no fewer, no more, and in between a share of the document's bytes, so that the snapshots of
all times together stay in proportion to what was written."""

LARGEST = 4 * 1024 * 1024
"""Bytes of rows that make a segment, however few they are."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Tail:
    """The rows of a document that are in no snapshot; `size` are their bytes, `state` those of the document then."""

    state: int = 0
    rows: int = 0
    size: int = 0

    def add(self, updates: Iterable[bytes]) -> None:
        for update in updates:
            self.rows += 1
            self.size += len(update)

    @property
    def long(self) -> bool:
        """Enough for a segment."""
        return self.rows >= min(max(LEAST, self.state // SHARE), MOST) or self.size >= LARGEST


@dataclass(frozen=True, slots=True)
class Opening:
    """What a document is made from: a snapshot, or nothing, and the entries after it.

    `damage` names what is broken beyond repair: the document ends before it. `repaired` names what is broken and was
    passed round: nothing of the document is missing.
    """

    snapshot: Snapshot | None
    pages: Sequence[Page]
    damage: str = ""
    repaired: tuple[str, ...] = ()

    @property
    def head(self) -> int:
        """The last entry that is in it."""
        if self.pages:
            return self.pages[-1][0]
        return self.snapshot.seq if self.snapshot else 0

    @property
    def tail(self) -> Tail:
        """What is in no snapshot."""
        tail = Tail(len(self.snapshot.state) if self.snapshot else 0)
        for _, rows in self.pages:
            tail.add(row.update for row in rows)
        return tail


class Past:
    """Without a shelf nothing was ever compacted."""

    def __init__(self, log: Log, shelf: Shelf | None = None) -> None:
        self.log, self.shelf = log, shelf
        self._unreadable: dict[tuple[str, int], str] = {}

    async def kept(self, document: str) -> Kept[Compacted] | None:
        try:
            return await self.shelf.get(document) if self.shelf else None
        except NotFound:
            return None

    async def segments(self, document: str) -> Sequence[Segment]:
        kept = await self.kept(document)
        return kept.value.segments if kept else ()

    async def part(self, type: type[T], document: str, name: str) -> T:
        """A blob of a segment. Raises `DamagedPart`, also where it is not there."""
        assert self.shelf is not None
        try:
            return unpack(type, document, name, await self.shelf.get_blob(name))
        except NotFound as error:
            raise DamagedPart(document, name, "it is missing") from error

    async def entries(self, document: str, segment: Segment) -> list[Page]:
        """Raises `DamagedPart`, `DamagedRow`."""
        return [(seq, decoded(document, seq, rows)) for seq, rows in await self.raw_entries(document, segment)]

    async def raw_entries(self, document: str, segment: Segment) -> list[RawPage]:
        """Raises `DamagedPart`."""
        kept = await self.part(Entries, document, segment.entries)
        return list(enumerate(kept.rows, kept.first))

    async def open(self, document: str) -> Opening:
        """The document from its newest snapshot that is whole. Raises `DamagedPart` where there is none of it left."""
        try:
            segments = await self.segments(document)
        except DamagedPart as error:
            return await self._open_by_twin(document, error)
        while True:
            opening = await self._open(document, segments)
            if not opening.damage:
                return opening
            again = await self.segments(document)
            if again == segments:
                return opening
            segments = again

    async def _open_by_twin(self, document: str, broken: DamagedPart) -> Opening:
        """The record is broken: what its twin names can be read, but nothing goes on from there."""
        assert self.shelf is not None
        segments: Sequence[Segment] = ()
        with suppress(DamagedPart):
            segments = (await self.shelf.get_twin(document)).segments
        opening = await self._open(document, segments)
        if not opening.head:
            raise broken
        damage = f"the record of its segments is damaged: {broken.why}"
        return replace(opening, damage="; ".join(filter(None, (damage, opening.damage))))

    async def _open(self, document: str, segments: Sequence[Segment]) -> Opening:
        snapshot, at, repaired = await self.newest(document, segments)
        pages: list[Page] = []
        damage = ""
        try:
            for segment in segments[at:]:
                pages.extend(await self.entries(document, segment))
            after = segments[-1].last if segments else 0
            async for page in read(self.log, document, after):
                pages.append(page)
        except DamagedRow as error:
            damage = f"entry {error.seq} of the journal is damaged: {error.why}"
        except DamagedPart as error:
            damage = f"blob {error.part} of the journal is damaged: {error.why}"
        except Trimmed as error:
            damage = f"entry {error.after + 1} of the journal is missing"
        return Opening(snapshot, pages, damage, tuple(repaired))

    async def since(self, document: str, segments: Sequence[Segment], upto: int | None = None) -> list[Page]:
        """The entries behind these segments.

        Raises `DamagedRow`, also for one that is missing, and `Trimmed` when they were compacted meanwhile.
        """
        after = segments[-1].last if segments else 0
        try:
            return [page async for page in read(self.log, document, after, upto)]
        except Trimmed as gap:
            if list(await self.segments(document)) != list(segments):
                raise
            raise DamagedRow(document, gap.after + 1, "it is missing") from gap

    def pass_round(self, snapshot: Snapshot, why: str) -> None:
        """Its bytes are those that were kept, but they are no document: from now on an older one does instead."""
        self._unreadable[snapshot.document, snapshot.seq] = why

    async def newest(self, document: str, segments: Sequence[Segment]) -> tuple[Snapshot | None, int, list[str]]:
        """A snapshot, how many segments it covers, and what newer ones are broken."""
        broken: list[str] = []
        for at in range(len(segments), 0, -1):
            try:
                return await self._snapshot(document, segments[at - 1]), at, broken
            except DamagedPart as error:
                broken.append(f"blob {error.part} of the journal is damaged: {error.why}")
                logger.warning("draft %s: snapshot at entry %d: %s", document, segments[at - 1].last, error.why)
        return None, 0, broken

    async def _snapshot(self, document: str, segment: Segment) -> Snapshot:
        if why := self._unreadable.get((document, segment.last)):
            raise DamagedPart(document, segment.snapshot, why)
        return await self.part(Snapshot, document, segment.snapshot)
