"""What a draft said at any moment, and who wrote it: read from its journal alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from collab.document import Draft
from collab.errors import NoSuchMoment
from collab.journal import Page
from collab.row import Kind, Row
from review.content import Content

PAUSE = 5 * 60 * 1000
"""Milliseconds without an edit of the author that end a moment."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One author's edits without a longer pause. `seq` is the journal's entry it ended with, `since` where it began.

    `author` is a person's id, empty for the system; `server` tells that the server wrote on the author's behalf (a
    comment's mark, an applied proposal, a restored text). `edits` counts updates.
    """

    seq: int
    since: int
    author: str
    server: bool
    began: datetime
    ended: datetime
    edits: int


def moments(pages: Iterable[Page]) -> list[Moment]:
    """In order of their ends, those of authors who wrote at the same time side by side."""
    found: list[Moment] = []
    open_: dict[tuple[str, bool], int] = {}
    for seq, rows in pages:
        for row in rows:
            key = (row.author, row.kind is Kind.SERVER)
            at = open_.get(key)
            if at is not None and _continues(found[at], row, len(found) - 1 - at):
                found[at] = replace(found[at], seq=seq, ended=_time(row), edits=found[at].edits + 1)
            else:
                open_[key] = len(found)
                found.append(Moment(seq, seq, row.author, key[1], _time(row), _time(row), 1))
    return sorted(found, key=lambda moment: (moment.seq, moment.since))


def _continues(moment: Moment, row: Row, later: int) -> bool:
    """The same author goes on: without a pause, and with few others having begun meanwhile."""
    pause = row.at - moment.ended.timestamp() * 1000
    return pause < PAUSE and (later < _SIDE_BY_SIDE)


_SIDE_BY_SIDE = 20


def _time(row: Row) -> datetime:
    return datetime.fromtimestamp(row.at / 1000, UTC)


def content_at(document: str, seq: int, pages: Iterable[Page]) -> Content:
    """What the document said when the journal stood at entry `seq`. Raises `NoSuchMoment`."""
    updates: list[bytes] = []
    last = 0
    for last, rows in pages:
        if last > seq:
            break
        updates.extend(row.update for row in rows)
        if last == seq:
            return Draft(updates).content()
    raise NoSuchMoment(document, seq)
