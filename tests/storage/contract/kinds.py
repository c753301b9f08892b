"""The kinds of records that the contract is tried with."""

from __future__ import annotations

from collections.abc import AsyncIterator

from storage.engine import RecordKind

PERSON = "person"
PAPER = "paper"
KINDS = (
    RecordKind(PERSON, unique=frozenset({"login"})),
    RecordKind(PAPER, indexes=frozenset({"state", "reader"}), unique=frozenset({"number"})),
)


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    """`data` in pieces, as a network brings them."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
