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

SIDE_BY_SIDE = 20
"""Moments that may begin while another one goes on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Edits without a longer pause. `seq` is the journal's entry they ended with, `since` where they began.

    `authors` are persons' ids, several where they wrote in the same instant, none for the system; `server` tells that
    the server wrote on their behalf (a comment's mark, an applied proposal, a restored text). `edits` counts updates.
    """

    seq: int
    since: int
    authors: tuple[str, ...]
    server: bool
    began: datetime
    ended: datetime
    edits: int


def moments(pages: Iterable[Page]) -> list[Moment]:
    """In order of their ends, each with an end of its own."""
    found: list[Moment] = []
    writing: dict[tuple[str, bool], int] = {}
    for seq, rows in pages:
        for row in rows:
            key = (row.author, row.kind is Kind.SERVER)
            at = writing.get(key)
            if at is not None and _continues(found[at], row, len(found) - 1 - at):
                found[at] = replace(found[at], seq=seq, ended=_time(row), edits=found[at].edits + 1)
            else:
                writing[key] = len(found)
                authors = (row.author,) if row.author else ()
                found.append(Moment(seq, seq, authors, key[1], _time(row), _time(row), 1))
    return _distinct(sorted(found, key=lambda moment: (moment.seq, moment.since)))


def _continues(moment: Moment, row: Row, later: int) -> bool:
    """The same author goes on: without a pause, and with few others having begun meanwhile."""
    pause = row.at - moment.ended.timestamp() * 1000
    return pause < PAUSE and later < SIDE_BY_SIDE


def _time(row: Row) -> datetime:
    return datetime.fromtimestamp(row.at / 1000, UTC)


def _distinct(found: list[Moment]) -> list[Moment]:
    """Moments that end with the same entry cannot be told apart by it: they are one, of several authors."""
    distinct: list[Moment] = []
    for moment in found:
        if distinct and distinct[-1].seq == moment.seq:
            distinct[-1] = _together(distinct[-1], moment)
        else:
            distinct.append(moment)
    return distinct


def _together(one: Moment, other: Moment) -> Moment:
    return Moment(
        one.seq,
        min(one.since, other.since),
        tuple(dict.fromkeys([*one.authors, *other.authors])),
        one.server and other.server,
        min(one.began, other.began),
        max(one.ended, other.ended),
        one.edits + other.edits,
    )


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
