"""Remarks on the draft: threads, their replies, whom they mention, and where their passages stand now."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collab.document.aside import in_thread
from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import CollabError, PlaceLost
from review.anchors import Texts, checked, locate, texts
from review.document import Document
from review.errors import AlreadyThere, ChangedMeanwhile, Invalid
from review.facts import Fact
from review.ids import DocumentId, PersonId, ReplyId, ThreadId, new_id
from review.people import Person
from review.permissions import Case, Right, may, require
from review.ports import Clock, Kept, Repository
from review.thread import Anchor, Reply, Thread
from server.services.documents import Documents

LONGEST_TEXT = 10_000
MOST_REPLIES = 500
TRIES = 10

log = logging.getLogger("paraph.threads")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands in the draft: code points of a block's plain text."""

    block: str
    start: int
    end: int


Standing = Place | str
"""A place, or `whole` for a remark on the document, `orphaned` where the passage is gone."""


@dataclass(frozen=True, slots=True)
class Placed:
    thread: Kept[Thread]
    place: Standing


@dataclass(frozen=True, slots=True)
class Threads:
    threads: Repository[Thread]
    people: Repository[Person]
    documents: Documents
    rooms: Rooms
    clock: Clock

    async def of_document(self, person: Person, document: str) -> list[Placed]:
        """In order of their beginning."""
        kept = await self.documents.open(person, document)
        found = sorted(await self.threads.all(document=kept.id), key=lambda thread: (thread.value.at, thread.id))
        if not found:
            return []
        where = await self._texts(kept.id)
        return [Placed(thread, place(thread.value, where)) for thread in found]

    async def open(self, person: Person, id: str) -> tuple[Kept[Thread], Kept[Document]]:
        """Raises `NotFound`."""
        kept = await self.threads.get(id)
        return kept, await self.documents.open(person, kept.value.document)

    async def placed(self, kept: Kept[Thread]) -> Placed:
        return Placed(kept, place(kept.value, await self._texts(kept.value.document)))

    async def begin(
        self, person: Person, document: str, anchor: Anchor | None, text: str, id: str | None = None
    ) -> Placed:
        """The thread is kept, then its mark laid on the passage. Raises `Invalid` for a passage that is not there."""
        kept = await self.documents.open(person, document)
        require(Right.REMARK, Case(person, kept.value))
        if anchor is not None:
            anchor = await self._checked(anchor, kept.id)
        now = self.clock()
        mentions = await self._mentions(text, kept.value)
        thread = Thread(
            ThreadId(id or new_id()), kept.value.id, _checked(text), person.id, now, anchor, mentions=mentions
        )
        saved = await self.threads.insert(thread.id, thread, [self._fact("opened", thread, person.id, mentions)])
        await self._mark(saved.value, person.id)
        return await self.placed(saved)

    async def _mark(self, thread: Thread, author: PersonId) -> None:
        """A remark without its mark is still found by its quote: what fails here loses nothing."""
        if thread.anchor is None:
            return
        try:
            await self.rooms.mark(thread.document, author, _marking(thread.anchor, thread.id))
        except CollabError as error:
            log.warning("thread %s has no mark: %s", thread.id, error)

    async def reply(
        self, person: Person, id: str, text: str, reply_id: str | None = None
    ) -> tuple[Reply, Kept[Thread]]:
        """Replies that come at the same time stand one after the other."""
        _, document = await self.open(person, id)
        require(Right.REMARK, Case(person, document.value))
        mentions = await self._mentions(text, document.value)
        reply = Reply(ReplyId(reply_id or new_id()), _checked(text), person.id, self.clock(), mentions)

        def add(thread: Thread) -> Thread:
            if any(given.id == reply.id for given in thread.replies):
                raise AlreadyThere("reply", reply.id)
            if len(thread.replies) >= MOST_REPLIES:
                raise Invalid("text", "too_long", {"max_length": MOST_REPLIES})
            return replace(thread, replies=(*thread.replies, reply))

        def told(thread: Thread) -> Fact:
            return self._fact("replied", thread, person.id, mentions, {"reply": reply.id})

        return reply, await self._change(id, add, told)

    async def resolve(self, person: Person, kept: Kept[Thread], resolved: bool) -> Kept[Thread]:
        document = await self.documents.open(person, kept.value.document)
        require(Right.REMARK, Case(person, document.value))
        if kept.value.resolved == resolved:
            return kept
        thread = replace(kept.value, resolved=resolved)
        fact = self._fact("resolved", thread, person.id, (), {"resolved": resolved})
        return await self.threads.replace(kept, thread, [fact])

    async def _change(
        self, id: str, change: Callable[[Thread], Thread], fact: Callable[[Thread], Fact]
    ) -> Kept[Thread]:
        for _ in range(TRIES):
            kept = await self.threads.get(id)
            try:
                return await self.threads.replace(kept, change(kept.value), [fact(kept.value)])
            except ChangedMeanwhile:
                continue
        raise ChangedMeanwhile("thread", id)

    async def _texts(self, document: DocumentId | str) -> Texts:
        found = await self.rooms.content(document)
        return await in_thread(lambda: texts(found))

    async def _checked(self, anchor: Anchor, document: str) -> Anchor:
        found = await self.rooms.content(document)
        return await in_thread(lambda: checked(anchor, found))

    async def _mentions(self, text: str, document: Document) -> tuple[PersonId, ...]:
        """People named by `@` and their name who may read the document."""
        if "@" not in text:
            return ()
        readers = [kept.value for kept in await self.people.all() if may(Right.READ, Case(kept.value, document))]
        return mentioned(text, readers)

    def _fact(
        self,
        act: str,
        thread: Thread,
        by: PersonId,
        mentions: Sequence[PersonId],
        data: Mapping[str, Any] | None = None,
    ) -> Fact:
        told: dict[str, Any] = {"thread": thread.id, **(data or {})}
        if mentions:
            told["mentions"] = list(mentions)
        return Fact(f"thread.{act}", self.clock(), by, thread.document, told)


def place(thread: Thread, where: Texts) -> Standing:
    if thread.anchor is None:
        return "whole"
    found = locate(thread.anchor, thread.id, where)
    return Place(found.block, found.start, found.end) if found else "orphaned"


def mentioned(text: str, people: Iterable[Person]) -> tuple[PersonId, ...]:
    """Whom the text names by `@` and their whole name, the longest name first, each once."""
    names = sorted(people, key=lambda person: -len(person.name))
    found: list[PersonId] = []
    for person in names:
        text, count = re.subn(rf"@{re.escape(person.name)}(?!\w)", " ", text, flags=re.IGNORECASE)
        if count:
            found.append(person.id)
    return tuple(sorted(found))


def _checked(text: str) -> str:
    stripped = text.strip()
    if not stripped or len(stripped) > LONGEST_TEXT:
        raise Invalid("text", "characters", {"least": 1, "most": LONGEST_TEXT})
    return stripped


def _marking(anchor: Anchor, thread: str) -> Callable[[Draft], None]:
    """The text may have moved since the anchor was made: the mark goes where the passage is now."""

    def lay(draft: Draft) -> None:
        found = locate(anchor, thread, texts(draft.content()))
        if found is None:
            raise PlaceLost(anchor.block)
        draft.mark_comment(replace(anchor, block=found.block, start=found.start, end=found.end), thread)

    return lay
