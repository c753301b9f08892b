"""The drafts' journals on an engine: `collab.journal.ports.Log`, with storage's errors as those that `collab` knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collab.errors import DamagedRow
from collab.journal import ports
from collab.journal.entries import document_of
from storage.engine import Engine, Entry, Offer
from storage.errors import Corrupt
from storage.records import translated


@dataclass(frozen=True, slots=True)
class Journals:
    engine: Engine

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        with translated("journal", stream):
            return await self.engine.append(stream, rows, writer, expect)

    async def append_each(self, offers: Sequence[ports.Offer]) -> Sequence[int | None]:
        with translated("journal", "several"):
            return await self.engine.append_each(
                [Offer(one.stream, one.rows, one.writer, one.expect) for one in offers]
            )

    async def head(self, stream: str) -> int:
        with translated("journal", stream):
            return await self.engine.head(stream)

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Raises `DamagedRow` naming the entry that is not as it was written; those before it are read first."""
        with translated("journal", stream):
            try:
                return await self.engine.read(stream, after, limit)
            except Corrupt as error:
                if limit == 1:
                    raise DamagedRow(document_of(stream), after + 1, error.why) from error
        return await self._read_singly(stream, after, limit)

    async def trim(self, stream: str, upto: int) -> None:
        with translated("journal", stream):
            await self.engine.trim(stream, upto)

    async def _read_singly(self, stream: str, after: int, limit: int) -> Sequence[Entry]:
        whole: list[Entry] = []
        while len(whole) < limit:
            try:
                found = await self.read(stream, after + len(whole), 1)
            except DamagedRow:
                if whole:
                    return whole
                raise
            if not found:
                break
            whole.extend(found)
        return whole
