"""Reads the whole SQLite file and compares it with what was meant to be written."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import apsw

from storage.engine import MISFILED, Flaw, Record, RecordKind, TermsOf
from storage.errors import Corrupt
from storage.sqlite import statements
from storage.sqlite.connection import connect


async def verify(path: Path, kinds: Mapping[str, RecordKind], terms_of: Mapping[str, TermsOf]) -> list[Flaw]:
    return await asyncio.to_thread(_verify, path, kinds, terms_of)


def _verify(path: Path, kinds: Mapping[str, RecordKind], terms_of: Mapping[str, TermsOf]) -> list[Flaw]:
    db = connect(path)
    try:
        db.execute("begin")
        parts = (_file(db), _records(db, kinds, terms_of), _strays(db), _log(db), _blobs(db))
        return [flaw for part in parts for flaw in _through(part)]
    finally:
        db.close()


def _through(flaws: Iterator[Flaw]) -> Iterator[Flaw]:
    """All of them, as far as the file can be read at all."""
    try:
        yield from flaws
    except (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError) as error:
        yield Flaw("database file", str(error))


def _file(db: apsw.Connection) -> Iterator[Flaw]:
    for (line,) in db.execute("pragma integrity_check"):
        if line != "ok":
            yield Flaw("database file", str(line))


def _records(db: apsw.Connection, kinds: Mapping[str, RecordKind], terms_of: Mapping[str, TermsOf]) -> Iterator[Flaw]:
    for kind, id, rev, body, total in db.execute("select kind, id, rev, cast(body as blob), sum from record"):
        try:
            record = statements.check_record(kind, id, rev, body, total)
            if kind in terms_of and not _filed(db, kinds[kind], record, terms_of[kind]):
                yield Flaw(f"record {kind}/{id}", MISFILED)
        except Corrupt as error:
            yield Flaw(error.place, error.why)


def _filed(db: apsw.Connection, kind: RecordKind, record: Record, terms_of: TermsOf) -> bool:
    said = terms_of(record).items()
    wanted = {(name, value, int(name in kind.unique)) for name, values in said for value in values}
    query = "select name, value, sole from term where kind = ? and id = ?"
    return set(statements.rows(db, query, (kind.name, record.id))) == wanted


def _strays(db: apsw.Connection) -> Iterator[Flaw]:
    there = "select 1 from record where record.kind = term.kind and record.id = term.id"
    for kind, id in db.execute(f"select distinct kind, id from term where not exists ({there})"):  # noqa: S608
        yield Flaw(f"record {kind}/{id}", "it is missing, and something is found by it")


def _log(db: apsw.Connection) -> Iterator[Flaw]:
    before: tuple[str, int] | None = None
    for stream, seq, writer, body, total in db.execute(
        "select stream, seq, writer, cast(body as blob), sum from log order by stream, seq"
    ):
        if before is not None and before[0] == stream and before[1] + 1 != seq:
            yield Flaw(f"stream {stream}, entry {before[1] + 1}", "it is missing")
        try:
            statements.entry(stream, seq, writer, body, total)
        except Corrupt as error:
            yield Flaw(error.place, error.why)
        before = (stream, seq)


def _blobs(db: apsw.Connection) -> Iterator[Flaw]:
    for sha256, size, upload in db.execute("select sha256, size, upload from blob"):
        digest, total = hashlib.sha256(), 0
        for (data,) in db.execute("select data from chunk where upload = ? order by n", (upload,)):
            digest.update(data)
            total += len(data)
        if digest.hexdigest() != sha256 or total != size:
            yield Flaw(f"blob {sha256}", "its bytes are not those that were kept")
