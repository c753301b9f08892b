"""The engine's contract on MongoDB's own asynchronous driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from types import MappingProxyType

from storage.engine import (
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
)
from storage.errors import Unavailable, Unsuitable
from storage.mongodb import checking
from storage.mongodb.blobs import Blobs
from storage.mongodb.connection import LAYOUT, Client, Collection, Database, connect, translated
from storage.mongodb.copying import Copying
from storage.mongodb.logs import Logs, pack
from storage.mongodb.records import Records


class MongoEngine:
    """Use `MongoEngine.open`. Only changes of single documents, acknowledged by a majority and on disk."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database
        self._meta: Collection = database["meta"]
        self._records: dict[str, Records] = {}
        self._logs = Logs(database)
        self._blobs = Blobs(database)
        self._closed = False

    @classmethod
    async def open(cls, url: str) -> MongoEngine:
        """Raises `Unsuitable` for a URL without a database's name, `Unavailable` when nobody answers."""
        client, database = connect(url)
        try:
            with translated():
                await client.admin.command("ping")
        except BaseException:
            await client.close()
            raise
        return cls(client, database)

    async def setup(self, kinds: Sequence[RecordKind]) -> None:
        with translated():
            await self._meta.update_one({"_id": "layout"}, {"$inc": {"opened": 1}}, upsert=True)
            layout = await self._meta.find_one({"_id": "layout"}) or {}
            loading = await self._meta.find_one({"_id": "loading"})
        if layout.get("n", LAYOUT) > LAYOUT:
            raise Unsuitable(f"the database has layout {layout['n']}, this program knows up to {LAYOUT}")
        if loading:
            raise Unsuitable("a restore into this database was not finished; start again with an empty one")
        self._records = {kind.name: Records(self._database, kind) for kind in kinds}
        await asyncio.gather(*(records.setup() for records in self._records.values()))
        await self._logs.setup()
        await self._blobs.setup()
        with translated():
            await self._meta.update_one({"_id": "layout"}, {"$set": {"n": LAYOUT}})

    async def insert(self, kind: str, id: str, body: bytes, terms: Terms) -> int:
        return await self._checked(kind, id, body, terms).insert(Record(id, 1, body), terms)

    async def insert_all(self, kind: str, new: Sequence[NewRecord]) -> None:
        for one in new:
            self._checked(kind, one.id, one.body, one.terms)
        await self._kind(kind).insert_all([(Record(one.id, 1, one.body), one.terms) for one in new])

    async def get(self, kind: str, id: str) -> Record:
        return await self._kind(kind).get(id)

    async def replace(self, kind: str, id: str, rev: int, body: bytes, terms: Terms) -> int:
        return await self._checked(kind, id, body, terms).replace(Record(id, rev, body), terms)

    async def delete(self, kind: str, id: str, rev: int) -> None:
        await self._kind(kind).delete(id, rev)

    async def find(
        self, kind: str, index: str | None = None, value: str = "", *, after: str = "", limit: int = 200
    ) -> list[Record]:
        records = self._kind(kind)
        if index is not None:
            check_terms(records.kind, {index: ()})
        return await records.find(index, value, after, limit)

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        self._check_open()
        packed = pack(rows)
        check_size(f"stream {stream}", len(packed))
        return await self._logs.append(stream, packed, writer, expect)

    async def append_all(self, stream: str, new: Sequence[NewEntry], expect: int) -> None:
        self._check_open()
        for one in new:
            check_size(f"stream {stream}", sum(map(len, one.rows)))
        await self._logs.append_all(stream, new, expect)

    async def append_each(self, offers: Sequence[Offer]) -> list[int | None]:
        self._check_open()
        packed = [pack(offer.rows) for offer in offers]
        for offer, rows in zip(offers, packed, strict=True):
            check_size(f"stream {offer.stream}", len(rows))
        pairs = zip(offers, packed, strict=True)
        return list(await asyncio.gather(*(self._logs.offer(offer, rows) for offer, rows in pairs)))

    async def head(self, stream: str) -> int:
        self._check_open()
        return await self._logs.head(stream)

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        self._check_open()
        return await self._logs.read(stream, after, limit)

    async def trim(self, stream: str, upto: int) -> None:
        self._check_open()
        await self._logs.trim(stream, upto)

    async def streams(self, after: str = "", limit: int = 1000) -> list[str]:
        self._check_open()
        return await self._logs.streams(after, limit)

    async def put_blob(self, chunks: AsyncIterable[bytes]) -> str:
        self._check_open()
        return await self._blobs.put(chunks)

    def open_blob(self, sha256: str, start: int = 0) -> AsyncIterator[bytes]:
        self._check_open()
        return self._blobs.open(sha256, start)

    async def blob_size(self, sha256: str) -> int:
        self._check_open()
        return await self._blobs.size(sha256)

    async def is_empty(self) -> bool:
        self._check_open()
        kept = [self._logs.kept, self._blobs.published, *(records.kept for records in self._records.values())]
        with translated():
            for collection in kept:
                if await collection.find_one({}, {"_id": 1}) is not None:
                    return False
        return True

    def dump(self) -> AsyncIterator[Item]:
        self._check_open()
        return self._copying().dump()

    async def load(self, items: AsyncIterable[Item]) -> None:
        if not await self.is_empty():
            raise Unsuitable("the database is not empty")
        with translated():
            await self._meta.insert_one({"_id": "loading"})
        await self._copying().load(items)
        with translated():
            await self._meta.delete_one({"_id": "loading"})

    async def verify(self, terms_of: Mapping[str, TermsOf] = MappingProxyType({})) -> list[Flaw]:
        self._check_open()
        return await checking.verify(self._records.values(), self._logs, self._blobs, terms_of)

    async def health(self) -> Health:
        with translated():
            info = await self._client.server_info()
        writable = self._client.topology_description.has_writable_server()
        return Health("mongodb", str(info["version"]), writable, "" if writable else "no primary can be written to")

    async def close(self) -> None:
        self._closed = True
        await self._client.close()

    def _copying(self) -> Copying:
        return Copying(self._client, self._records, self._logs, self._blobs)

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("the database is closed")

    def _kind(self, kind: str) -> Records:
        self._check_open()
        return self._records[kind]

    def _checked(self, kind: str, id: str, body: bytes, terms: Terms) -> Records:
        records = self._kind(kind)
        check_terms(records.kind, terms)
        check_size(f"record {kind}/{id}", len(body))
        return records
