"""What a draft said at any moment, and who wrote it: read from its journal alone, of any length."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from collab.document.aside import in_thread
from collab.document.draft import Draft
from collab.errors import DamagedPart, NoSuchMoment, Unreadable
from collab.history.replay import passed_round
from collab.journal.archive import Index, Segment, Snapshot
from collab.journal.moments import Moment, in_order, tell
from collab.journal.past import Past
from collab.journal.row import Page
from collab.journal.stretches import Stretch, stretches
from review.content import Content


async def moments(past: Past, document: str, before: int | None = None, limit: int = 200) -> list[Moment]:
    """At most `limit` moments, the latest first, those that ended before entry `before`. Raises `DamagedRow`.

    Of compacted entries only the indexes are read. What goes on in a later segment is told there.
    """
    found: list[Moment] = []
    told: set[tuple[int, tuple[str, ...], bool]] = set()
    async for raw in _backwards(past, document):
        fresh = [moment for moment in raw if moment.begun_as not in told]
        told.update(moment.begun_as for moment in raw)
        ended = [moment for moment in in_order(fresh) if before is None or moment.seq < before]
        found.extend(reversed(ended))
        if len(found) >= limit:
            break
    return found[:limit]


async def _backwards(past: Past, document: str) -> AsyncIterator[Sequence[Moment]]:
    """The moments of the log, then those of each segment, the latest first."""
    segments = await past.segments(document)
    indexes = [await _index(past, document, segment) for segment in segments[-1:]]
    pages = await past.since(document, segments)
    yield tell(pages, indexes[0].open if indexes else ())
    for segment in reversed(segments):
        index = indexes.pop() if indexes else await _index(past, document, segment)
        yield index.moments


async def _index(past: Past, document: str, segment: Segment) -> Index:
    """A broken one is told again from the entries."""
    try:
        return await past.part(Index, document, segment.index)
    except DamagedPart:
        pages = await past.entries(document, segment)
        return Index(document, segment.first, tell(pages), [], stretches(pages, {}))


async def content_at(past: Past, document: str, seq: int) -> Content:
    """What the document said when the journal stood at entry `seq`: one snapshot, and the entries up to it.

    Raises `NoSuchMoment`, `DamagedRow`, `DamagedPart`, `Unreadable`.
    """
    segments = await past.segments(document)
    covering = [at for at, segment in enumerate(segments) if segment.last >= seq]
    if not covering:
        pages = await past.since(document, segments, seq)
        at = len(segments)
    else:
        at = covering[0]
        pages = await past.entries(document, segments[at])
    return await _content(past, document, seq, segments[:at], pages)


async def _content(past: Past, document: str, seq: int, earlier: Sequence[Segment], pages: Iterable[Page]) -> Content:
    wanted = [page for page in pages if page[0] <= seq]
    if not wanted or wanted[-1][0] != seq:
        raise NoSuchMoment(document, seq)
    snapshot, at, _ = await past.newest(document, earlier)
    between = [page for segment in earlier[at:] for page in await past.entries(document, segment)]
    try:
        return await in_thread(lambda: said(snapshot, [*between, *wanted]))
    except Unreadable:
        if snapshot is None or not await passed_round(past, snapshot):
            raise
    return await _content(past, document, seq, earlier, wanted)


def said(snapshot: Snapshot | None, pages: Iterable[Page]) -> Content:
    """What a document says after a snapshot, or nothing, and the entries after it."""
    state = [snapshot.state] if snapshot else []
    return Draft([*state, *(row.update for _, rows in pages for row in rows)]).content()


async def written(past: Past, document: str, seq: int) -> list[Stretch]:
    """Who wrote which clocks up to entry `seq`. Raises `DamagedRow`."""
    segments = await past.segments(document)
    found: list[Stretch] = []
    for segment in segments:
        found.extend((await _index(past, document, segment)).written)
    pages = await past.since(document, segments, seq)
    reached = {stretch.client: stretch.end for stretch in found}
    return found + await in_thread(lambda: stretches(pages, reached))
