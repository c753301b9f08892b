"""A document from its journal: what it says, whose client ids are in it, and where its structs stand."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from collab.document.aside import in_thread
from collab.document.draft import Draft
from collab.errors import Unreadable
from collab.journal.archive import Snapshot
from collab.journal.past import Opening, Past
from collab.journal.row import owner_of
from collab.judging.clocks import Clocks
from collab.judging.places import Places
from collab.update import read, write_vector


def replay(opening: Opening) -> tuple[Draft, Clocks]:
    """The document and its clocks. Raises `Unreadable`."""
    snapshot = opening.snapshot
    owners = dict(snapshot.owners) if snapshot else {}
    updates = [snapshot.state] if snapshot else []
    for _, rows in opening.pages:
        for row in rows:
            updates.append(row.update)
            owners.update(dict.fromkeys(row.claims, owner_of(row)))
    draft = Draft(updates)
    clocks = draft.clocks()
    if clocks.keys() - owners.keys():
        raise Unreadable("a client id that nobody claimed")
    return draft, Clocks(owners, clocks)


async def sound(past: Past, document: str, opening: Opening) -> Opening:
    """The document from its newest snapshot that can be replayed, and of the entries after it as many as can."""
    while opening.snapshot and await passed_round(past, opening.snapshot):
        opening = await past.open(document)
    return await in_thread(lambda: _cut(opening))


async def passed_round(past: Past, snapshot: Snapshot) -> bool:
    """Whether it cannot be read; then an older one does instead from now on."""
    why = await in_thread(lambda: _fault(Opening(snapshot, ()), 0))
    if why is not None:
        past.pass_round(snapshot, f"it cannot be read: {why}")
    return why is not None


def _cut(opening: Opening) -> Opening:
    """The document ends before the first entry that cannot be replayed, as a damaged one."""
    first = bisect_left(range(len(opening.pages)), True, key=lambda at: _fault(opening, at + 1) is not None)
    if first == len(opening.pages):
        return opening
    why = f"entry {opening.pages[first][0]} of the journal cannot be applied: {_fault(opening, first + 1)}"
    return replace(opening, pages=opening.pages[:first], damage="; ".join(filter(None, (why, opening.damage))))


def _fault(opening: Opening, pages: int) -> str | None:
    """Why so many entries of it cannot be replayed; None when they can."""
    try:
        replay(replace(opening, pages=opening.pages[:pages]))
    except Unreadable as error:
        return error.why
    return None


def places_of(draft: Draft, dumped: bytes | None) -> Places:
    """Where the document's structs stand; only those beyond what was dumped are read."""
    places = Places.loaded(dumped) if dumped else None
    if places is None:
        return Places.of(read(draft.since()))
    places.follow(read(draft.since(write_vector(places.ends()))))
    return places
