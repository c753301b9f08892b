"""A log in memory that implements `collab.journal.ports.Log`, and can fail as storage does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from collab.journal.ports import Offer
from review.errors import ChangedMeanwhile, Trouble, Unavailable


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    rows: tuple[bytes, ...]


@dataclass(slots=True)
class MemoryLog:
    """`down` refuses what is to be written and counts it in `refused`, `mute` what is to be read.

    `forgetful` carries an append out but loses the answer, `late` shows an entry later than the one that follows it,
    both once for each count. `faulty` fails as nobody expects, and so does `garbled` what is read. What is written
    waits until it is `open`; `offered` counts that it came.
    """

    streams: dict[str, list[Entry]] = field(default_factory=dict)
    writers: dict[tuple[str, str], int] = field(default_factory=dict)
    down: bool = False
    mute: bool = False
    refused: int = 0
    forgetful: int = 0
    late: int = 0
    faulty: int = 0
    garbled: int = 0
    offered: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    appends: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        self.offered += 1
        await self.open.wait()
        if self.down:
            self.refused += 1
            raise Unavailable("no room", Trouble.FULL)
        seq = self._append(stream, rows, writer, expect)
        if self.forgetful:
            self.forgetful -= 1
            raise Unavailable("no answer")
        return seq

    async def append_each(self, offers: Sequence[Offer]) -> Sequence[int | None]:
        self.offered += 1
        await self.open.wait()
        if self.faulty:
            self.faulty -= 1
            raise RuntimeError("a fault of ours")
        if self.down:
            raise Unavailable("no room", Trouble.FULL)
        numbers = [self._offer(offer) for offer in offers]
        if self.forgetful:
            self.forgetful -= 1
            raise Unavailable("no answer")
        return numbers

    def _offer(self, offer: Offer) -> int | None:
        try:
            return self._append(offer.stream, offer.rows, offer.writer, offer.expect)
        except ChangedMeanwhile:
            return None

    def _append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None) -> int:
        if (stream, writer) in self.writers:
            return self.writers[stream, writer]
        entries = self.streams.setdefault(stream, [])
        last = entries[-1].seq if entries else 0
        if expect is not None and expect != last:
            raise ChangedMeanwhile("log", stream)
        entries.append(Entry(last + 1, tuple(rows)))
        self.writers[stream, writer] = last + 1
        self.appends += 1
        return last + 1

    async def head(self, stream: str) -> int:
        entries = self.streams.get(stream)
        return entries[-1].seq if entries else 0

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        if self.mute:
            raise Unavailable("no answer")
        if self.garbled:
            self.garbled -= 1
            raise RuntimeError("a fault of ours")
        beyond = [entry for entry in self.streams.get(stream, []) if entry.seq > after][:limit]
        if self.late and len(beyond) > 1:
            self.late -= 1
            return beyond[1:]
        return beyond

    async def trim(self, stream: str, upto: int) -> None:
        if self.down:
            raise Unavailable("no room", Trouble.FULL)
        entries = self.streams[stream]
        self.streams[stream] = [entry for entry in entries[:-1] if entry.seq > upto] + entries[-1:]
