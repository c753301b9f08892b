"""The one log of facts: ordered, gap-free, hash-chained. Every process that appends continues the same chain.

An entry's row is canonical JSON (RFC 8785) of the fact with its number and the hash of the row before; its hash is
the SHA-256 of the row. Each document has a stream of its own with copies, so that its trail is read without the rest.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import rfc8785

from review.facts import Fact, Recorded
from storage.engine import Engine
from storage.errors import Conflict
from storage.records import plain, translated

log = logging.getLogger("paraph.storage")

STREAM = "facts"
ORIGIN = "0" * 64
RECHECKED = 1000

Listener = Callable[[Recorded], None]


@dataclass(slots=True)
class Log:
    """`review.ports.FactLog` on an engine. Listeners are called in order, after the fact is durable."""

    engine: Engine
    listeners: list[Listener] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _head: tuple[int, str] | None = None

    async def append(self, facts: Sequence[Fact]) -> list[Recorded]:
        with translated("facts", ""):
            async with self._lock:
                return [await self._append(fact) for fact in facts]

    async def since(self, seq: int, limit: int = 500) -> list[Recorded]:
        with translated("facts", ""):
            return [_recorded(entry.rows[0]) for entry in await self.engine.read(STREAM, seq, limit)]

    async def of_document(self, document: str, after: int = 0, limit: int = 200) -> list[Recorded]:
        with translated("facts", document):
            entries = await self.engine.read(_stream(document), 0, 1_000_000)
        found = sorted((_recorded(entry.rows[0]) for entry in entries), key=lambda recorded: recorded.seq)
        return [recorded for recorded in found if recorded.seq > after][:limit]

    async def head(self) -> int:
        with translated("facts", ""):
            return await self.engine.head(STREAM)

    async def recheck(self) -> None:
        """After a start: what a crash kept from the documents' own streams is put there."""
        start = max(0, await self.engine.head(STREAM) - RECHECKED)
        for entry in await self.engine.read(STREAM, start, RECHECKED):
            await self._copy(_recorded(entry.rows[0]), entry.rows[0])

    async def _append(self, fact: Fact) -> Recorded:
        while True:
            seq, prev = self._head or await self._read_head()
            row = row_of(fact, seq + 1, prev)
            try:
                got = await self.engine.append(STREAM, [row], fact.id, expect=seq)
            except Conflict:
                self._head = None  # another process was first: continue behind it
                continue
            if got != seq + 1:
                return _recorded((await self.engine.read(STREAM, got - 1, 1))[0].rows[0])
            recorded = _recorded(row)
            self._head = (recorded.seq, recorded.hash)
            await self._copy(recorded, row)
            self._tell(recorded)
            return recorded

    async def _read_head(self) -> tuple[int, str]:
        seq = await self.engine.head(STREAM)
        if seq == 0:
            return 0, ORIGIN
        return seq, hash_of((await self.engine.read(STREAM, seq - 1, 1))[0].rows[0])

    async def _copy(self, recorded: Recorded, row: bytes) -> None:
        if recorded.fact.document is not None:
            await self.engine.append(_stream(recorded.fact.document), [row], recorded.fact.id)

    def _tell(self, recorded: Recorded) -> None:
        for listener in self.listeners:
            try:
                listener(recorded)
            except Exception:
                log.exception("a listener failed on fact %d", recorded.seq)


def _stream(document: str) -> str:
    return f"{STREAM}/{document}"


def row_of(fact: Fact, seq: int, prev: str) -> bytes:
    raw: dict[str, Any] = plain(fact)
    return rfc8785.dumps(raw | {"seq": seq, "prev": prev})


def hash_of(row: bytes) -> str:
    return hashlib.sha256(row).hexdigest()


def _recorded(row: bytes) -> Recorded:
    raw = json.loads(row)
    seq = raw.pop("seq")
    raw.pop("prev")
    return Recorded(seq, msgspec.convert(raw, Fact), hash_of(row))
