"""Everything out of a MongoDB database, and into an empty one."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from storage.engine import DumpedChunk, DumpedEntry, DumpedRecord, Item
from storage.errors import Unavailable
from storage.mongodb.blobs import Blobs
from storage.mongodb.connection import Client, shows_one_moment, translated
from storage.mongodb.logs import Logs, read_entry
from storage.mongodb.records import Records

State = dict[str, int]


class Copying:
    """A replica set shows a snapshot. A standalone server does not: there we compare what stood before and after."""

    def __init__(self, client: Client, kinds: Mapping[str, Records], logs: Logs, blobs: Blobs) -> None:
        self._client = client
        self._kinds = kinds
        self._logs = logs
        self._blobs = blobs

    async def dump(self) -> AsyncIterator[Item]:
        if shows_one_moment(self._client):
            async with self._client.start_session(snapshot=True) as session:
                async for item in self._everything(session):
                    yield item
            return
        before = await self._state()
        async for item in self._everything(None):
            yield item
        if await self._state() != before:
            raise Unavailable("the database was written to meanwhile, and a single server cannot show one moment")

    async def load(self, items: AsyncIterable[Item]) -> None:
        n = size = 0
        async for item in items:
            if isinstance(item, DumpedRecord):
                await self._kinds[item.kind].insert(item.record, item.terms)
            elif isinstance(item, DumpedEntry):
                await self._logs.keep(item.stream, item.entry)
            else:
                n, size = await self._load_chunk(item, n, size)

    async def _load_chunk(self, chunk: DumpedChunk, n: int, size: int) -> tuple[int, int]:
        upload = f"load-{chunk.sha256}"
        if chunk.data:
            await self._blobs.keep_chunk(upload, n, chunk.data)
        size += len(chunk.data)
        if not chunk.last:
            return n + 1, size
        await self._blobs.publish(chunk.sha256, size, upload)
        return 0, 0

    async def _everything(self, session: AsyncClientSession | None) -> AsyncIterator[Item]:
        hashes = [blob["_id"] async for blob in self._blobs.published.find({}, {"_id": 1}, session=session).sort("_id")]
        for name in sorted(self._kinds):
            records = self._kinds[name]
            async for found in records.kept.find({}, session=session).sort("_id", 1):
                yield DumpedRecord(name, records.read(found), records.terms(found))
        async for found in self._logs.kept.find({}, session=session).sort([("s", 1), ("n", 1)]):
            yield DumpedEntry(found["s"], read_entry(found))
        for sha256 in hashes:
            async for chunk in self._blob(sha256):
                yield chunk

    async def _blob(self, sha256: str) -> AsyncIterator[Item]:
        """Blobs never change, so they need no snapshot."""
        before: bytes | None = None
        async for data in self._blobs.open(sha256, 0):
            if before is not None:
                yield DumpedChunk(sha256, before, False)
            before = data
        yield DumpedChunk(sha256, before or b"", True)

    async def _state(self) -> State:
        """Every record's revision and every stream's head."""
        state: State = {}
        with translated():
            for name, records in self._kinds.items():
                async for one in records.kept.find({}, {"r": 1}):
                    state[f"record {name}/{one['_id']}"] = one["r"]
        for stream in await self._all_streams():
            state[f"stream {stream}"] = await self._logs.head(stream)
        return state

    async def _all_streams(self) -> Sequence[str]:
        names: list[str] = []
        while some := await self._logs.streams(names[-1] if names else "", 1000):
            names.extend(some)
        return names
