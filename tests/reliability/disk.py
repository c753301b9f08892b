"""What is on disk of a document, read beside the server or without one."""

from __future__ import annotations

from pathlib import Path

from collab.document.draft import Draft
from collab.journal.entries import stream
from collab.update import Content, Id, read
from server.app import open_storage
from server.settings import settings
from storage.drafts import past_of
from storage.opening import Access
from tests.collab.replayed import replayed


async def on_disk(data: Path, document: str) -> Draft:
    """The journal's replay."""
    async with open_storage(settings({"data": str(data)}, {}), Access.BESIDE) as storage:
        return await replayed(past_of(storage.engine, storage.repositories["compacted"]), document)


async def head(data: Path, document: str) -> int:
    """How many entries the journal has."""
    async with open_storage(settings({"data": str(data)}, {}), Access.BESIDE) as storage:
        return await past_of(storage.engine, storage.repositories["compacted"]).log.head(stream(document))


def first_text(draft: Draft) -> Id:
    """The first sign that was ever written."""
    first = next(struct for struct in read(draft.since()).structs if struct.content is Content.TEXT)
    return first.client, first.clock
