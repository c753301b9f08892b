"""Remarks on the draft: threads outside any round, tied to a passage by a comment mark and a quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review.ids import DocumentId, PersonId, ReplyId, ThreadId


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage: `start` and `end` count Unicode code points in the plain text of the block with the id `block`.

    `prefix` and `suffix` are up to 32 code points around the quote; `version` is None on the live draft.
    """

    block: str
    start: int
    end: int
    quote: str
    prefix: str = ""
    suffix: str = ""
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    id: ReplyId
    text: str
    author: PersonId
    at: datetime
    mentions: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """`anchor` None means the whole document; the comment mark in the draft carries the id of the thread."""

    id: ThreadId
    document: DocumentId
    text: str
    author: PersonId
    at: datetime
    anchor: Anchor | None = None
    resolved: bool = False
    replies: tuple[Reply, ...] = ()
    mentions: tuple[PersonId, ...] = ()
