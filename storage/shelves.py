"""Compacted journals on an engine: `collab.journal.ports.Shelf`.

Beside each record stands a twin, the last entry of a stream of its own: should the record break, everything that it
named is still found.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from collab.errors import DamagedPart
from collab.journal.archive import Compacted
from review.errors import AlreadyThere, ChangedMeanwhile, Unavailable
from review.ids import new_id
from review.ports import Kept
from storage.blobs import BlobStore
from storage.errors import Corrupt
from storage.records import Records, translated


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
        """The twin may lag by the newest segment: its entries are in the log as well until the next one is kept."""
        if kept is not None:
            await self.records.replace(kept, compacted)
        else:
            await self._insert(compacted)
        with translated("compacted", compacted.document):
            engine, twin = self.blobs.engine, _twin(compacted.document)
            seq = await engine.append(twin, [msgspec.json.encode(compacted)], new_id())
            await engine.trim(twin, seq - 1)

    async def _insert(self, compacted: Compacted) -> None:
        try:
            await self.records.insert(compacted.document, compacted)
        except AlreadyThere as error:
            raise ChangedMeanwhile("compacted", compacted.document) from error

    async def get_twin(self, document: str) -> Compacted:
        engine, twin = self.blobs.engine, _twin(document)
        try:
            with translated("compacted", document):
                found = await engine.read(twin, max(await engine.head(twin) - 1, 0), 1)
        except Unavailable as error:
            raise _told(document, "twin", error) from error
        if not found:
            raise DamagedPart(document, "twin", "it is missing")
        try:
            return msgspec.json.decode(found[0].rows[0], type=Compacted)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DamagedPart(document, "twin", str(error)) from error

    async def get_blob(self, sha256: str) -> bytes:
        try:
            return await self.blobs.get(sha256)
        except Unavailable as error:
            raise _told("", sha256, error) from error

    async def put_blob(self, data: bytes) -> str:
        return await self.blobs.put(data)


def _twin(document: str) -> str:
    return f"compacted/{document}"


def _told(document: str, part: str, error: Unavailable) -> Exception:
    cause = error.__cause__
    return DamagedPart(document, part, cause.why) if isinstance(cause, Corrupt) else error
