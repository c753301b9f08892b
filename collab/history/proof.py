"""Proves that a draft's snapshots are what its journal, replayed from the first entry, says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from collab.document.draft import Draft
from collab.errors import CollabError, DamagedPart, Unreadable
from collab.history.compaction import prove
from collab.journal.archive import Index, Segment, Snapshot
from collab.journal.entries import read, stream
from collab.journal.past import Past
from collab.journal.row import Page
from collab.journal.stretches import advance
from collab.update import read_vector

Flaw = tuple[str, str]
"""Where something is wrong, and what."""


class _Replay:
    """The journal as far as it is replayed."""

    def __init__(self) -> None:
        self.draft, self.reached = Draft(), dict[int, int]()

    def add(self, pages: Iterable[Page]) -> None:
        """Raises `Unreadable` naming the entry, `Malformed`."""
        for seq, rows in pages:
            updates = [row.update for row in rows]
            try:
                self.draft.apply(updates)
            except Unreadable as error:
                raise Unreadable(f"entry {seq} cannot be applied: {error.why}") from error
            for update in updates:
                advance(self.reached, update)

    def take(self, snapshot: Snapshot) -> None:
        """Where entries are lost the rest is judged from the snapshot after them."""
        self.draft, self.reached = Draft([snapshot.state]), read_vector(snapshot.vector)


async def flaws(past: Past, document: str) -> AsyncIterator[Flaw]:
    """Everything that is wrong with a draft's journal, compacted or not."""
    replay = _Replay()
    try:
        segments = await past.segments(document)
    except DamagedPart as error:
        yield f"draft {document}, record of its segments", error.why
        return
    for segment in segments:
        async for flaw in _in_segment(past, document, segment, replay):
            yield flaw
    for place, why in _gaps(document, segments):
        yield place, why
    if segments and (head := await past.log.head(stream(document))) < segments[-1].last:
        yield f"draft {document}, journal", f"it ends with entry {head}, before what is compacted"
    try:
        pages = [page async for page in read(past.log, document, segments[-1].last if segments else 0)]
        replay.add(pages)
        replay.draft.fingerprint()
    except CollabError as error:
        yield f"draft {document}, journal", _why(error)


async def _in_segment(past: Past, document: str, segment: Segment, replay: _Replay) -> AsyncIterator[Flaw]:
    place = f"draft {document}, entries {segment.first} to {segment.last}"
    whole = True
    try:
        pages = await past.entries(document, segment)
        if [seq for seq, _ in pages] != list(range(segment.first, segment.last + 1)):
            yield place, "they are not those that the record names"
        replay.add(pages)
    except CollabError as error:
        whole = False
        yield place, _why(error)
    try:
        await past.part(Index, document, segment.index)
    except DamagedPart as error:
        yield f"{place}, index", error.why
    try:
        snapshot = await past.part(Snapshot, document, segment.snapshot)
        if whole:
            prove(snapshot, replay.draft, replay.reached)
        else:
            replay.take(snapshot)
    except CollabError as error:
        yield f"{place}, snapshot", _why(error)


def _gaps(document: str, segments: Sequence[Segment]) -> Iterable[Flaw]:
    last = 0
    for segment in segments:
        if segment.first != last + 1:
            yield f"draft {document}, entry {last + 1}", "it is in no segment"
        last = segment.last


def _why(error: CollabError) -> str:
    return str(getattr(error, "why", "") or error)
