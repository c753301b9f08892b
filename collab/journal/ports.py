"""What the journal needs from outside: a log, and a shelf for what was compacted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from collab.journal.archive import Compacted
from review.ports import Kept


class Entry(Protocol):
    """What one `append` brought. `seq` counts the entries of a stream from 1 without a gap."""

    @property
    def seq(self) -> int: ...
    @property
    def rows(self) -> Sequence[bytes]: ...


class Offer(NamedTuple):
    """An entry that is to follow the head `expect` of its stream. `writer` is a nonce."""

    stream: str
    rows: Sequence[bytes]
    writer: str
    expect: int


class Log(Protocol):
    """Ordered logs by name. What `append` returned is on disk.

    All may raise `review.errors.Unavailable`; then an `append` may or may not have been carried out.
    """

    async def append(self, stream: str, rows: Sequence[bytes], writer: str, expect: int | None = None) -> int:
        """Add one entry and return its number. The same `writer` again returns the number it got and adds nothing.

        `expect` is the head that the entry must follow; raises `review.errors.ChangedMeanwhile` when it is another.
        """
        ...

    async def append_each(self, offers: Sequence[Offer]) -> Sequence[int | None]:
        """Add each entry to its stream, every one as `append` does, all at the price of one.

        Their numbers; None for a stream whose head is another.
        """
        ...

    async def head(self, stream: str) -> int:
        """The number of the last entry; 0 when there was never one."""
        ...

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Entries beyond `after`, in order, at most `limit`. Raises `DamagedRow`."""
        ...

    async def trim(self, stream: str, upto: int) -> None:
        """Forget entries up to and with `upto`, but never the last one."""
        ...


class Shelf(Protocol):
    """Keeps the records of compacted journals, and their blobs. All may raise `review.errors.Unavailable`."""

    async def get(self, document: str) -> Kept[Compacted]:
        """Raises `review.errors.NotFound`, `DamagedPart`."""
        ...

    async def put(self, kept: Kept[Compacted] | None, compacted: Compacted) -> None:
        """In the place of what was read, or as the first. Raises `review.errors.ChangedMeanwhile`."""
        ...

    async def get_twin(self, document: str) -> Compacted:
        """The record's copy, for when it is broken; it may not name the newest segment. Raises `DamagedPart`."""
        ...

    async def get_blob(self, sha256: str) -> bytes:
        """Raises `review.errors.NotFound`."""
        ...

    async def put_blob(self, data: bytes) -> str: ...
