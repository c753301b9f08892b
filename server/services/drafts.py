"""Drafts as the outside sees them: their content now, and a short summary that lists can afford."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from collab.rooms import Rooms
from review.content import Content, content_hash
from review.errors import AlreadyThere, ChangedMeanwhile, NotFound
from review.ids import DocumentId
from review.ports import Kept, Repository


@dataclass(frozen=True, slots=True)
class Summary:
    """Of the draft after its journal's row `seq`."""

    seq: int
    hash: str
    words: int


@dataclass(frozen=True, slots=True)
class Drafts:
    """Summaries are kept and made again only when the journal has grown."""

    rooms: Rooms
    summaries: Repository[Summary]

    async def content(self, document: DocumentId) -> Content:
        return await self.rooms.content(document)

    async def summary(self, document: DocumentId) -> Summary:
        seq = await self.rooms.head(document)
        known = await self._known(document)
        if known is not None and known.value.seq == seq:
            return known.value
        content = await self.rooms.content(document)
        summary = Summary(seq, content_hash(content), content.words)
        with contextlib.suppress(AlreadyThere, ChangedMeanwhile):
            await (self.summaries.replace(known, summary) if known else self.summaries.insert(document, summary))
        return summary

    async def _known(self, document: DocumentId) -> Kept[Summary] | None:
        try:
            return await self.summaries.get(document)
        except NotFound:
            return None
