"""Who wrote which clocks of a document, and when."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from collab.journal.row import Page, Row
from collab.update import Range, read

SAME_TIME = 60_000
"""Milliseconds within which an author's writing is of one time."""


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """An author's clocks `start` to `end` of one client, written from `at` on (milliseconds since 1970 UTC)."""

    client: int
    start: int
    end: int
    author: str
    at: int


def advance(reached: dict[int, int], update: bytes) -> list[Range]:
    """What the update has beyond how far every client has come, which is moved on."""
    news: list[Range] = []
    for client, start, length in read(update).ranges:
        known, end = reached.get(client, 0), start + length
        if end > known:
            reached[client] = end
            news.append(Range(client, max(start, known), end - max(start, known)))
    return news


class Written:
    """Stretches as the rows of a journal come, each as long as its author's writing goes on for a minute."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self._latest: dict[int, int] = {}

    def add(self, row: Row, reached: dict[int, int]) -> None:
        """`reached` is how far every client has come; it is moved on."""
        for client, start, length in advance(reached, row.update):
            self._add(Stretch(client, start, start + length, row.author, row.at))

    def _add(self, new: Stretch) -> None:
        at = self._latest.get(new.client)
        last = self.stretches[at] if at is not None else None
        if at is None or last is None or not _continues(last, new):
            self._latest[new.client] = len(self.stretches)
            self.stretches.append(new)
        else:
            self.stretches[at] = Stretch(last.client, last.start, new.end, last.author, last.at)


def _continues(last: Stretch, new: Stretch) -> bool:
    return last.end == new.start and last.author == new.author and 0 <= new.at - last.at < SAME_TIME


def stretches(pages: Iterable[Page], reached: dict[int, int]) -> list[Stretch]:
    """`reached` is how far every client had come before; it is moved on."""
    found = Written()
    for _, rows in pages:
        for row in rows:
            found.add(row, reached)
    return found.stretches
