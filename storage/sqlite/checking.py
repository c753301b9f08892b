"""Reads the whole SQLite file and compares it with what was meant to be written."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import apsw

from storage.engine import Flaw
from storage.errors import Corrupt
from storage.sqlite import statements
from storage.sqlite.connection import connect


async def verify(path: Path) -> list[Flaw]:
    return await asyncio.to_thread(_verify, path)


def _verify(path: Path) -> list[Flaw]:
    db = connect(path)
    try:
        db.execute("begin")
        return [flaw for part in (_file, _records, _log, _blobs) for flaw in _through(part(db))]
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


def _records(db: apsw.Connection) -> Iterator[Flaw]:
    for kind, id, rev, body, total in db.execute("select kind, id, rev, cast(body as blob), sum from record"):
        try:
            statements.check_record(kind, id, rev, body, total)
        except Corrupt as error:
            yield Flaw(error.place, error.why)


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
