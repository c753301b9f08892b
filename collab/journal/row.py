"""One row of a document's journal: an update, who wrote it and when, the client ids it claims, and a checksum.

Layout, version 1: version, kind, time in ms (varUint), author (varString), claims (varUint count, varUint each), the
update to the end; then CRC-32, big-endian, over the document's id and all that stands before. The checksum finds a
flipped bit that still decodes, and a row that belongs to another document.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from collab.errors import Malformed
from collab.lib0 import read_string, read_uint, write_string, write_uint

_VERSION = 1


class Kind(IntEnum):
    """Through whom an author wrote: by the own client, or by the server on the author's behalf.

    `MARKS` are the server's as well: marks of comments laid or taken away, so that the text says what it said before.
    """

    PERSON = 1
    SERVER = 2
    MARKS = 3


SERVER = ":server"
"""Whom the server's own client ids belong to: no person has such an id."""

_HEADS = {kind: bytes((_VERSION, kind)) for kind in Kind}


class Row(NamedTuple):
    """`at` is milliseconds since 1970 UTC; `author` a person's id, empty for the system itself."""

    kind: Kind
    author: str
    at: int
    claims: tuple[int, ...]
    update: bytes


def owner_of(row: Row) -> str:
    """Whom the client ids that the row claims belong to."""
    return row.author if row.kind is Kind.PERSON else SERVER


Page = tuple[int, Sequence[Row]]
"""An entry of the journal: its number and its rows."""

RawPage = tuple[int, Sequence[bytes]]
"""The same with the rows as they were written."""


def encode(document: str, row: Row) -> bytes:
    head = _HEADS[row.kind] + write_uint(row.at) + write_string(row.author) + write_uint(len(row.claims))
    if row.claims:
        head += b"".join(map(write_uint, row.claims))
    body = head + row.update
    return body + _checksum(document, body)


def decode(document: str, data: bytes) -> Row:
    """Raises `Malformed` for bytes that are not what was written for this document."""
    body, checksum = data[:-4], data[-4:]
    if _checksum(document, body) != checksum:
        raise Malformed("checksum differs")
    if body[:1] != bytes((_VERSION,)):
        raise Malformed(f"version {body[0]} is not known here")
    try:
        return _decode(body)
    except (IndexError, ValueError) as error:
        raise Malformed("not a row") from error


def _decode(body: bytes) -> Row:
    kind = Kind(body[1])
    at, place = read_uint(body, 2)
    author, place = read_string(body, place)
    count, place = read_uint(body, place)
    claims: list[int] = []
    for _ in range(count):
        client, place = read_uint(body, place)
        claims.append(client)
    return Row(kind, author, at, tuple(claims), body[place:])


def _checksum(document: str, body: bytes) -> bytes:
    return zlib.crc32(body, zlib.crc32(document.encode())).to_bytes(4, "big")
