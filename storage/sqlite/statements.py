"""What the engine does inside a transaction, as plain functions of a connection. They raise storage errors only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import apsw
import msgspec

from storage.engine import CHUNK, Entry, Offer, Record, RecordKind, Terms, checksum
from storage.errors import Conflict, Corrupt, Duplicate, NotFound

PAD = "0" * 10_000
"""More than a page: as much room as a small write needs."""

_ROWS = msgspec.msgpack.Decoder(list[bytes])


def rows(db: apsw.Connection, query: str, values: Sequence[str | int | bytes] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query. Their types are those of the layout."""
    return db.execute(query, values).fetchall()


def insert(db: apsw.Connection, kind: RecordKind, record: Record, terms: Terms) -> int:
    kept = db.execute(
        "insert into record values (?, ?, ?, ?, ?) on conflict do nothing returning rev",
        (kind.name, record.id, record.rev, record.body, checksum(kind.name, record.id, record.rev, record.body)),
    ).fetchall()
    if not kept:
        raise Duplicate(kind.name, record.id)
    _index(db, kind, record.id, terms)
    return record.rev


def replace(db: apsw.Connection, kind: RecordKind, record: Record, terms: Terms) -> int:
    """`record.rev` is the revision to be replaced."""
    rev = record.rev + 1
    changed = db.execute(
        "update record set rev = ?, body = ?, sum = ? where kind = ? and id = ? and rev = ? returning rev",
        (rev, record.body, checksum(kind.name, record.id, rev, record.body), kind.name, record.id, record.rev),
    ).fetchall()
    if not changed:
        raise _missed(db, kind.name, record.id, record.rev)
    db.execute("delete from term where kind = ? and id = ?", (kind.name, record.id))
    _index(db, kind, record.id, terms)
    return rev


def delete(db: apsw.Connection, kind: str, id: str, rev: int) -> None:
    gone = db.execute("delete from record where kind = ? and id = ? and rev = ? returning rev", (kind, id, rev))
    if not gone.fetchall():
        raise _missed(db, kind, id, rev)
    db.execute("delete from term where kind = ? and id = ?", (kind, id))


def _missed(db: apsw.Connection, kind: str, id: str, rev: int) -> Conflict | NotFound:
    found = rows(db, "select rev from record where kind = ? and id = ?", (kind, id))
    return Conflict(f"{kind}/{id}", rev, found[0][0]) if found else NotFound(kind, id)


def _index(db: apsw.Connection, kind: RecordKind, id: str, terms: Terms) -> None:
    for name, values in terms.items():
        sole = name in kind.unique
        for value in sorted(set(values)):
            if sole and _taken(db, kind.name, name, value):
                raise Duplicate(kind.name, id, name)
            db.execute("insert into term values (?, ?, ?, ?, ?)", (kind.name, name, value, id, int(sole)))


def _taken(db: apsw.Connection, kind: str, name: str, value: str) -> bool:
    query = "select 1 from term where kind = ? and name = ? and value = ?"
    return bool(rows(db, query, (kind, name, value)))


def get(db: apsw.Connection, kind: str, id: str) -> Record:
    found = rows(db, "select id, rev, cast(body as blob), sum from record where kind = ? and id = ?", (kind, id))
    if not found:
        raise NotFound(kind, id)
    return check_record(kind, *found[0])


def find_all(db: apsw.Connection, kind: str, after: str, limit: int) -> list[Record]:
    query = "select id, rev, cast(body as blob), sum from record where kind = ? and id > ? order by id limit ?"
    return [check_record(kind, *row) for row in rows(db, query, (kind, after, limit))]


def find(db: apsw.Connection, kind: str, index: str, value: str, after: str, limit: int) -> list[Record]:
    query = (
        "select r.id, r.rev, cast(r.body as blob), r.sum from term t join record r on r.kind = t.kind and r.id = t.id"
        " where t.kind = ? and t.name = ? and t.value = ? and t.id > ? order by t.id limit ?"
    )
    return [check_record(kind, *row) for row in rows(db, query, (kind, index, value, after, limit))]


def check_record(kind: str, id: str, rev: int, body: bytes, kept: int) -> Record:
    if checksum(kind, id, rev, body) != kept:
        raise Corrupt(f"record {kind}/{id}", "its checksum does not match")
    return Record(id, rev, body)


def append(db: apsw.Connection, stream: str, body: bytes, writer: str, expect: int | None) -> int:
    known = rows(db, "select seq from log where stream = ? and writer = ? and not offered", (stream, writer))
    known = known or (rows(db, _OFFERED, (stream, expect + 1, writer)) if expect is not None else [])
    if known:
        return int(known[0][0])
    last = head(db, stream)
    if expect is not None and expect != last:
        raise Conflict(f"stream {stream}", expect, last)
    keep_entry(db, stream, last + 1, writer, body)
    return last + 1


def offer_all(db: apsw.Connection, offers: Sequence[Offer], bodies: Sequence[bytes]) -> list[int | None]:
    """Each as `append`, None for another head.

    One statement where nobody else wrote, and one page of the file a stream: an offer that is repeated is known by its
    place, so its writer needs no index.
    """
    numbers: list[int | None] = []
    for low in range(0, len(offers), _TOGETHER):
        some = list(zip(offers[low : low + _TOGETHER], bodies[low : low + _TOGETHER], strict=True))
        if _offer_together(db, some):
            numbers.extend(offer.expect + 1 for offer, _ in some)
        else:
            numbers.extend(_offer(db, offer, body) for offer, body in some)
    return numbers


_TOGETHER = 50
_OFFERED = "select seq from log where stream = ? and seq = ? and writer = ? and offered"


@cache
def _next(count: int) -> str:
    """Rows of stream, number, writer, body, checksum; each enters behind the entry before it.

    What fails keeps the rows before it: undoing them would take a copy of every page first.
    """
    values = ", ".join(["(?, ?, ?, ?, ?)"] * count)
    return f"""insert or fail into log select *, 1 from (values {values}) as one
  where exists (select 1 from log where stream = one.column1 and seq = one.column2 - 1)"""  # noqa: S608


def _offer_together(db: apsw.Connection, some: Sequence[tuple[Offer, bytes]]) -> bool:
    """Whether all were taken; else some of them may have been."""
    values: list[str | int | bytes] = []
    for offer, body in some:
        named = (offer.stream, offer.expect + 1, offer.writer, body)
        values.extend((*named, checksum(*named)))
    try:
        db.execute(_next(len(some)), values)
    except apsw.ConstraintError:
        return False  # a number is taken: look closer
    return db.changes() == len(some)


def _offer(db: apsw.Connection, offer: Offer, body: bytes) -> int | None:
    try:
        return append(db, offer.stream, body, offer.writer, offer.expect)
    except Conflict:
        return None


def keep_entry(db: apsw.Connection, stream: str, seq: int, writer: str, body: bytes) -> None:
    total = checksum(stream, seq, writer, body)
    db.execute("insert into log values (?, ?, ?, ?, ?, 0)", (stream, seq, writer, body, total))


def head(db: apsw.Connection, stream: str) -> int:
    return int(rows(db, "select coalesce(max(seq), 0) from log where stream = ?", (stream,))[0][0])


def read(db: apsw.Connection, stream: str, after: int, limit: int) -> list[Entry]:
    query = "select seq, writer, cast(body as blob), sum from log where stream = ? and seq > ? order by seq limit ?"
    return in_order(stream, (entry(stream, *row) for row in rows(db, query, (stream, after, limit))))


def entry(stream: str, seq: int, writer: str, body: bytes, kept: int) -> Entry:
    """The entry as it was written. Raises `Corrupt`."""
    if checksum(stream, seq, writer, body) != kept:
        raise Corrupt(f"stream {stream}, entry {seq}", "its checksum does not match")
    return Entry(seq, writer, unpack(body))


def in_order(stream: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries, none missing between the first and the last. Raises `Corrupt`."""
    result = list(entries)
    for before, one in pairwise(result):
        if one.seq != before.seq + 1:
            raise Corrupt(f"stream {stream}, entry {before.seq + 1}", "it is missing")
    return result


def trim(db: apsw.Connection, stream: str, upto: int) -> None:
    db.execute("delete from log where stream = ? and seq <= ?", (stream, min(upto, head(db, stream) - 1)))


def streams(db: apsw.Connection, after: str, limit: int) -> list[str]:
    """Steps from one stream's name to the next in the index: as many look-ups as names, not as rows."""
    names: list[str] = []
    while len(names) < limit:
        found = rows(db, "select min(stream) from log where stream > ?", (after,))[0][0]
        if found is None:
            break
        names.append(found)
        after = found
    return names


def keep_chunk(db: apsw.Connection, upload: str, n: int, data: bytes) -> None:
    db.execute("insert into chunk values (?, ?, ?)", (upload, n, data))


def publish(db: apsw.Connection, sha256: str, size: int, upload: str) -> None:
    """Give the uploaded chunks their name, or drop them when the bytes are known already."""
    query = "insert into blob values (?, ?, ?) on conflict do nothing returning sha256"
    if not rows(db, query, (sha256, size, upload)):
        drop_upload(db, upload)


def drop_upload(db: apsw.Connection, upload: str) -> None:
    db.execute("delete from chunk where upload = ?", (upload,))


def find_blob(db: apsw.Connection, sha256: str) -> tuple[int, str]:
    """Size in bytes and the upload its chunks belong to. Raises `NotFound`."""
    found = rows(db, "select size, upload from blob where sha256 = ?", (sha256,))
    if not found:
        raise NotFound("blob", sha256)
    return int(found[0][0]), str(found[0][1])


def read_chunk(db: apsw.Connection, sha256: str, upload: str, n: int) -> bytes:
    found = rows(db, "select data from chunk where upload = ? and n = ?", (upload, n))
    if not found:
        raise Corrupt(f"blob {sha256}", f"its bytes from {n * CHUNK} on are missing")
    return bytes(found[0][0])


def is_empty(db: apsw.Connection) -> bool:
    query = "select exists (select 1 from record) or exists (select 1 from log) or exists (select 1 from blob)"
    return not rows(db, query)[0][0]


def pack(rows: Sequence[bytes]) -> bytes:
    return msgspec.msgpack.encode(list(rows))


def unpack(body: bytes) -> tuple[bytes, ...]:
    return tuple(_ROWS.decode(body))


def touch(db: apsw.Connection) -> None:
    """Write something that matters to nobody."""
    db.execute("insert into meta values ('touched', ?)", (PAD,))
    db.execute("delete from meta where key = 'touched'")
