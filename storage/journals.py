"""The drafts' journals on an engine: `collab.ports.Log`, with storage's errors as those that `collab` knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collab.errors import DamagedRow
from storage.engine import Engine, Entry
from storage.errors import Corrupt
from storage.records import translated


@dataclass(frozen=True, slots=True)
class Journals:
    engine: Engine

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        with translated("journal", stream):
            return await self.engine.append(stream, rows, writer, expect)

    async def head(self, stream: str) -> int:
        with translated("journal", stream):
            return await self.engine.head(stream)

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Raises `DamagedRow` naming the entry that is not as it was written."""
        with translated("journal", stream):
            try:
                return await self.engine.read(stream, after, limit)
            except Corrupt as error:
                found = re.search(r"entry (\d+)$", error.place)
                raise DamagedRow(stream, int(found.group(1)) if found else 0, error.why) from error
