"""Who wrote when: edits grouped by author and pause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from collab.journal.row import Kind, Page, Row

PAUSE = 5 * 60 * 1000
"""Milliseconds without an edit of the author that end a moment."""

LONGEST = 15 * 60 * 1000
"""Milliseconds that a moment lasts at most: what was said in between can be looked at too."""

SIDE_BY_SIDE = 20
"""Moments that may begin while another one goes on."""


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """Edits without a longer pause. `seq` is the journal's entry they ended with, `since` where they began.

    `authors` are persons' ids, several where they wrote in the same instant, none for the system; `server` tells that
    the server wrote on their behalf (an applied proposal, a restored text). `edits` counts updates. Marks of
    comments change no text, laid or taken away: they belong to the moment before them.
    """

    seq: int
    since: int
    authors: tuple[str, ...]
    server: bool
    began: datetime
    ended: datetime
    edits: int

    @property
    def begun_as(self) -> tuple[int, tuple[str, ...], bool]:
        """The same however long it went on."""
        return self.since, self.authors, self.server


@dataclass(slots=True)
class _Writing:
    """A moment that is being told; times in milliseconds."""

    author: str
    server: bool
    since: int
    began: int
    seq: int = 0
    ended: int = 0
    edits: int = 0

    def told(self) -> Moment:
        authors = (self.author,) if self.author else ()
        return Moment(self.seq, self.since, authors, self.server, _time(self.began), _time(self.ended), self.edits)


class Telling:
    """Groups a journal's rows as they come. It may go on where another one ended: `open` are that one's."""

    def __init__(self, open: Sequence[Moment] = ()) -> None:
        self._found = [_opened(moment) for moment in open]
        self._before = [moment.edits for moment in self._found]
        self._latest = {(one.author, one.server): at for at, one in enumerate(self._found)}
        self._ended = 0

    def add(self, seq: int, row: Row) -> None:
        if row.kind is Kind.MARKS:
            return self._hold(seq)
        if row.kind is Kind.SERVER:
            self._ended = len(self._found)
        key = (row.author, row.kind is Kind.SERVER)
        at = self._latest.get(key)
        if at is None or not self._continues(at, row):
            at = self._latest[key] = len(self._found)
            self._found.append(_Writing(*key, seq, row.at))
        one = self._found[at]
        one.seq, one.ended, one.edits = seq, row.at, one.edits + 1

    def _hold(self, seq: int) -> None:
        """What was said last is still said; whoever brings it back later brings the mark back with it."""
        recent = self._found[self._ended :][-SIDE_BY_SIDE:]
        last = max((one.seq for one in recent), default=0)
        for one in recent:
            if one.seq == last:
                one.seq, one.edits = seq, one.edits + 1

    def _continues(self, at: int, row: Row) -> bool:
        """The same author goes on: without a pause, not for too long, and with few others having begun meanwhile.

        What was said before the server changed the text stays a moment of its own.
        """
        one = self._found[at]
        lasts = row.at - one.ended < PAUSE and row.at - one.began < LONGEST
        return at >= self._ended and lasts and len(self._found) - 1 - at < SIDE_BY_SIDE

    @property
    def moments(self) -> list[Moment]:
        """Those that have rows of what was added here, as they began."""
        before = [*self._before, *[0] * (len(self._found) - len(self._before))]
        return [one.told() for one, edits in zip(self._found, before, strict=True) if one.edits > edits]

    @property
    def open(self) -> list[Moment]:
        """Those that rows to come may continue."""
        return [one.told() for one in self._found[self._ended :][-SIDE_BY_SIDE:]]


def tell(pages: Iterable[Page], open: Sequence[Moment] = ()) -> list[Moment]:
    telling = Telling(open)
    for seq, rows in pages:
        for row in rows:
            telling.add(seq, row)
    return telling.moments


def in_order(found: Iterable[Moment]) -> list[Moment]:
    """By their ends. Those that end with the same entry cannot be told apart by it: they are one, of several people."""
    distinct: list[Moment] = []
    for moment in sorted(found, key=lambda moment: (moment.seq, moment.since)):
        if distinct and distinct[-1].seq == moment.seq:
            distinct[-1] = _together(distinct[-1], moment)
        else:
            distinct.append(moment)
    return distinct


def _opened(moment: Moment) -> _Writing:
    author = moment.authors[0] if moment.authors else ""
    began, ended = _milliseconds(moment.began), _milliseconds(moment.ended)
    return _Writing(author, moment.server, moment.since, began, moment.seq, ended, moment.edits)


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


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
