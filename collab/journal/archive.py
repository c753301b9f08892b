"""What is kept of a journal that was compacted: the document as it stood now and then, and the entries in between.

A journal is cut into segments. Of each segment three blobs are kept: its entries as they were written, the document at
its end (a snapshot), and an index that answers who wrote when without reading the entries. One record a document names
them all. Blobs are zlib over MessagePack, and are known by their SHA-256.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from collab.errors import DamagedPart
from collab.journal.moments import Moment
from collab.journal.row import RawPage
from collab.journal.stretches import Stretch

T = TypeVar("T", "Snapshot", "Entries", "Index")

LEVEL = 3
"""Of compression: more takes twice the time for a twentieth of the bytes."""


class Snapshot(msgspec.Struct, frozen=True):
    """The document after entry `seq`: its state as one update, its state vector, and a fingerprint of what it says.

    `owners` tells whose the client ids are, `places` where its structs stand (`Places.dump`).
    """

    document: str
    seq: int
    state: bytes
    vector: bytes
    fingerprint: str
    owners: dict[int, str]
    places: bytes


class Entries(msgspec.Struct, frozen=True):
    """Journal entries in a row, `first` and those after it, each with its rows as they were written."""

    document: str
    first: int
    rows: list[list[bytes]]


class Index(msgspec.Struct, frozen=True):
    """Of a segment: the moments that have edits in it, and who wrote which clocks.

    `open` are the moments that began last up to its end: the next segment may go on with them.
    """

    document: str
    first: int
    moments: list[Moment]
    open: list[Moment]
    written: list[Stretch]


class Job(msgspec.Struct, frozen=True):
    """`snapshot` and the entries `between` are compacted already, `open` moments at their end; `entries` are not."""

    document: str
    snapshot: Snapshot | None
    between: list[RawPage]
    entries: list[RawPage]
    open: list[Moment]


class Pressed(msgspec.Struct, frozen=True):
    """A new segment before it is kept: its blobs, how many rows are in it, the document's places and bytes after it."""

    first: int
    last: int
    rows: int
    entries: bytes
    index: bytes
    snapshot: bytes
    places: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Journal entries `first` to `last`. `entries`, `index` and `snapshot` (the document after them) name blobs."""

    first: int
    last: int
    entries: str
    index: str
    snapshot: str


@dataclass(frozen=True, slots=True)
class Compacted:
    """A document's compacted journal: its segments in order, from the first entry on without a gap."""

    document: str
    segments: tuple[Segment, ...] = ()

    @property
    def seq(self) -> int:
        """The last entry that is in a segment."""
        return self.segments[-1].last if self.segments else 0

    @property
    def blobs(self) -> Sequence[str]:
        return [name for one in self.segments for name in (one.entries, one.index, one.snapshot)]


def pack(part: Snapshot | Entries | Index) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(part), LEVEL)


def name_of(packed: bytes) -> str:
    return hashlib.sha256(packed).hexdigest()


def unpack(type: type[T], document: str, name: str, packed: bytes) -> T:
    """Raises `DamagedPart` for bytes that are not those of this name, or belong to another document."""
    if name_of(packed) != name:
        raise DamagedPart(document, name, "its bytes are not those that were kept")
    try:
        part = msgspec.msgpack.decode(zlib.decompress(packed), type=type)
    except (zlib.error, msgspec.DecodeError) as error:
        raise DamagedPart(document, name, "it cannot be read") from error
    if part.document != document:
        raise DamagedPart(document, name, "it belongs to another document")
    return part
