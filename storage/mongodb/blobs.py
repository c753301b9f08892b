"""Blobs: chunks `{_id, u, n, d, t}` first, then one insert of `{_id: sha256, size, u, count}` that publishes them."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import AsyncIterable, AsyncIterator

from pymongo.errors import DuplicateKeyError

from storage.engine import CHUNK, rechunked
from storage.errors import Corrupt, NotFound
from storage.mongodb.connection import Collection, Database, Document, translated

ABANDONED_AFTER = 24 * 3600
"""Seconds after which chunks that nobody published are what a crash left."""


class Blobs:
    def __init__(self, database: Database) -> None:
        self.published: Collection = database["blob"]
        self._chunks: Collection = database["chunk"]

    async def setup(self) -> None:
        with translated():
            await self._chunks.create_index([("u", 1), ("n", 1)])
            await self._chunks.create_index([("t", 1)])
        await self._drop_abandoned()

    async def put(self, chunks: AsyncIterable[bytes]) -> str:
        upload, digest, size, n = secrets.token_hex(12), hashlib.sha256(), 0, 0
        try:
            async for data in rechunked(chunks):
                digest.update(data)
                await self.keep_chunk(upload, n, data)
                size, n = size + len(data), n + 1
            await self.publish(digest.hexdigest(), size, upload)
        except BaseException:
            await self._drop(upload)
            raise
        return digest.hexdigest()

    async def keep_chunk(self, upload: str, n: int, data: bytes) -> None:
        with translated():
            await self._chunks.insert_one(
                {"_id": f"{upload}/{n:08d}", "u": upload, "n": n, "d": data, "t": int(time.time())}
            )

    async def publish(self, sha256: str, size: int, upload: str) -> None:
        with translated():
            try:
                await self.published.insert_one({"_id": sha256, "size": size, "u": upload})
            except DuplicateKeyError:
                await self._drop(upload)

    async def open(self, sha256: str, start: int) -> AsyncIterator[bytes]:
        blob = await self._find(sha256)
        for n in range(start // CHUNK, -(-blob["size"] // CHUNK)):
            data = await self._read(sha256, blob["u"], n)
            yield data[max(0, start - n * CHUNK) :]

    async def size(self, sha256: str) -> int:
        return int((await self._find(sha256))["size"])

    async def _find(self, sha256: str) -> Document:
        with translated():
            blob = await self.published.find_one({"_id": sha256})
        if blob is None:
            raise NotFound("blob", sha256)
        return blob

    async def _read(self, sha256: str, upload: str, n: int) -> bytes:
        with translated():
            chunk = await self._chunks.find_one({"_id": f"{upload}/{n:08d}"})
        if chunk is None:
            raise Corrupt(f"blob {sha256}", f"its bytes from {n * CHUNK} on are missing")
        return bytes(chunk["d"])

    async def _drop(self, upload: str) -> None:
        with translated():
            await self._chunks.delete_many({"u": upload})

    async def _drop_abandoned(self) -> None:
        old = {"t": {"$lt": int(time.time()) - ABANDONED_AFTER}, "n": 0}
        with translated():
            for first in await self._chunks.find(old, {"u": 1}).to_list():
                if await self.published.find_one({"u": first["u"]}, {"_id": 1}) is None:
                    await self._drop(first["u"])
