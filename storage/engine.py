"""The whole contract between Paraph and a database: records, logs, blobs. Nothing else is asked of one.

What must change together is one record or one log entry; there are no transactions across them. Every write is
on disk when the call returns, and a call that raises `Unavailable` may or may not have been carried out:
`append` is made safe to repeat by its writer nonce, `replace` and `delete` by their revision, blobs by their hash.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

from review.errors import Trouble
from storage.errors import TooLarge

MAX_BODY = 8 * 1024 * 1024
"""Bytes of one record's body, and of one log entry's rows together: what every engine can hold in one document."""

CHUNK = 256 * 1024
"""Bytes of one chunk of a blob."""

Terms = Mapping[str, Sequence[str]]
"""By name of a declared index, the values under which a record is found; none or several are fine."""


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of records and the names of its indexes. A value of a unique index belongs to one record only."""

    name: str
    indexes: frozenset[str] = frozenset()
    unique: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """`rev` counts the writes of this record from 1."""

    id: str
    rev: int
    body: bytes


TermsOf = Callable[[Record], Terms]
"""What a record is to be found by, as its body says. Raises `Corrupt` for a body that says nothing."""


@dataclass(frozen=True, slots=True)
class NewRecord:
    id: str
    body: bytes
    terms: Terms


@dataclass(frozen=True, slots=True)
class NewEntry:
    rows: tuple[bytes, ...]
    writer: str


class Offer(NamedTuple):
    """An entry that is to follow the head `expect` of its stream."""

    stream: str
    rows: Sequence[bytes]
    writer: str
    expect: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What one `append` brought. `seq` counts the entries of its stream from 1 without a gap."""

    seq: int
    writer: str
    rows: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """`writable` is False while the engine acknowledges nothing; `detail` says why, for an operator."""

    engine: str
    version: str
    writable: bool
    detail: str = ""
    trouble: Trouble = Trouble.AWAY


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing found damaged: a stream and its sequence number, a record or a blob."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class DumpedRecord:
    kind: str
    record: Record
    terms: Terms


@dataclass(frozen=True, slots=True)
class DumpedEntry:
    stream: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class DumpedChunk:
    """The chunks of one blob follow each other in order; `last` ends the blob."""

    sha256: str
    data: bytes
    last: bool


Item = DumpedRecord | DumpedEntry | DumpedChunk


class Engine(Protocol):
    """A database. All methods may raise `Unavailable`; those that read may raise `Corrupt`."""

    async def setup(self, kinds: Sequence[RecordKind]) -> None:
        """Bring an empty or older database to this program's layout and declare the kinds. Safe to repeat.

        Raises `Unsuitable` for a database that a newer program has laid out.
        """
        ...

    async def insert(self, kind: str, id: str, body: bytes, terms: Terms) -> int:
        """Keep a new record and return its revision, 1. Raises `Duplicate`, `TooLarge`."""
        ...

    async def insert_all(self, kind: str, new: Sequence[NewRecord]) -> None:
        """Insert several at the price of one, in order, up to the first that is refused.

        Raises what `insert` raises; then any number of those before the refused one may be kept.
        """
        ...

    async def get(self, kind: str, id: str) -> Record:
        """Raises `NotFound`."""
        ...

    async def replace(self, kind: str, id: str, rev: int, body: bytes, terms: Terms) -> int:
        """Write over revision `rev` and return the next one. Raises `Conflict`, `NotFound`, `Duplicate`, `TooLarge`."""
        ...

    async def delete(self, kind: str, id: str, rev: int) -> None:
        """Raises `Conflict`, `NotFound`."""
        ...

    async def find(
        self, kind: str, index: str | None = None, value: str = "", *, after: str = "", limit: int = 200
    ) -> list[Record]:
        """Records with this value in this index (None = all records), in order of id, those beyond `after`."""
        ...

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        """Add one entry at the end of a stream and return its number.

        `writer` is a nonce: the same one again returns the number it got, and adds nothing (until it is trimmed).
        `expect` is the head that the entry must follow. Raises `Conflict`, `TooLarge`.
        """
        ...

    async def append_all(self, stream: str, new: Sequence[NewEntry], expect: int) -> None:
        """Append several at the price of one, in order, the first behind head `expect`.

        Raises `Conflict` for another head and for a writer that is known; then any number of the first may be kept.
        """
        ...

    async def append_each(self, offers: Sequence[Offer]) -> list[int | None]:
        """Add one entry to each of several streams at the price of one, every one by itself.

        Returns their numbers, None where the head is another. The same offer again, here or to `append`, returns the
        number it got. Raises `TooLarge` before anything is kept.
        """
        ...

    async def head(self, stream: str) -> int:
        """The number of the last entry; 0 when there was never one."""
        ...

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Entries beyond `after`, in order. Raises `Corrupt` naming stream and number."""
        ...

    async def trim(self, stream: str, upto: int) -> None:
        """Forget entries up to and with `upto`, but never the last one: numbers must not start again."""
        ...

    async def streams(self, after: str = "", limit: int = 1000) -> list[str]:
        """Names of the streams that have entries, in order, those beyond `after`."""
        ...

    async def put_blob(self, chunks: AsyncIterable[bytes]) -> str:
        """Keep bytes under their SHA-256 (returned, lower-case hexadecimal). The same bytes twice are kept once."""
        ...

    def open_blob(self, sha256: str, start: int = 0) -> AsyncIterator[bytes]:
        """The blob's bytes from `start` on, in chunks. Raises `NotFound` at the first step."""
        ...

    async def blob_size(self, sha256: str) -> int:
        """Raises `NotFound`."""
        ...

    async def is_empty(self) -> bool:
        """True when no record, no entry and no blob is kept."""
        ...

    def dump(self) -> AsyncIterator[Item]:
        """Everything that is kept, as it stood at one moment.

        Raises `Unavailable` where the database cannot show one moment and is being written to.
        """
        ...

    async def load(self, items: AsyncIterable[Item]) -> None:
        """Fill an empty database that has been set up. Raises `Unsuitable` when it is not empty."""
        ...

    async def verify(self, terms_of: Mapping[str, TermsOf] = MappingProxyType({})) -> list[Flaw]:
        """Read everything and compare it with its checksum. An empty list means: all as written.

        Records of these kinds must also be found by what they say, and by nothing else.
        """
        ...

    async def health(self) -> Health: ...

    async def close(self) -> None:
        """Finish what was accepted, then let go. Further calls raise `Unavailable`."""
        ...


MISFILED = "it is not found by what it says"


def checksum(*parts: bytes | str | int) -> int:
    """What is kept beside a record or entry so that a flipped bit is noticed: CRC-32 over its parts and their names."""
    total = 0
    for part in parts:
        total = zlib.crc32(part if isinstance(part, bytes) else f"{part}\0".encode(), total)
    return total


def check_size(place: str, size: int) -> None:
    if size > MAX_BODY:
        raise TooLarge(place, size, MAX_BODY)


def check_terms(kind: RecordKind, terms: Terms) -> None:
    """Using an index that was not declared is a mistake of ours, not of a person."""
    if unknown := set(terms) - kind.indexes - kind.unique:
        raise ValueError(f"kind {kind.name} declares no index {', '.join(sorted(unknown))}")


async def rechunked(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in chunks of `CHUNK`, only the last one shorter."""
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)
