"""Logs as documents `{_id, s, n, w, d, c}`: stream, number, writer, rows, checksum, unique by (s, n) and (s, w).

The unique number decides who comes next. Shard by `s`: both unique indexes begin with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import msgspec
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError

from storage.engine import Entry, NewEntry, Offer, checksum
from storage.errors import Conflict, Corrupt, Unavailable
from storage.mongodb.connection import Collection, Database, Document, refused_as_duplicate, translated

PATIENCE = 10.0
"""Seconds for which one append keeps trying to be the next."""

REMEMBERED = 10_000
"""Streams whose head is remembered. It saves a question; that it is the head is decided by the unique number."""

_ROWS = msgspec.msgpack.Decoder(list[bytes])


class Logs:
    def __init__(self, database: Database) -> None:
        self.kept: Collection = database["log"]
        self._floors: Collection = database["log_floor"]
        self._heads: dict[str, int] = {}

    async def setup(self) -> None:
        with translated():
            await self.kept.create_index([("s", 1), ("n", 1)], unique=True)
            await self.kept.create_index([("s", 1), ("w", 1)], unique=True)

    async def append(self, stream: str, rows: bytes, writer: str, expect: int | None) -> int:
        """Repeated here after a lost answer: the writer's nonce makes that safe."""
        last = self._heads.get(stream)
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            if last is None or expect not in (None, last):
                last = await self.head(stream)
            if expect is not None and expect != last:
                return await self._already(stream, writer) or _refuse(stream, expect, last)
            if await self._insert(stream, last + 1, rows, writer):
                self._remember(stream, last + 1)
                return last + 1
            if known := await self._already(stream, writer):
                return known
            last = None
        raise Unavailable(f"too many are appending to {stream}")

    async def offer(self, offer: Offer, rows: bytes) -> int | None:
        """As `append`, None for another head."""
        try:
            return await self.append(offer.stream, rows, offer.writer, offer.expect)
        except Conflict:
            return None

    async def append_all(self, stream: str, new: Sequence[NewEntry], expect: int) -> None:
        """Not repeated: whoever is refused asks for each one singly, by its writer."""
        last = self._heads.get(stream)
        if last != expect:
            last = await self.head(stream)
        if last != expect:
            raise Conflict(f"stream {stream}", expect, last)
        entries = [_entry(stream, seq, pack(one.rows), one.writer) for seq, one in enumerate(new, expect + 1)]
        with translated():
            refused = await self._insert_all(entries)
            if await self._below_floor(stream, expect + 1) or refused:
                raise Conflict(f"stream {stream}", expect, await self.head(stream))
        self._remember(stream, expect + len(new))

    async def keep(self, stream: str, entry: Entry) -> None:
        """An entry at a number of its own: for filling an empty database."""
        await self._insert(stream, entry.seq, pack(entry.rows), entry.writer)

    async def head(self, stream: str) -> int:
        with translated():
            last = await self.kept.find_one({"s": stream}, {"n": 1}, sort=[("n", -1)])
        return int(last["n"]) if last else 0

    async def read(self, stream: str, after: int, limit: int) -> list[Entry]:
        with translated():
            found = await self.kept.find({"s": stream, "n": {"$gt": after}}).sort("n", 1).limit(limit).to_list()
        entries = [read_entry(one) for one in found]
        for before, one in pairwise(entries):
            if one.seq != before.seq + 1:
                raise Corrupt(f"stream {stream}, entry {before.seq + 1}", "it is missing")
        return entries

    async def trim(self, stream: str, upto: int) -> None:
        """The floor is raised first: whoever then appends below it, with an old head in mind, finds out."""
        upto = min(upto, await self.head(stream) - 1)
        if upto <= 0:
            return
        with translated():
            await self._raise_floor(stream, upto)
            await self.kept.delete_many({"s": stream, "n": {"$lte": upto}})

    async def streams(self, after: str, limit: int) -> list[str]:
        """Steps from one stream's name to the next in the index."""
        names: list[str] = []
        while len(names) < limit:
            with translated():
                found = await self.kept.find_one({"s": {"$gt": after}}, {"s": 1}, sort=[("s", 1), ("n", 1)])
            if found is None:
                break
            after = found["s"]
            names.append(after)
        return names

    async def _insert(self, stream: str, seq: int, rows: bytes, writer: str) -> bool:
        with translated():
            try:
                await self.kept.insert_one(_entry(stream, seq, rows, writer))
            except (DuplicateKeyError, AutoReconnect):
                return False
            return not await self._below_floor(stream, seq)

    async def _insert_all(self, entries: Sequence[Document]) -> bool:
        """True when one of them was refused because somebody else was first."""
        try:
            await self.kept.insert_many(entries, ordered=True)
        except BulkWriteError as error:
            if refused_as_duplicate(error) is None:
                raise
            return True
        return False

    def _remember(self, stream: str, head: int) -> None:
        if len(self._heads) >= REMEMBERED:
            self._heads.clear()
        self._heads[stream] = head

    async def _raise_floor(self, stream: str, upto: int) -> None:
        try:
            await self._floors.update_one({"_id": stream, "n": {"$lt": upto}}, {"$set": {"n": upto}}, upsert=True)
        except DuplicateKeyError:
            return  # it is as high already

    async def _below_floor(self, stream: str, seq: int) -> bool:
        """True when others went on and trimmed between our look at the head and our insert: then it is undone."""
        floor = await self._floors.find_one({"_id": stream})
        if floor is None or floor["n"] < seq:
            return False
        await self.kept.delete_many({"s": stream, "n": {"$lte": floor["n"]}})
        return True

    async def _already(self, stream: str, writer: str) -> int | None:
        with translated():
            known = await self.kept.find_one({"s": stream, "w": writer}, {"n": 1})
        return int(known["n"]) if known else None


def _refuse(stream: str, expect: int, last: int) -> int:
    raise Conflict(f"stream {stream}", expect, last)


def _entry(stream: str, seq: int, rows: bytes, writer: str) -> Document:
    total = checksum(stream, seq, writer, rows)
    return {"_id": f"{stream}/{seq:012d}", "s": stream, "n": seq, "w": writer, "d": rows, "c": total}


def read_entry(found: Document) -> Entry:
    """Raises `Corrupt`."""
    stream, seq, writer, rows = found["s"], found["n"], found["w"], found["d"]
    if checksum(stream, seq, writer, rows) != found["c"]:
        raise Corrupt(f"stream {stream}, entry {seq}", "its checksum does not match")
    return Entry(seq, writer, tuple(_ROWS.decode(rows)))


def pack(rows: Sequence[bytes]) -> bytes:
    return msgspec.msgpack.encode(list(rows))
