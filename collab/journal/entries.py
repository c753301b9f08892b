"""The entries of a document's log, read in order and without a gap."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from collab.errors import DamagedRow, Malformed, Trimmed
from collab.journal import row
from collab.journal.ports import Log
from collab.journal.row import Page, RawPage, Row

MOST_ROWS = 500
"""Rows of an entry, and of entries that are followed together: each takes up to 0.05 ms."""

LARGEST_PAGE = 1024 * 1024
"""Bytes of updates that are followed together, unless one entry has more."""

PREFIX = "draft/"
"""With it the names of documents' logs begin."""

_AT_ONCE = 500


def stream(document: str) -> str:
    """The name of a document's log."""
    return f"{PREFIX}{document}"


def document_of(stream: str) -> str:
    """Whose log has this name."""
    return stream.removeprefix(PREFIX)


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


async def in_pages(entries: AsyncIterator[Page]) -> AsyncIterator[list[Page]]:
    """As many together as may be followed in one turn of the loop."""
    page: list[Page] = []
    rows = size = 0
    async for entry in entries:
        page.append(entry)
        rows += len(entry[1])
        size += sum(len(row.update) for row in entry[1])
        if rows >= MOST_ROWS or size >= LARGEST_PAGE:
            yield page
            page, rows, size = [], 0, 0
    if page:
        yield page


def decoded(document: str, seq: int, rows: Sequence[bytes]) -> list[Row]:
    """Raises `DamagedRow`."""
    try:
        return [row.decode(document, data) for data in rows]
    except Malformed as error:
        raise DamagedRow(document, seq, error.why) from error
