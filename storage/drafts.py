"""Proves of every draft that what is compacted says the same as its journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from collab.history.proof import flaws
from collab.journal.archive import Compacted
from collab.journal.entries import PREFIX, document_of
from collab.journal.past import Past
from storage.blobs import BlobStore
from storage.engine import Engine, Flaw, Record
from storage.errors import Corrupt
from storage.journals import Journals
from storage.records import Records
from storage.shelves import Shelves

PAGE = 500


def past_of(engine: Engine, compacted: Records[Compacted]) -> Past:
    return Past(Journals(engine), Shelves(compacted, BlobStore(engine)))


async def documents(engine: Engine) -> list[str]:
    """Whatever has a journal, or had one that was compacted."""
    found = [document_of(name) async for name in _streams(engine)]
    with suppress(Corrupt):  # which one it is, the engine's own check tells
        found += [record.id async for record in _compacted(engine)]
    return sorted(set(found))


async def _streams(engine: Engine) -> AsyncIterator[str]:
    after = PREFIX
    while names := await engine.streams(after, PAGE):
        for name in names:
            if not name.startswith(PREFIX):
                return
            yield name
        after = names[-1]


async def _compacted(engine: Engine) -> AsyncIterator[Record]:
    after = ""
    while records := await engine.find("compacted", after=after, limit=PAGE):
        for record in records:
            yield record
        after = records[-1].id


async def verify_drafts(engine: Engine, past: Past) -> tuple[int, list[Flaw]]:
    """How many drafts there are, and every flaw. All journals are replayed: this takes its time."""
    names = await documents(engine)
    return len(names), [Flaw(place, why) for name in names async for place, why in flaws(past, name)]
