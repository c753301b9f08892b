"""The whole journal, from which everything else must follow."""

from __future__ import annotations

from collab.document.draft import Draft
from collab.journal.entries import read
from collab.journal.past import Past


async def replayed(past: Past, document: str) -> Draft:
    """Every row ever written, from the first on: those of the segments and those of the log."""
    segments = await past.segments(document)
    pages = [page for segment in segments for page in await past.entries(document, segment)]
    after = segments[-1].last if segments else 0
    pages += [page async for page in read(past.log, document, after)]
    return Draft([row.update for _, rows in pages for row in rows])
