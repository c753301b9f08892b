"""Who wrote which clocks of a document, and when."""

from __future__ import annotations

import msgspec

from collab.journal.row import Row
from collab.update import read

SAME_TIME = 60_000
"""Milliseconds within which an author's writing is of one time."""


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """An author's clocks `start` to `end` of one client, written from `at` on (milliseconds since 1970 UTC)."""

    client: int
    start: int
    end: int
    author: str
    at: int


class Written:
    """Stretches as the rows of a journal come, each as long as its author's writing goes on for a minute."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self._latest: dict[int, int] = {}

    def add(self, row: Row, reached: dict[int, int]) -> None:
        """`reached` is how far every client has come; it is moved on."""
        for client, start, length in read(row.update).ranges:
            known = reached.get(client, 0)
            if start + length > known:
                reached[client] = start + length
                self._add(Stretch(client, max(start, known), start + length, row.author, row.at))

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
