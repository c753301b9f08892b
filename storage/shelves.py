"""Compacted journals on an engine: `collab.ports.Shelf`."""

from __future__ import annotations

from dataclasses import dataclass

from collab.archive import Compacted
from collab.errors import DamagedPart
from review.errors import AlreadyThere, ChangedMeanwhile, Unavailable
from review.ports import Kept
from storage.blobs import BlobStore
from storage.errors import Corrupt
from storage.records import Records


@dataclass(frozen=True, slots=True)
class Shelves:
    """What is damaged on the disk is `DamagedPart`: another part may do instead."""

    records: Records[Compacted]
    blobs: BlobStore

    async def get(self, document: str) -> Kept[Compacted]:
        try:
            return await self.records.get(document)
        except Unavailable as error:
            raise _told(document, "record", error) from error

    async def put(self, kept: Kept[Compacted] | None, compacted: Compacted) -> None:
        if kept is not None:
            await self.records.replace(kept, compacted)
            return
        try:
            await self.records.insert(compacted.document, compacted)
        except AlreadyThere as error:
            raise ChangedMeanwhile("compacted", compacted.document) from error

    async def get_blob(self, sha256: str) -> bytes:
        try:
            return await self.blobs.get(sha256)
        except Unavailable as error:
            raise _told("", sha256, error) from error

    async def put_blob(self, data: bytes) -> str:
        return await self.blobs.put(data)


def _told(document: str, part: str, error: Unavailable) -> Exception:
    cause = error.__cause__
    return DamagedPart(document, part, cause.why) if isinstance(cause, Corrupt) else error
