"""The engine's contract on one SQLite file."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import apsw

from storage.engine import (
    CHUNK,
    Entry,
    Flaw,
    Health,
    Item,
    NewEntry,
    NewRecord,
    Offer,
    Record,
    RecordKind,
    Terms,
    TermsOf,
    check_size,
    check_terms,
    rechunked,
)
from storage.errors import Conflict, Unavailable
from storage.sqlite import checking, copying, statements
from storage.sqlite.connection import check_library, create, lay_out, make_room, settle, take_lock
from storage.sqlite.readers import Readers
from storage.sqlite.writer import Writer


class Access(Enum):
    """ALONE: the one process that serves. BESIDE: a command that may run while another process serves."""

    ALONE = "alone"
    BESIDE = "beside"


class SqliteEngine:
    """Use `SqliteEngine.open`. Everything that touches the disk happens in its own threads."""

    def __init__(self, path: Path, lock: BinaryIO | None) -> None:
        self._path = path
        self._lock = lock
        self._kinds: dict[str, RecordKind] = {}
        self._writer = Writer(path)
        self._readers = Readers(path)

    @classmethod
    async def open(cls, path: Path, access: Access = Access.ALONE) -> SqliteEngine:
        """Raises `InUse` when another process serves from this file, `Unsuitable`, `Unavailable`."""
        return await asyncio.to_thread(cls._open, path, access)

    @classmethod
    def _open(cls, path: Path, access: Access) -> SqliteEngine:
        check_library()
        create(path)
        lock = take_lock(path) if access is Access.ALONE else None
        try:
            if lock is not None:
                settle(path)
            return cls(path, lock)
        except BaseException:
            if lock is not None:
                lock.close()
            raise

    async def setup(self, kinds: Sequence[RecordKind]) -> None:
        await self._writer.run(lay_out)
        if self._lock is not None:
            await self._writer.run(drop_abandoned)
            await self._writer.run(make_room)
        self._kinds = {kind.name: kind for kind in kinds}

    async def insert(self, kind: str, id: str, body: bytes, terms: Terms) -> int:
        known, record = self._checked(kind, id, 1, body, terms)
        return await self._writer.run(lambda db: statements.insert(db, known, record, terms))

    async def insert_all(self, kind: str, new: Sequence[NewRecord]) -> None:
        known = self._kinds[kind]
        records = [(self._checked(kind, one.id, 1, one.body, one.terms)[1], one.terms) for one in new]

        def insert(db: apsw.Connection) -> None:
            for record, terms in records:
                statements.insert(db, known, record, terms)

        await self._writer.run(insert)

    async def get(self, kind: str, id: str) -> Record:
        return await self._readers.run(lambda db: statements.get(db, kind, id))

    async def replace(self, kind: str, id: str, rev: int, body: bytes, terms: Terms) -> int:
        known, record = self._checked(kind, id, rev, body, terms)
        return await self._writer.run(lambda db: statements.replace(db, known, record, terms))

    async def delete(self, kind: str, id: str, rev: int) -> None:
        await self._writer.run(lambda db: statements.delete(db, kind, id, rev))

    async def find(
        self, kind: str, index: str | None = None, value: str = "", *, after: str = "", limit: int = 200
    ) -> list[Record]:
        if index is None:
            return await self._readers.run(lambda db: statements.find_all(db, kind, after, limit))
        check_terms(self._kinds[kind], {index: ()})
        return await self._readers.run(lambda db: statements.find(db, kind, index, value, after, limit))

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        body = statements.pack(rows)
        check_size(f"stream {stream}", len(body))
        return await self._writer.run(lambda db: statements.append(db, stream, body, writer, expect))

    async def append_all(self, stream: str, new: Sequence[NewEntry], expect: int) -> None:
        bodies = [(statements.pack(one.rows), one.writer) for one in new]
        for body, _ in bodies:
            check_size(f"stream {stream}", len(body))

        def append(db: apsw.Connection) -> None:
            for place, (body, writer) in enumerate(bodies, expect):
                seq = statements.append(db, stream, body, writer, place)
                if seq != place + 1:
                    raise Conflict(f"stream {stream}", place, seq)

        await self._writer.run(append)

    async def append_each(self, offers: Sequence[Offer]) -> list[int | None]:
        bodies = [statements.pack(offer.rows) for offer in offers]
        for offer, body in zip(offers, bodies, strict=True):
            check_size(f"stream {offer.stream}", len(body))
        return await self._writer.run(lambda db: statements.offer_all(db, offers, bodies))

    async def head(self, stream: str) -> int:
        return await self._readers.run(lambda db: statements.head(db, stream))

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        return await self._readers.run(lambda db: statements.read(db, stream, after, limit))

    async def trim(self, stream: str, upto: int) -> None:
        await self._writer.run(lambda db: statements.trim(db, stream, upto))

    async def streams(self, after: str = "", limit: int = 1000) -> list[str]:
        return await self._readers.run(lambda db: statements.streams(db, after, limit))

    async def put_blob(self, chunks: AsyncIterable[bytes]) -> str:
        upload, digest, size, n = secrets.token_hex(12), hashlib.sha256(), 0, 0
        try:
            async for data in rechunked(chunks):
                digest.update(data)
                await self._writer.run(partial(statements.keep_chunk, upload=upload, n=n, data=data))
                size, n = size + len(data), n + 1
        except BaseException:
            await self._abandon(upload)
            raise
        sha256 = digest.hexdigest()
        await self._writer.run(lambda db: statements.publish(db, sha256, size, upload))
        return sha256

    async def open_blob(self, sha256: str, start: int = 0) -> AsyncIterator[bytes]:
        size, upload = await self._readers.run(lambda db: statements.find_blob(db, sha256))
        for n in range(start // CHUNK, -(-size // CHUNK)):
            data = await self._readers.run(partial(statements.read_chunk, sha256=sha256, upload=upload, n=n))
            yield data[max(0, start - n * CHUNK) :]

    async def blob_size(self, sha256: str) -> int:
        size, _ = await self._readers.run(lambda db: statements.find_blob(db, sha256))
        return size

    async def is_empty(self) -> bool:
        return await self._readers.run(statements.is_empty)

    def dump(self) -> AsyncIterator[Item]:
        return copying.dump(self._path)

    async def load(self, items: AsyncIterable[Item]) -> None:
        await copying.load(self._writer, self._kinds, items)

    async def verify(self, terms_of: Mapping[str, TermsOf] = MappingProxyType({})) -> list[Flaw]:
        return await checking.verify(self._path, self._kinds, terms_of)

    async def health(self) -> Health:
        """After a refused transaction it is tried whether one is taken now."""
        version = apsw.sqlite_lib_version()
        try:
            if self._writer.broken or self._writer.failed:
                await self._writer.run(statements.touch)
        except Unavailable as error:
            return Health("sqlite", version, False, error.why, error.trouble)
        return Health("sqlite", version, True, str(self._path))

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.close)
        if self._lock is not None:
            self._lock.close()

    def _checked(self, kind: str, id: str, rev: int, body: bytes, terms: Terms) -> tuple[RecordKind, Record]:
        known = self._kinds[kind]
        check_terms(known, terms)
        check_size(f"record {kind}/{id}", len(body))
        return known, Record(id, rev, body)

    async def _abandon(self, upload: str) -> None:
        """Give back the room of an upload that broke off; if even that fails, the next start does it."""
        if self._writer.broken is None:
            await self._writer.run(lambda db: statements.drop_upload(db, upload))


def drop_abandoned(db: apsw.Connection) -> None:
    """Chunks without a published blob are what a crash left; only for the one process that serves."""
    db.execute("delete from chunk where upload not in (select upload from blob)")
