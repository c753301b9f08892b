"""Makes a segment of journal entries: its entries, its index, and the document after them, proven equal to the journal.

Pure, and the dearest work of live editing: it is done away from the loop. Nothing is published that was not proven:
the snapshot, opened again, has the state vector, the deletions and the fingerprint of the replay that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from collab.document.draft import Draft
from collab.errors import Unequal
from collab.history.replay import places_of, replay
from collab.journal.archive import Entries, Index, Job, Pressed, Snapshot, pack
from collab.journal.entries import decoded
from collab.journal.moments import Moment, Telling
from collab.journal.past import Opening
from collab.journal.row import Page, RawPage
from collab.journal.stretches import Written, advance
from collab.judging.clocks import covers
from collab.update import read_vector


def press(job: Job) -> Pressed:
    """Raises `Unequal`, `DamagedRow`, `Unreadable`, `Malformed`."""
    document, first, last = job.document, job.entries[0][0], job.entries[-1][0]
    between, pages = _decoded(document, job.between), _decoded(document, job.entries)
    draft, clocks = replay(Opening(job.snapshot, [*between, *pages]))
    reached = _reached(job.snapshot, between)
    index = _index(document, pages, job.open, reached)
    places = places_of(draft, job.snapshot.places if job.snapshot else None).dump()
    snapshot = Snapshot(document, last, draft.since(), draft.vector, draft.fingerprint(), clocks.owners, places)
    prove(snapshot, draft, reached)
    entries = Entries(document, first, [list(rows) for _, rows in job.entries])
    rows = sum(len(rows) for _, rows in pages)
    return Pressed(first, last, rows, pack(entries), pack(index), pack(snapshot), places, len(snapshot.state))


def _decoded(document: str, raw: Iterable[RawPage]) -> list[Page]:
    return [(seq, decoded(document, seq, rows)) for seq, rows in raw]


def _reached(snapshot: Snapshot | None, pages: Iterable[Page]) -> dict[int, int]:
    """How far each client has come, by what the rows say."""
    reached = read_vector(snapshot.vector) if snapshot else {}
    for _, rows in pages:
        for row in rows:
            advance(reached, row.update)
    return reached


def _index(document: str, pages: Sequence[Page], open: Sequence[Moment], reached: dict[int, int]) -> Index:
    """`reached` is how far each client came before, and how far after."""
    telling, written = Telling(open), Written()
    for seq, rows in pages:
        for row in rows:
            telling.add(seq, row)
            written.add(row, reached)
    return Index(document, pages[0][0], telling.moments, telling.open, written.stretches)


def prove(snapshot: Snapshot, replayed: Draft, reached: Mapping[int, int]) -> None:
    """Raises `Unequal` unless the snapshot opens to what the replay holds, and the replay to what the rows brought."""
    again = Draft([snapshot.state])
    if not read_vector(again.vector) == read_vector(snapshot.vector) == replayed.clocks() == reached:
        raise Unequal(snapshot.document, "state vector")
    if reached.keys() - snapshot.owners.keys():
        raise Unequal(snapshot.document, "owners")
    gone, replayed_gone = again.deletions(), replayed.deletions()
    if not (covers(gone, replayed_gone) and covers(replayed_gone, gone)):
        raise Unequal(snapshot.document, "deletions")
    if again.fingerprint() != snapshot.fingerprint:
        raise Unequal(snapshot.document, "content")
