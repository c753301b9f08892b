"""The entries of a document's log, read in order and without a gap."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from collab import row
from collab.errors import DamagedRow, Malformed, Trimmed
from collab.ports import Log
from collab.row import Page, RawPage, Row

_AT_ONCE = 500


def stream(document: str) -> str:
    """The name of a document's log."""
    return f"draft/{document}"


async def read_raw(log: Log, document: str, after: int = 0, upto: int | None = None) -> AsyncIterator[RawPage]:
    """The entries beyond `after`. Raises `Trimmed` where one is not there, `DamagedRow`."""
    while entries := await log.read(stream(document), after, _AT_ONCE):
        for entry in entries:
            if upto is not None and entry.seq > upto:
                return
            if entry.seq != after + 1:
                raise Trimmed(document, after, entry.seq)
            yield entry.seq, entry.rows
            after = entry.seq


async def read(log: Log, document: str, after: int = 0, upto: int | None = None) -> AsyncIterator[Page]:
    """Raises `DamagedRow` at the first that is not what was written, `Trimmed`."""
    async for seq, rows in read_raw(log, document, after, upto):
        yield seq, decoded(document, seq, rows)


def decoded(document: str, seq: int, rows: Sequence[bytes]) -> list[Row]:
    """Raises `DamagedRow`."""
    try:
        return [row.decode(document, data) for data in rows]
    except Malformed as error:
        raise DamagedRow(document, seq, error.why) from error
