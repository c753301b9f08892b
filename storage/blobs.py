"""Blobs on an engine: `review.ports.Blobs`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from storage.engine import Engine
from storage.records import translated


@dataclass(frozen=True, slots=True)
class BlobStore:
    engine: Engine

    async def put(self, data: bytes | AsyncIterable[bytes]) -> str:
        with translated("blob", ""):
            return await self.engine.put_blob(_one(data) if isinstance(data, bytes) else data)

    async def get(self, sha256: str) -> bytes:
        return b"".join([chunk async for chunk in self.stream(sha256)])

    async def stream(self, sha256: str, start: int = 0) -> AsyncIterator[bytes]:
        with translated("blob", sha256):
            async for chunk in self.engine.open_blob(sha256, start):
                yield chunk

    async def size(self, sha256: str) -> int:
        with translated("blob", sha256):
            return await self.engine.blob_size(sha256)


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data
