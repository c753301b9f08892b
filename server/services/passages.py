"""Where comments' passages stand in the live draft: their marks laid there by the server, and found again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from collab.document.aside import in_thread
from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import NotSaved, PlaceLost
from review.anchors import Passage, Texts, locate, texts
from review.comment import Comment
from review.errors import Unavailable
from review.ids import PersonId
from review.thread import Anchor
from server.problems import Problem

log = logging.getLogger("paraph.passages")


@dataclass(frozen=True, slots=True)
class Passages:
    rooms: Rooms

    async def texts(self, document: str) -> Texts:
        """The draft prepared for look-ups."""
        found = await self.rooms.content(document)
        return await in_thread(lambda: texts(found))

    async def mark(self, document: str, comments: Sequence[Comment]) -> None:
        """Lays the marks of submitted comments. One whose words are gone, or a draft that cannot be written now, is
        left without: it is found by its quote then."""
        anchored = [comment for comment in comments if comment.anchor is not None and not comment.withdrawn]
        if not anchored:
            return
        try:
            await self.rooms.mark(document, anchored[0].author, lambda draft: _lay(draft, anchored))
        except (NotSaved, Unavailable):
            log.warning("comment marks of %s could not be laid", document, exc_info=True)

    async def unmark(self, document: str, comment: Comment, by: PersonId) -> None:
        try:
            await self.rooms.mark(document, by, lambda draft: draft.unmark_comment(comment.id))
        except (NotSaved, Unavailable):
            log.warning("a comment mark of %s could not be taken away", document, exc_info=True)

    async def apply(self, document: str, comment: Comment, wording: str, by: PersonId) -> None:
        """The wording in the passage's place, as the person's edit; nothing to do where it stands there already.

        Raises `Problem` `orphaned` when the passage is not in the draft any more, `collab.errors.NotSaved`.
        """
        anchor = comment.anchor
        if anchor is None:
            raise Problem("orphaned", {"quote": ""})
        try:
            await self.rooms.edit(document, by, lambda draft: _apply(draft, comment.id, anchor, wording))
        except PlaceLost:
            raise Problem("orphaned", {"quote": anchor.quote}) from None


def _lay(draft: Draft, comments: Sequence[Comment]) -> None:
    where = texts(draft.content())
    for comment in comments:
        if comment.anchor is None or comment.id in where.marks:
            continue
        passage = locate(comment.anchor, comment.id, where)
        if passage is not None:
            draft.mark_comment(_at(comment.anchor, passage), comment.id)


def _apply(draft: Draft, mark: str, anchor: Anchor, wording: str) -> None:
    where = texts(draft.content())
    passage = locate(anchor, mark, where)
    if passage is None:
        raise PlaceLost(anchor.block)
    if where.blocks[passage.block][passage.start : passage.end] == wording:
        return
    there = _at(anchor, passage)
    if wording and mark not in where.marks:
        draft.mark_comment(there, mark)
    draft.replace_passage(there, wording)


def _at(anchor: Anchor, passage: Passage) -> Anchor:
    return replace(anchor, block=passage.block, start=passage.start, end=passage.end, version=None)
