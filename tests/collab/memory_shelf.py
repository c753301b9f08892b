"""A shelf in memory that implements `collab.journal.ports.Shelf`, and can fail at any step as storage does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from collab.journal.archive import Compacted
from review.errors import ChangedMeanwhile, NotFound, Unavailable
from review.ports import Kept


@dataclass(slots=True)
class MemoryShelf:
    """`steps` counts what was kept; the step numbered `fails_at` is refused, and all after it."""

    records: dict[str, Kept[Compacted]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    steps: int = 0
    fails_at: int | None = None
    before_put: Callable[[], None] | None = None

    async def get(self, document: str) -> Kept[Compacted]:
        if document not in self.records:
            raise NotFound("compacted", document)
        return self.records[document]

    async def put(self, kept: Kept[Compacted] | None, compacted: Compacted) -> None:
        self._step()
        if self.before_put:
            self.before_put()
        known = self.records.get(compacted.document)
        if (known.rev if known else 0) != (kept.rev if kept else 0):
            raise ChangedMeanwhile("compacted", compacted.document)
        rev = known.rev + 1 if known else 1
        self.records[compacted.document] = Kept(compacted.document, rev, compacted, rev)

    async def get_twin(self, document: str) -> Compacted:
        return (await self.get(document)).value

    async def get_blob(self, sha256: str) -> bytes:
        if sha256 not in self.blobs:
            raise NotFound("blob", sha256)
        return self.blobs[sha256]

    async def put_blob(self, data: bytes) -> str:
        self._step()
        name = hashlib.sha256(data).hexdigest()
        self.blobs[name] = data
        return name

    def _step(self) -> None:
        self.steps += 1
        if self.fails_at is not None and self.steps >= self.fails_at:
            raise Unavailable("the disk is full")
