"""Everything out of a SQLite file at one moment, and into an empty one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import apsw

from storage.engine import DumpedChunk, DumpedEntry, DumpedRecord, Item, Record, RecordKind
from storage.errors import Unsuitable
from storage.sqlite import statements
from storage.sqlite.connection import connect
from storage.sqlite.writer import Writer

SLICE = 64


async def dump(path: Path) -> AsyncIterator[Item]:
    """One read transaction: what is committed meanwhile is not in it, and nobody waits for it."""
    db = await asyncio.to_thread(connect, path)
    try:
        await asyncio.to_thread(lambda: db.execute("begin").fetchall())
        items = _everything(db)
        while some := await asyncio.to_thread(lambda: list(islice(items, SLICE))):
            for item in some:
                yield item
    finally:
        await asyncio.to_thread(db.close, True)


def _everything(db: apsw.Connection) -> Iterator[Item]:
    yield from _records(db)
    query = "select stream, seq, writer, body, sum from log order by stream, seq"
    for stream, *row in db.execute(query):
        yield DumpedEntry(stream, statements.entry(stream, *row))
    yield from _blobs(db)


def _records(db: apsw.Connection) -> Iterator[Item]:
    for kind, id, rev, body, total in db.execute("select kind, id, rev, body, sum from record order by kind, id"):
        terms: dict[str, list[str]] = {}
        for name, value in db.execute("select name, value from term where kind = ? and id = ?", (kind, id)):
            terms.setdefault(name, []).append(value)
        yield DumpedRecord(kind, statements.check_record(kind, id, rev, body, total), terms)


def _blobs(db: apsw.Connection) -> Iterator[Item]:
    query = "select data, n = (select max(n) from chunk where upload = ?1) from chunk where upload = ?1 order by n"
    for sha256, size, upload in db.execute("select sha256, size, upload from blob order by sha256"):
        if size == 0:
            yield DumpedChunk(sha256, b"", True)
        for data, last in db.execute(query, (upload,)):
            yield DumpedChunk(sha256, data, bool(last))


class _Upload:
    """Where the next chunk of the blob that is being loaded goes."""

    def __init__(self) -> None:
        self.n = 0
        self.size = 0

    def keep(self, db: apsw.Connection, chunk: DumpedChunk) -> None:
        upload = f"load-{chunk.sha256}"
        if chunk.data:
            statements.keep_chunk(db, upload, self.n, chunk.data)
        self.n, self.size = self.n + 1, self.size + len(chunk.data)
        if chunk.last:
            statements.publish(db, chunk.sha256, self.size, upload)
            self.n = self.size = 0


async def load(writer: Writer, kinds: Mapping[str, RecordKind], items: AsyncIterable[Item]) -> None:
    """Until it is through, a mark in the file says so, and `setup` refuses it."""
    await writer.run(_begin)
    upload, waiting = _Upload(), list[Item]()
    async for item in items:
        waiting.append(item)
        if len(waiting) == SLICE:
            await writer.run(_keeper(kinds, upload, waiting))
            waiting = []
    await writer.run(_keeper(kinds, upload, waiting))
    await writer.run(lambda db: db.execute("delete from meta where key = 'loading'").fetchall())


def _begin(db: apsw.Connection) -> None:
    if not statements.is_empty(db):
        raise Unsuitable("the database is not empty")
    db.execute("insert into meta values ('loading', '1')")


def _keeper(
    kinds: Mapping[str, RecordKind], upload: _Upload, items: Sequence[Item]
) -> Callable[[apsw.Connection], None]:
    def keep(db: apsw.Connection) -> None:
        for item in items:
            if isinstance(item, DumpedRecord):
                _keep_record(db, kinds, item)
            elif isinstance(item, DumpedEntry):
                entry = item.entry
                statements.keep_entry(db, item.stream, entry.seq, entry.writer, statements.pack(entry.rows))
            else:
                upload.keep(db, item)

    return keep


def _keep_record(db: apsw.Connection, kinds: Mapping[str, RecordKind], item: DumpedRecord) -> None:
    """A kind this program no longer knows is kept with the indexes it had, none of them unique."""
    kind = kinds.get(item.kind) or RecordKind(item.kind, frozenset(item.terms))
    record: Record = item.record
    statements.insert(db, kind, record, item.terms)
